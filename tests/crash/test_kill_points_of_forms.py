"""Nothing lost, nothing twice: the bot is killed at the calls that the form brings.

Each call is struck before and after it took effect on the other side.
"""

import pytest

from tests.crash.striking import start_later, strike


def submit(world, view, key, **values):
    """Choose a work item, fill the form in and submit it."""
    world.slack.suggest(view, "item", "item", key)
    world.slack.fill(view, {"item": key, **values})
    assert world.slack.submit(view).action == "close"


def direct_messages(world):
    """Return what the bot wrote to UANNA alone."""
    written = world.slack.state.messages(world.slack.state.direct("UANNA").id)
    return [message.text for message in written if message.bot_id]


def on_general(world, message, text):
    """Wait for a reply in the message's thread that says *text*; return it."""
    return world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: text in reply.text, timeout=20
    )


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    "operation",
    ["slack.files.info", "slack.conversations.open", "slack.chat.postMessage"],
)
def test_a_kill_loses_and_doubles_nothing_of_uploads(world, operation, phase):
    world.slack.shortcut("attach_files")
    view = world.slack.wait_for_view()
    file = world.slack.add_file()
    struck = strike(world, operation, phase)

    submit(world, view, "WEB-1", files=[file])
    assert struck.wait(20)
    start_later(world)

    world.wait(lambda: "is attached." in " ".join(direct_messages(world)))
    world.settle()
    assert len(direct_messages(world)) == 1
    assert world.attached("WEB-1") == [(file.name, file.sha256)]
    assert world.half_made("WEB-1") == []


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    "operation",
    [
        "plane.create_attachment",
        "plane.complete_attachment",
        "plane.delete_attachment",
        "slack.chat.update",
    ],
)
def test_a_kill_loses_and_doubles_nothing_of_a_move(world, operation, phase):
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    reply = on_general(world, message, "is attached.")
    world.settle()
    world.slack.press(reply, "move")
    view = world.slack.wait_for_view()
    struck = strike(world, operation, phase)

    submit(world, view, "OPS-1")
    assert struck.wait(20)
    start_later(world)

    on_general(world, message, "was moved to OPS-1.")
    world.settle()
    assert world.attached("OPS-1") == [(file.name, file.sha256)]
    assert world.plane.state.attachments("WEB-1") == []
    assert world.half_made("OPS-1") == []
    assert len(world.replies(message)) == 2


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_while_a_form_opens_leaves_nothing_but_a_form_that_works(world, phase):
    struck = strike(world, "slack.views.open", phase)
    world.slack.shortcut("attach_files")
    assert struck.wait(20)
    start_later(world)

    world.settle()
    assert direct_messages(world) == []
    if phase == "before":
        world.slack.shortcut("attach_files")
    view = world.slack.wait_for_view()
    file = world.slack.add_file()
    submit(world, view, "WEB-1", files=[file])

    world.wait(lambda: "is attached." in " ".join(direct_messages(world)))
    world.settle()
    assert world.attached("WEB-1") == [(file.name, file.sha256)]
