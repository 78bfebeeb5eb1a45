"""Many at once: everybody is heard first, then served in turn, and nothing is lost."""

import functools
import threading

import pytest

from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack.content import Generated
from bot.sandbox.wire import Fault
from tests.world import open_world

SHARES = 24
#: One of those that have turns and threads of their own.
LARGE = Generated(65 << 20)


def hold(server, operation):
    """Let *operation* wait until the event that is returned is set."""
    go = threading.Event()
    wait = Fault(operation, lambda request: go.wait(30) and None, times=10**6)
    server.fail(wait)
    return go


def share_many(world, number=SHARES, **options):
    """Share a file *number* times; return the messages and the files' digests."""
    files = [world.slack.add_file(content=b"%d" % each) for each in range(number)]
    messages = [world.slack.share([file], text="WEB-1", **options) for file in files]
    return messages, [("design.pdf", file.sha256) for file in files]


@pytest.mark.each_transport
def test_shares_at_once_are_all_heard_however_slow_plane_is_and_all_done(either):
    go = hold(either.plane, "plane.projects")

    messages, expected = share_many(either)
    either.slack.wait_idle(20)
    deliveries = [either.slack.delivery_of(message) for message in messages]
    assert all(each.acknowledged for each in deliveries)
    assert {len(each.attempts) for each in deliveries} == {1}
    assert either.plane.state.attachments() == []
    go.set()

    either.settle(60)
    assert sorted(either.attached("WEB-1")) == sorted(expected)
    assert either.half_made("WEB-1") == []
    assert {len(either.replies(message)) for message in messages} == {1}


def test_the_flood_of_one_channel_does_not_starve_the_single_file_of_another(world):
    world.reply(world.slack.share([world.slack.add_file()], text="OPS-1"))
    go = hold(world.plane, "plane.create_attachment")
    share_many(world)
    world.slack.wait_idle(20)

    single = world.slack.share([world.slack.add_file()], text="OPS-2", channel="GTRIO")
    world.wait(lambda: world.slack.delivery_of(single).acknowledged)
    go.set()

    world.wait(lambda: world.attached("OPS-2"))
    assert len(world.attached("WEB-1")) < SHARES
    assert "is attached." in world.reply(single)
    world.settle(60)
    assert len(world.attached("WEB-1")) == SHARES


def test_large_files_of_one_channel_leave_room_for_the_single_file_of_another(world):
    large = [world.slack.add_file(content=b"x" * 200_000) for _ in range(20)]
    for file in large:
        file.rate = 1_000
    slow = world.slack.share(large, text="WEB-1")
    world.wait(lambda: sum(file.downloads for file in large) >= 12)

    single = world.slack.share([world.slack.add_file()], text="OPS-1", channel="GTRIO")

    assert "is attached." in world.reply(single)
    assert world.attached("WEB-1") == []
    assert not any("is attached." in text for text in world.replies(slow))


def test_large_files_of_many_channels_leave_threads_for_small_ones(tmp_path):
    plane = functools.partial(PlaneServer, file_size_limit=LARGE.size)
    with open_world(tmp_path, plane_class=plane) as world:
        world.start_bot()
        large = [world.slack.add_file(content=LARGE) for _ in range(18)]
        for file in large:
            file.rate = 1_000
        for number, channel in enumerate(("CGENERAL", "CSECRET", "GTRIO")):
            own = large[number::3]
            world.slack.share(own, text="WEB-1", channel=channel)
        world.wait(lambda: sum(file.downloads for file in large) >= 6)

        files = [world.slack.add_file() for _ in range(8)]
        small = world.slack.share(files, text="OPS-1", channel="DANNA")

        assert world.reply(small).count("is attached.") == 8
        assert sum(file.downloads for file in large) <= 8
