"""What waits in the ledger, and since when."""

import pytest
from sqlalchemy import text

from bot.domain.outcomes import ATTACHED
from bot.errors import PlaneUnavailable
from bot.work.ledger.backlog import BacklogLedger, Waiting
from bot.work.runner import JobKind
from tests.work.values import item_id, make_share

NOTHING = Waiting(0, 0.0)


@pytest.fixture
def backlog(database, clock):
    return BacklogLedger(database, clock=clock)


def test_in_an_empty_ledger_nothing_waits(backlog):
    assert set(backlog.read().values()) == {NOTHING}


def test_a_share_waits_until_it_is_planned(backlog, ledger, clock):
    ledger.shares.add(make_share(ts="1700000000.000001"))
    clock.now += 7
    ledger.shares.add(make_share(ts="1700000000.000002"))

    assert backlog.read()[JobKind.SHARE] == Waiting(2, 7.0)


def test_what_is_done_waits_no_more(backlog, ledger, clock):
    share_id, (attachment_id,) = ledger.plan(make_share("F1"))
    clock.now += 5
    assert backlog.read() == {
        JobKind.SHARE: NOTHING,
        JobKind.ATTACHMENT: Waiting(1, 5.0),
        JobKind.REPLY: Waiting(1, 5.0),
        JobKind.COMMENT: NOTHING,
    }

    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
    ledger.replies.finish(ledger.replies.get(share_id))
    clock.now += 3

    left = {kind: each for kind, each in backlog.read().items() if each.number}
    assert left == {JobKind.COMMENT: Waiting(1, 3.0)}


def test_what_fails_waits_since_its_first_try_in_vain(backlog, ledger, clock):
    _, (attachment_id,) = ledger.plan(make_share("F1"))
    for _ in range(3):
        clock.now += 10
        until = clock.now + 300
        ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=until)

    assert backlog.read()[JobKind.ATTACHMENT] == Waiting(1, 20.0)


def test_what_is_due_later_is_no_age_below_nothing(backlog, ledger, database, clock):
    ledger.plan(make_share("F1"))
    with database.write() as connection:
        connection.execute(text("UPDATE attachments SET due_at = due_at + 60"))

    assert backlog.read()[JobKind.ATTACHMENT] == Waiting(1, 0.0)
