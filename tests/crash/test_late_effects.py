"""What a call of a killed bot comes to only after the next bot has begun to work.

The other side has the whole request and is slow; the bot that sent it hears no more.
"""

import io
import threading

import pytest

from bot.clients import plane_writes, slack_calls
from bot.sandbox.message import Limited
from bot.sandbox.wire import ConnectionCut, Fault
from tests.crash.striking import server_of, start_later

#: How long the other side takes, in seconds: longer than the next bot to start.
LATE = 1.2
#: So little is left then of the time in which it may come to something.
LEFT = 2.0


def take_whole(request):
    """Take in all of the request: of a connection that is reset the rest is lost."""
    body = request.read()
    stream = Limited(io.BytesIO(body), len(body))
    object.__setattr__(request, "stream", stream)


def be_late(world, operation, *, after=lambda: None):
    """Kill the bot at its next call, and *after*; have that come to something later.

    Return two events: that it was killed, and that it came to something.
    """
    struck, landed = threading.Event(), threading.Event()
    late = []

    def wait(request):
        late.append(request)
        take_whole(request)
        after()
        world.bot.kill()
        struck.set()
        threading.Event().wait(LATE)

    def note(request):
        if request in late:
            landed.set()
            raise ConnectionCut

    server = server_of(world, operation)
    server.fail(Fault(operation, wait, "before"))
    server.fail(Fault(operation, note, "after", times=1000))
    return struck, landed


def start_shortly(world, operation):
    """Start a bot when what the killed one called for may come for a little still."""
    calls = slack_calls if operation.startswith("slack.") else plane_writes
    start_later(world, calls.LATEST_SECONDS - LEFT)


@pytest.mark.parametrize(
    "operation",
    [
        "plane.create_attachment",
        "plane.complete_attachment",
        "plane.create_comment",
        "slack.chat.postMessage",
    ],
)
def test_what_comes_late_of_a_share_is_not_made_twice(world, operation):
    file = world.slack.add_file()
    struck, landed = be_late(world, operation)

    message = world.slack.share([file], text="WEB-1")
    assert struck.wait(20)
    start_shortly(world, operation)

    assert landed.wait(20)
    assert "is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [(file.name, file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1
    assert len(world.plane.state.comments()) == 1


def test_what_comes_late_of_a_link_is_not_made_twice(world):
    file = world.slack.add_file(mode="external")
    struck, landed = be_late(world, "plane.create_link")

    message = world.slack.share([file], text="WEB-1")
    assert struck.wait(20)
    start_shortly(world, "plane.create_link")

    assert landed.wait(20)
    world.slack.wait_for_reply("CGENERAL", message.ts, lambda e: "linked" in e.text)
    world.settle()
    assert len(world.linked("WEB-1")) == 1


def test_an_edit_that_comes_late_does_not_have_the_last_word(world):
    file = world.slack.add_file(content=b"x" * 230_000)
    file.rate = 100_000
    message = world.slack.share([file], text="WEB-999")
    assert "no WEB-999" in world.reply(message)
    struck, landed = be_late(
        world,
        "slack.chat.update",
        after=lambda: world.wait(lambda: "outcome=Attached" in world.bot.log),
    )

    world.slack.edit(message, "WEB-1")
    assert struck.wait(20)
    start_shortly(world, "slack.chat.update")

    assert landed.wait(20)
    world.settle()
    (text,) = world.replies(message)
    assert "`design.pdf` is attached." in text
