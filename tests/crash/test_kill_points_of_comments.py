"""Nothing twice and nothing left behind: the bot is killed at each call of a comment.

Each call is struck before and after it took effect on the other side.
"""

import pytest

from bot.sandbox.wire import Fault, cut
from tests.crash.striking import start_later, strike

PHASES = pytest.mark.parametrize("phase", ["before", "after"])


def comments(world):
    return [each.html for each in world.plane.state.comments()]


def share(world):
    """Share a file and wait until all is done."""
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    assert "is attached." in world.reply(message)
    world.settle()
    return message


def press(world, message, button):
    (reply,) = world.slack.replies_by_bot("CGENERAL", message.ts)
    world.slack.press(reply, button)


def told(world, message, text):
    world.slack.wait_for_reply("CGENERAL", message.ts, lambda each: text in each.text)
    world.settle()


@PHASES
@pytest.mark.parametrize(
    "operation",
    [
        "plane.create_comment",
        "slack.users.info",
        "slack.conversations.info",
        "slack.auth.test",
    ],
)
def test_a_kill_while_a_comment_is_made_leaves_exactly_one(world, operation, phase):
    struck = strike(world, operation, phase)

    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    assert struck.wait(20)
    start_later(world)

    assert "is attached." in world.reply(message)
    world.settle()
    (comment,) = comments(world)
    assert "design.pdf" in comment
    assert len(world.attached("WEB-1")) == 1
    assert len(world.replies(message)) == 1


@PHASES
def test_a_kill_while_a_comment_is_changed_leaves_it_changed(world, phase):
    message = share(world)
    message.files.append(world.slack.add_file(name="more.pdf"))
    struck = strike(world, "plane.update_comment", phase)

    world.slack.edit(message, "WEB-1, with more")
    assert struck.wait(20)
    start_later(world)

    told(world, message, "`more.pdf` is attached.")
    (comment,) = comments(world)
    assert "<li>design.pdf</li><li>more.pdf</li>" in comment


@PHASES
def test_a_kill_while_a_comment_is_deleted_leaves_none(world, phase):
    message = share(world)
    struck = strike(world, "plane.delete_comment", phase)

    press(world, message, "undo")
    assert struck.wait(20)
    start_later(world)

    told(world, message, "was removed again.")
    assert comments(world) == []


@PHASES
def test_what_is_undone_after_a_kill_at_its_comment_has_none(world, phase):
    struck = strike(world, "plane.create_comment", phase)
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    assert struck.wait(20)
    away = Fault("plane.create_comment", cut, times=1_000_000)
    world.plane.fail(away)
    start_later(world)
    assert "is attached." in world.reply(message)

    press(world, message, "undo")
    told(world, message, "was removed again.")

    assert comments(world) == []


@PHASES
def test_a_kill_while_a_comment_comes_back_leaves_exactly_one(world, phase):
    message = share(world)
    press(world, message, "undo")
    told(world, message, "was removed again.")
    struck = strike(world, "plane.create_comment", phase)

    press(world, message, "retry")
    assert struck.wait(20)
    start_later(world)

    told(world, message, "is attached.")
    assert len(comments(world)) == 1
