"""What people do with messages that stand there: edit, delete, react, link to them."""


def test_a_message_is_edited_reacted_to_and_deleted(visitor, stage):
    page = visitor.page
    visitor.share("draft.txt", "for @ben, no key yet")
    visitor.tool("Edit the message", message="no key yet")
    area = page.get_by_role("textbox", name="Edit the message")
    assert area.input_value() == "for @ben, no key yet"
    area.fill("see WEB-1, @ben")
    page.keyboard.press("Enter")
    visitor.sees("draft.txt is attached.")
    visitor.sees("· edited")

    visitor.tool("React with another emoji", message="see WEB-1")
    picker = page.get_by_role("dialog", name="React")
    picker.get_by_label("Another one").fill("no such emoji!")
    page.keyboard.press("Enter")
    picker.get_by_role("alert").get_by_text("Slack has no emoji").wait_for()
    picker.get_by_label("Another one").fill(":sparkles:")
    page.keyboard.press("Enter")
    picker.wait_for(state="detached")
    visitor.sees("\N{SPARKLES} 1")
    visitor.tool("React with another emoji", message="see WEB-1")
    picker.get_by_role("button", name="eyes").click()
    page.get_by_role("button", name="eyes, 1 reaction").wait_for()

    visitor.tool("Delete the message", message="see WEB-1")
    question = page.get_by_role("alertdialog", name="Delete this message?")
    page.keyboard.press("Escape")
    question.wait_for(state="detached")
    label = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(label) == "Delete the message"
    page.keyboard.press("Enter")
    question.get_by_role("button", name="Delete").click()
    visitor.sees("This message was deleted.")
    assert len(stage.plane.state.attachments("WEB-1")) == 1
