"""As much at once as no person would share: all is heard in time, and done once.

They measure: the machine should have nothing else to do.
"""

import pytest

from tests.bench.burst import SLACK_SECONDS, deliver
from tests.bench.loaded import count_at_once, open_loaded_world, write_events
from tests.bench.relays import measure

SHARES = 500
FILES, MEGABYTE = 40, 10**6
#: Megabytes of memory that a relay may take.
EACH = 2


@pytest.mark.timeout(900)
@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
def test_500_shares_at_once_are_heard_within_3_seconds_and_done_once(socket_mode):
    with open_loaded_world(socket_mode=socket_mode) as world:
        envelopes = write_events(world, SHARES, text="OPS-1")

        seconds = deliver(world, envelopes)

        assert len(seconds) == SHARES
        assert max(seconds) < SLACK_SECONDS
        world.settle(600)
        records = world.plane.state.attachments("OPS-1")
        assert len(records) == SHARES
        assert len({record.external_id for record in records}) == SHARES
        assert all(record.is_uploaded for record in records)
        assert {len(replies_to(world, each)) for each in envelopes} == {1}


def replies_to(world, envelope):
    """Return the bot's replies to the message of an event."""
    event = envelope["event"]
    return world.slack.replies_by_bot(event["channel"], event["ts"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("megabytes", [50, 100])
def test_40_large_files_at_once_take_no_more_memory_than_the_pieces_under_way(
    megabytes,
):
    size = megabytes * MEGABYTE
    with open_loaded_world() as world:
        measured = measure(world, FILES, size=size)

        assert world.half_made("WEB-1") == []
    assert measured.most - measured.before <= EACH * count_at_once(size)
