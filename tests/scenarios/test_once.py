"""However often and from wherever an event comes, a file is attached once."""

import threading

import pytest

from bot.sandbox.wire import Fault


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


@pytest.mark.each_transport
def test_a_redelivered_event_changes_nothing(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="WEB-1")
    either.reply(message)

    for retry in (1, 2, 3):
        either.slack.redeliver(message, retry=retry)
    either.slack.wait_idle()
    either.settle()

    assert either.attached("WEB-1") == hashes(file)
    assert len(either.replies(message)) == 1
    assert len(either.plane.exchanges("plane.create_attachment")) == 1


def test_one_message_under_many_event_ids_at_once_is_one_share(world):
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")

    world.slack.deliver_copies(message, 40)
    world.slack.wait_idle()
    world.reply(message)
    world.settle()

    assert all(each.acknowledged for each in world.slack.deliveries)
    assert world.attached("WEB-1") == hashes(file)
    assert len(world.replies(message)) == 1


def test_a_file_shared_again_is_attached_already(world):
    file = world.slack.add_file()
    world.reply(world.slack.share([file], text="WEB-1"))

    again = world.slack.share([file], text="WEB-1", channel="CSECRET")

    assert "`design.pdf` was attached already." in world.reply(again)
    assert world.attached("WEB-1") == hashes(file)


def test_two_shares_of_one_file_at_once_attach_it_once(world):
    file = world.slack.add_file(content=b"x" * 100_000)
    file.rate = 100_000  # long enough for the second to come meanwhile

    first = world.slack.share([file], text="WEB-1")
    world.wait(lambda: file.downloads)
    second = world.slack.share([file], text="WEB-1", channel="CSECRET")

    assert "`design.pdf` is attached." in world.reply(first)
    assert "`design.pdf` was attached already." in world.reply(second)
    assert world.attached("WEB-1") == hashes(file)
    assert world.half_made("WEB-1") == []


def test_a_file_that_was_deleted_in_plane_is_attached_again(world):
    file = world.slack.add_file()
    world.reply(world.slack.share([file], text="WEB-1"))
    (attached,) = world.plane.state.attachments("WEB-1")
    world.delete_in_plane(attached)

    again = world.slack.share([file], text="WEB-1")

    assert "`design.pdf` is attached." in world.reply(again)
    assert world.attached("WEB-1") == hashes(file)


def test_nothing_is_asked_of_anyone_before_the_event_is_acknowledged(world):
    go = threading.Event()
    hold = world.plane.fail(hanging("plane.projects", go))
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-1")
    world.slack.wait_idle()

    assert world.slack.delivery_of(message).acknowledged
    assert world.slack.exchanges() == []
    go.set()
    assert "is attached." in world.reply(message)
    assert hold.times == 0


def hanging(operation, event):
    """Make *operation* wait for *event*."""
    return Fault(operation, lambda request: event.wait(20) and None)


def test_what_cannot_be_stored_is_not_acknowledged(world):
    file = world.slack.add_file()
    with world.locked_database():
        message = world.slack.share([file], text="WEB-1")
        delivery = world.slack.delivery_of(message)
        world.wait(lambda: delivery.attempts)
        assert delivery.attempts[0].status in (500, None)
        assert not delivery.acknowledged

    assert "is attached." in world.reply(message)
    assert delivery.acknowledged
    assert world.attached("WEB-1") == hashes(file)


def test_a_stop_finishes_what_runs_and_exits_with_0(world):
    file = world.slack.add_file(content=b"x" * 300_000)
    file.rate = 150_000
    message = world.slack.share([file], text="WEB-1")
    world.wait(lambda: world.slack.exchanges("slack.files.download") or file.downloads)

    assert world.bot.terminate(timeout=15) == 0

    assert world.attached("WEB-1") == hashes(file)
    world.start_bot()
    assert "is attached." in world.reply(message)
    world.settle()
    assert len(world.replies(message)) == 1
