"""What a channel has waiting, as far as it goes before a row of its own."""

import pytest

from bot.domain.outcomes import ATTACHED
from bot.errors import PlaneUnavailable
from bot.work.ledger.turns import TurnLedger
from bot.work.runner import Job, JobKind
from tests.work.values import item_id, make_share


@pytest.fixture
def turns(ledger, clock):
    return TurnLedger(ledger.database, clock=clock)


def add(ledger, number, *, channel="C1"):
    """Store a share that is not planned yet."""
    return ledger.shares.add(
        make_share("F1", ts=f"1700000000.00010{number}", channel_id=channel)
    )


def test_older_shares_of_the_channel_go_before(ledger, turns):
    first, other, second = (
        add(ledger, 1),
        add(ledger, 2, channel="C2"),
        add(ledger, 3),
    )

    def count(share_id, channel="C1"):
        return turns.count_earlier(Job(JobKind.SHARE, share_id, channel))

    assert [count(first), count(second), count(other, "C2")] == [0, 1, 0]


def test_older_files_of_the_channel_go_before_unless_they_are_done(ledger, turns):
    _, (one, two, three) = ledger.plan(make_share("F1", "F2", "F3"))
    channel = make_share("F1").channel_id

    def count(attachment_id, group=channel):
        return turns.count_earlier(Job(JobKind.ATTACHMENT, attachment_id, group))

    assert [count(one), count(two), count(three)] == [0, 1, 2]
    assert count(three, "C9") == 0
    ledger.attachments.decide(one, ATTACHED, asset_id=item_id(7))
    assert count(three) == 1


def test_what_waits_for_a_later_time_goes_before_nobody(ledger, turns, clock):
    _, (one, two) = ledger.plan(make_share("F1", "F2"))
    channel = make_share("F1").channel_id

    ledger.attachments.postpone(one, PlaneUnavailable(), until=clock.now + 60)

    assert turns.count_earlier(Job(JobKind.ATTACHMENT, two, channel)) == 0


@pytest.mark.parametrize("kind", [JobKind.REPLY, JobKind.COMMENT, JobKind.RETENTION])
def test_where_nothing_waits_nothing_goes_before(turns, kind):
    assert turns.count_earlier(Job(kind, 1, "C1")) == 0
