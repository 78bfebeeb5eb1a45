"""What people do with messages that stand there: edit, delete, react, link to them."""

from slack_sdk import WebClient

SURE = {
    "title": {"type": "plain_text", "text": "Really?"},
    "text": {"type": "mrkdwn", "text": "It is *gone* then."},
    "deny": {"type": "plain_text", "text": "Not now"},
}


def press_and_think_better_of_it(visitor, stage):
    bot = WebClient(stage.slack.bot_token, base_url=stage.slack.api_url)
    label = {"type": "plain_text", "text": "Burn it"}
    button = {"type": "button", "action_id": "undo", "text": label, "confirm": SURE}
    actions = {"type": "actions", "elements": [button]}
    bot.chat_postMessage(channel="CGENERAL", text="burn?", blocks=[actions])

    visitor.press("Burn it")
    question = visitor.page.get_by_role("alertdialog", name="Really?")
    assert question.locator("strong").inner_text() == "gone"
    question.get_by_role("button", name="Yes").wait_for()
    question.get_by_role("button", name="Not now").click()
    question.wait_for(state="detached")
    assert stage.slack.requests == []


def test_a_message_is_edited_and_deleted_and_a_button_asks_first(visitor, stage):
    page = visitor.page
    press_and_think_better_of_it(visitor, stage)
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
    page.locator(".log:focus").wait_for()
    assert len(stage.plane.state.attachments("WEB-1")) == 1
