"""Each way into the bot, as a person goes it on the page."""

import re


def test_a_reaction_a_mention_a_command_and_a_shortcut_attach_files(visitor):
    page = visitor.page
    visitor.share("WEB-2 a.txt", "nothing to do with Plane yet")
    visitor.sees("a.txt")
    visitor.tool("React with paperclip", message="nothing to do")
    visitor.item("WEB-2").get_by_text("a.txt").first.wait_for()
    pressed = page.get_by_role("button", name="paperclip, 1 reaction")
    assert pressed.get_attribute("aria-pressed") == "true"

    visitor.tool("Reply in the thread", message="nothing to do")
    visitor.press("Mention Loadmaster")
    page.keyboard.type("put these on WEB-3")
    page.keyboard.press("Enter")
    visitor.item("WEB-3").get_by_text("a.txt").first.wait_for()
    assert page.locator(".mention", has_text="@loadmaster").count() >= 1

    page.get_by_role("button", name="Write to the conversation instead").click()
    visitor.press("Type /attach")
    visitor.sees("WEB-12 [link to a message or file]")
    page.keyboard.type("WEB-4")
    page.keyboard.press("Enter")
    visitor.item("WEB-4").get_by_text("a.txt").first.wait_for()
    visitor.sees("only you see this")

    visitor.tool("Attach to work item", message="nothing to do")
    form = page.get_by_role("dialog", name="Attach to work item")
    form.get_by_role("combobox", name="Work item").fill("pricing")
    form.get_by_role("option", name=re.compile("WEB-5")).click()
    assert form.get_by_role("checkbox").is_checked()
    form.get_by_role("button", name="Attach").click()
    visitor.item("WEB-5").get_by_text("a.txt").first.wait_for()
    form.wait_for(state="detached")


def test_the_form_searches_uploads_and_tells_what_is_wrong(visitor, tmp_path):
    page = visitor.page
    file = tmp_path / "plan.txt"
    file.write_text("the plan\n")
    visitor.press("Shortcut: attach files")
    form = page.get_by_role("dialog", name="Attach to work item")
    form.get_by_role("button", name="Attach").click()
    form.get_by_text("Please complete this required field.").first.wait_for()

    search = form.get_by_role("combobox", name="Work item")
    search.fill("cookie")
    form.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('.modal [role=combobox]').value"
        ".startsWith('WEB-2')"
    )
    with page.expect_file_chooser() as chooser:
        form.get_by_text("Choose files").click()
    chooser.value.set_files(file)
    form.get_by_text("plan.txt").wait_for()
    form.get_by_role("button", name="Attach").click()

    form.wait_for(state="detached")
    visitor.item("WEB-2").get_by_text("plan.txt").first.wait_for()

    page.get_by_role("button", name="Home", exact=True).click()
    visitor.sees("How to use me")
    visitor.sees("plan.txt")


def test_a_guest_a_stranger_and_a_private_channel_are_what_they_are(visitor):
    page = visitor.page
    you = page.get_by_label("You are")
    page.get_by_role("button", name="secret").click()
    visitor.share("private.txt", "see WEB-1")
    visitor.item("WEB-1").get_by_text("private.txt").first.wait_for()

    you.select_option("USTRANGER")
    page.locator("nav .place").first.get_by_text("shared-with-globex").wait_for()
    assert page.locator("nav .place", has_text="secret").count() == 0
    visitor.share("theirs.txt", "see WEB-2")
    visitor.sees("people of other organisations")
    visitor.press("Shortcut: attach files")
    page.get_by_role("alert").get_by_text("Only members").wait_for()

    you.select_option("UGUEST")
    page.get_by_role("button", name="general").first.click()
    visitor.share("guest.txt", "see WEB-3")
    visitor.item("WEB-3").get_by_text("guest.txt").first.wait_for()
