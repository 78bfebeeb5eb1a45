"""Each way into the bot, as a person goes it on the page."""

import re

BOXES = "document.querySelectorAll('.modal [type=checkbox]').forEach(b => b.click())"
TWO_LOTS = """() => {
    for (const name of ["plan.txt", "more.txt"]) {
        const data = new DataTransfer();
        data.items.add(new File(["the plan"], name, { type: "text/plain" }));
        const event = new DragEvent("drop", { dataTransfer: data, bubbles: true });
        document.querySelector(".modal .drop").dispatchEvent(event);
    }
}"""

SECRET = "https://acme.slack.com/archives/CSECRET/p1700000000000001"


def test_a_reaction_a_mention_a_command_and_a_shortcut_attach_files(visitor, stage):
    page = visitor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.drop("b.txt")
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

    visitor.tool("Copy the link", message="nothing to do")
    page.get_by_text("The link is copied.").wait_for()
    visitor.press("Type /attach")
    visitor.sees("WEB-12 [link to a message or file]")
    page.keyboard.type("WEB-4 ")
    page.keyboard.press("Control+V")
    page.keyboard.press("Enter")
    visitor.item("WEB-4").get_by_text("a.txt").first.wait_for()
    visitor.say("/attach help")
    visitor.sees("only you see this")

    visitor.tool("Attach to work item", message="nothing to do")
    form = page.get_by_role("dialog", name="Attach to work item")
    form.get_by_role("combobox", name="Work item").fill("pricing")
    form.get_by_role("option", name=re.compile("WEB-5")).click()
    page.evaluate(BOXES)  # all in one moment
    form.get_by_role("checkbox", name="b.txt").check()
    form.get_by_role("button", name="Attach").click()
    visitor.item("WEB-5").get_by_text("b.txt").first.wait_for()
    form.wait_for(state="detached")
    assert len(stage.plane.state.attachments("WEB-5")) == 1


def test_the_form_searches_uploads_and_tells_what_is_wrong(visitor):
    page = visitor.page
    visitor.press("Shortcut: attach files")
    form = page.get_by_role("dialog", name="Attach to work item")
    form.get_by_role("button", name="Attach").click()
    form.get_by_text("Please complete this required field.").first.wait_for()
    page.locator(".modal [role=combobox]:focus").wait_for()

    search = form.get_by_role("combobox", name="Work item")
    search.fill("cookie")
    form.get_by_role("option").first.wait_for()
    page.route("**/state?*", lambda route: None)
    with page.expect_response("**/do/choose"):
        page.keyboard.press("Enter")
    assert search.input_value().startswith("WEB-2")  # before there is news of it
    page.unroute("**/state?*")  # what waits goes on
    page.evaluate(TWO_LOTS)
    form.get_by_text("plan.txt").wait_for()
    form.get_by_text("more.txt").wait_for()
    assert search.input_value().startswith("WEB-2")
    form.get_by_role("button", name="Attach").click()
    form.wait_for(state="detached")
    visitor.item("WEB-2").get_by_text("plan.txt").first.wait_for()

    page.get_by_role("button", name=re.compile("Messages.*something new")).click()
    visitor.sees("more.txt")
    visitor.press("Move")
    form = page.get_by_role("dialog", name="Move to work item")
    for wanted in ("WEB-2", "WEB-3"):
        form.get_by_role("combobox").fill(wanted)
        form.get_by_role("option", name=wanted).click()
        form.get_by_role("button", name="Move").click()
        if wanted == "WEB-2":
            form.get_by_role("alert").get_by_text("Choose another one.").wait_for()
    form.wait_for(state="detached")
    visitor.item("WEB-3").get_by_text("plan.txt").first.wait_for()
    visitor.say("how do you work?")
    visitor.sees("Mention me")

    page.get_by_role("button", name="Home", exact=True).click()
    visitor.sees("How to use me")
    visitor.sees("plan.txt")


def test_a_guest_a_stranger_and_a_private_channel_are_what_they_are(visitor, stage):
    page = visitor.page
    you = page.get_by_label("You are")
    page.get_by_role("button", name="random").click()
    visitor.sees("2 people; Loadmaster is not invited")
    page.get_by_role("button", name="secret").click()
    visitor.share("private.txt", "see WEB-1")
    visitor.item("WEB-1").get_by_text("private.txt").first.wait_for()

    you.select_option("USTRANGER")
    page.get_by_role("region", name="shared-with-globex").wait_for()
    assert page.locator("nav .place").count() == 1
    visitor.share("theirs.txt", "see WEB-2")
    visitor.sees("people of other organisations")
    visitor.press("Shortcut: attach files")
    page.get_by_role("alert").get_by_text("Only members").wait_for()

    you.select_option("UGUEST")
    page.get_by_role("button", name="general").first.click()
    page.reload()
    page.get_by_role("region", name="general").wait_for()
    assert you.input_value() == "UGUEST"
    stage.slack.post(f"as they said <{SECRET}|there>")
    visitor.press("there")
    page.get_by_role("alert").get_by_text(
        "You are not in that conversation."
    ).wait_for()
    visitor.share("guest.txt", "see WEB-3")
    visitor.item("WEB-3").get_by_text("guest.txt").first.wait_for()
