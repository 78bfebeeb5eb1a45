"""Somebody deletes the message, or the bot's reply, at the worst moment."""

import threading

import pytest

from bot.sandbox import wire

AWAY = wire.answer(503, b"<html>Service Unavailable</html>")


@pytest.mark.each_transport
def test_a_message_that_is_deleted_in_an_outage_is_left_out(either):
    either.plane.fail(wire.Fault("plane.create_attachment", AWAY, times=1_000_000))
    message = either.slack.share([either.slack.add_file()], text="WEB-1")
    either.wait(lambda: either.plane.exchanges("plane.create_attachment"))

    either.slack.delete(message)
    either.slack.wait_idle()
    either.plane.mend()
    either.settle()

    assert either.replies(message) == []
    assert either.plane.state.attachments() == []


def test_a_message_that_is_deleted_while_its_bytes_come_leaves_nothing(world):
    go = threading.Event()
    hold = wire.Fault("slack.files.download", lambda request: go.wait(20) and None)
    world.slack.fail(hold)
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.wait(lambda: hold.times == 0)

    world.slack.delete(message)
    world.slack.wait_idle()
    go.set()
    world.settle()

    assert world.plane.state.attachments() == []
    assert world.replies(message) == []


def test_a_root_that_is_gone_when_the_reply_comes_ends_it_quietly(world):
    go = threading.Event()
    hold = wire.Fault("slack.chat.postMessage", lambda request: go.wait(20) and None)
    world.slack.fail(hold)
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    world.wait(lambda: hold.times == 0)

    world.slack.delete(message)
    go.set()
    world.settle()

    assert "cannot be answered: SlackRejected(error='thread_not_found')" in (
        world.bot.log
    )
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert len(world.slack.exchanges("slack.chat.postMessage")) == 1
