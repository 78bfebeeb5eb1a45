"""How many calls a share costs: they are what takes the time, and what Plane counts."""

import time
from collections import Counter

import pytest

from bot.work.replying import QUIET_SECONDS


def share(world, *names):
    """Share files; return the seconds until all is done."""
    begun = time.monotonic()
    files = [world.slack.add_file(name=name) for name in names]
    message = world.slack.share(files, text="WEB-1")
    assert world.reply(message).count("is attached.") == len(names)
    world.settle()
    return time.monotonic() - begun


def forget(world):
    """Drop the records of the calls so far."""
    for part in (world.slack, world.plane, world.store):
        part.forget()


def count(server):
    """Return the calls of *server*, but for those that keep a socket."""
    counted = Counter(each.operation for each in server.exchanges())
    counted.pop("slack.apps.connections.open", None)
    return counted


def test_each_file_more_costs_two_calls_of_plane_and_one_of_storage(either):
    share(either, "a.pdf")
    forget(either)

    share(either, "b.pdf", "c.pdf", "d.pdf")

    assert count(either.plane) == {
        "plane.create_attachment": 3,
        "plane.complete_attachment": 3,
        "plane.create_comment": 1,
    }
    assert count(either.store) == {"storage.post": 3}


@pytest.mark.each_transport
def test_a_share_that_takes_less_than_two_seconds_is_one_word_to_slack(either):
    share(either, "a.pdf")
    for _ in range(10):  # on a busy machine one may take longer, and show progress
        forget(either)
        if share(either, "b.pdf", "c.pdf") < QUIET_SECONDS:
            break

    assert count(either.slack) == {
        "slack.files.download": 2,
        "slack.chat.postMessage": 1,
    }
