"""Slack goes silent, in real time: its socket, or a download in the middle."""

import json
import threading
import time
from urllib.parse import urlsplit

import pytest

from bot.sandbox import wire
from tests.faults.line import Line
from tests.world import open_world

#: As Slack delivers again: at once, after one minute, after five
#: (docs.slack.dev/apis/events-api, "Retries").
SLACK_DELAYS = (0.0, 60.0, 300.0)
#: A ping each 5 s whose answer has 10 s (bot.clients.slack_sockets), and some to spare.
NOTICED_SECONDS = 15 + 3
STALL_SECONDS = 30.0
JSON = {"Content-Type": "application/json"}


def lead_over(line, slack):
    """Have Slack name *line* as the address of its sockets."""

    def name(request):
        parts = urlsplit(slack.sockets.open_url())
        url = parts._replace(netloc=urlsplit(line.url).netloc).geturl()
        return wire.answer(200, json.dumps({"ok": True, "url": url}).encode(), JSON)(
            request
        )

    slack.fail(wire.Fault("slack.apps.connections.open", name, times=1_000))


@pytest.fixture
def lined(tmp_path):
    """A world whose sockets go over a line; and that line."""
    with open_world(tmp_path, socket_mode=True, retry_delays=SLACK_DELAYS) as world:
        address = urlsplit(world.slack.sockets.open_url()).netloc
        with Line(f"ws://{address}") as line:
            lead_over(line, world.slack)
            yield world, line


@pytest.mark.timeout(240)
def test_a_socket_that_swallows_all_is_replaced_and_nothing_is_missed(lined):
    world, line = lined
    slack = world.slack
    world.start_bot()
    slack.sockets.wait_opened(1, 10)

    line.swallow()
    begun = time.monotonic()
    lost = slack.share([slack.add_file()], text="WEB-1")
    slack.sockets.wait_opened(2, NOTICED_SECONDS)
    took = time.monotonic() - begun
    next_ = slack.share([slack.add_file()], text="WEB-2")

    assert 5 < took <= NOTICED_SECONDS
    assert "The socket to Slack ended, opening another" in world.bot.log
    for message in (next_, lost):
        assert "is attached." in world.reply(message, timeout=120)
    world.settle()
    assert slack.delivery_of(lost).acknowledged
    for key, message in (("WEB-1", lost), ("WEB-2", next_)):
        assert len(world.attached(key)) == 1
        assert len(world.replies(message)) == 1


@pytest.mark.timeout(120)
def test_a_socket_that_never_opens_is_left_and_another_tried(lined):
    world, line = lined
    line.fall_silent()
    world.start_bot()
    message = world.slack.share([world.slack.add_file()], text="WEB-1")

    world.wait(lambda: "No socket to Slack, trying again" in world.bot.log, 15)
    assert world.bot.get("/readyz")[0] == 503
    line.speak_again()

    assert "is attached." in world.reply(message, timeout=90)
    assert world.bot.get("/readyz")[0] == 200
    world.settle()
    assert len(world.attached("WEB-1")) == 1


def stall_before(world, file):
    """Let the answer to the first download not even begin."""

    def hang(request):
        threading.Event().wait(STALL_SECONDS + 10)
        raise wire.ConnectionCut

    world.slack.fail(wire.Fault("slack.files.download", hang))


def stall_amid(world, file):
    """Let the first download stop half-way."""
    file.misbehave("stall", times=1)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("stall", [stall_before, stall_amid])
def test_a_download_that_stalls_is_ended_told_and_done_again(world, stall):
    file = world.slack.add_file(content=b"text " * 200_000)
    stall(world, file)
    begun = time.monotonic()

    message = world.slack.share([file], text="WEB-1")
    world.slack.wait_for_reply(
        "CGENERAL",
        message.ts,
        lambda reply: "The download of `design.pdf` from Slack broke off" in reply.text,
        timeout=STALL_SECONDS + 10,
    )
    told = time.monotonic() - begun

    assert told >= STALL_SECONDS
    assert "is attached." in world.reply(message, timeout=60)
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1
    # Nothing but the last word, and that after the deed, says that it is attached.
    *earlier, last = [call.text("text") for call in world.slack.calls() if call.args]
    assert "is attached." in last
    assert [text for text in earlier if "is attached." in text] == []
    done = world.plane.exchanges("plane.complete_attachment")[-1]
    word = world.slack.exchanges("slack.chat.update")[-1]
    assert word.started >= done.started + done.seconds
