"""What the ledger forgets: what is old and finished, and all that belongs to it."""

import dataclasses

import pytest
from sqlalchemy import func, select

from bot.domain.deletions import Deletion
from bot.domain.outcomes import ATTACHED, HELP, UNDONE
from bot.domain.presses import Press
from bot.domain.seeks import SeekMessage
from bot.work.ledger.pruning import BATCH, Pruned, PruningLedger
from bot.work.ledger.schema import (
    attachments,
    comments,
    deletions,
    metadata,
    share_files,
    shares,
)
from tests.work.values import found, item_id, make_share

ASSET = item_id(7)
DAY = 24 * 60 * 60


@pytest.fixture
def pruning(database):
    return PruningLedger(database)


def attach(ledger, *files, number=1, **fields):
    """Have a share attached, answered and told of in Plane; return its id."""
    ts = f"1700000000.{number:06}"
    share_id, work = ledger.plan(make_share(*files, ts=ts, **fields))
    for attachment_id in work:
        ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)
    ledger.replies.finish(ledger.replies.get(share_id))
    for comment_id, _, _ in ledger.comments.unfinished():
        ledger.comments.finish(ledger.comments.get_due(comment_id))
    return share_id


def answer(ledger, trigger):
    """Have something done that attaches nothing: finished with its answer."""
    share = dataclasses.replace(make_share(keys=(), notice=HELP), files=())
    share = dataclasses.replace(share, trigger=f"help:{trigger}")
    ledger.replies.finish(ledger.replies.get(ledger.shares.add(share)))


def grow_old(ledger, *, days=91):
    """Let time pass, and one more share come, which is never forgotten."""
    ledger.clock.now += days * DAY
    answer(ledger, ledger.clock.now)


def prune(ledger, pruning, *, after=0):
    return pruning.prune(before=ledger.clock.now - 90 * DAY, after=after)


def count(ledger, *tables):
    """Return how many rows each table has; of all that hold something without any."""
    with ledger.database.read() as connection:
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in tables or metadata.tables.values()
        }
    return list(counts.values()) if tables else {k: n for k, n in counts.items() if n}


def test_what_is_finished_and_old_is_forgotten_with_all_of_it(ledger, pruning):
    attach(ledger, "F1", "F2", keys=("WEB-1", "WEB-2"))
    grow_old(ledger)

    assert prune(ledger, pruning) == Pruned(1, None)

    assert count(ledger) == {"shares": 1}


def test_what_is_younger_stays(ledger, pruning):
    attach(ledger)
    grow_old(ledger, days=89)
    before = count(ledger)

    assert prune(ledger, pruning) == Pruned(0, None)

    assert count(ledger) == before


def test_what_a_younger_share_needs_stays(ledger, pruning):
    """The file, and the comment about the message of both."""
    attach(ledger, "F1", "F2", trigger="reaction:1")
    grow_old(ledger)
    young = attach(ledger, "F1", trigger="reaction:2")

    assert prune(ledger, pruning) == Pruned(1, None)

    assert count(ledger, shares, share_files, attachments, comments) == [2, 1, 1, 1]
    assert ledger.replies.get(young).report.items[0].files[0].name == "F1.pdf"


def test_what_came_without_a_message_takes_its_comment_along(ledger, pruning):
    share = dataclasses.replace(make_share(trigger="form:V1"), message_ts=None)
    share_id, (attachment_id,) = ledger.plan(share)
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)
    ledger.replies.finish(ledger.replies.get(share_id))
    ledger.comments.finish(ledger.comments.get_due(1))
    grow_old(ledger)

    prune(ledger, pruning)

    assert count(ledger) == {"shares": 1}


def leave_new(ledger):
    ledger.shares.add(make_share(trigger="reaction:9", seek=SeekMessage("1.1")))


def leave_undecided(ledger):
    share_id, _ = ledger.plan(make_share())
    ledger.replies.finish(ledger.replies.get(share_id))


def leave_unanswered(ledger):
    ledger.shares.announce(attach(ledger), {})


def leave_being_removed(ledger):
    share_id = attach(ledger)
    ledger.presses.undo(Press("T1", "C1", "U1", share_id))
    ledger.replies.finish(ledger.replies.get(share_id))


def leave_without_its_comment(ledger):
    share_id, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)
    ledger.replies.finish(ledger.replies.get(share_id))


@pytest.mark.parametrize(
    "leave",
    [
        leave_new,
        leave_undecided,
        leave_unanswered,
        leave_being_removed,
        leave_without_its_comment,
    ],
)
def test_what_is_not_finished_stays_however_old(ledger, pruning, leave):
    leave(ledger)
    grow_old(ledger, days=1000)
    before = count(ledger)

    assert prune(ledger, pruning) == Pruned(0, None)

    assert count(ledger) == before


def test_what_is_being_moved_stays_until_it_is(ledger, pruning):
    source = attach(ledger)
    grow_old(ledger)
    moving = make_share(trigger="form:V1", keys=("WEB-2",), moves=source)
    moving_id = ledger.shares.add(moving)
    assert prune(ledger, pruning) == Pruned(0, None)
    (there,) = ledger.shares.plan(moving_id, [found("WEB-2")])
    assert prune(ledger, pruning) == Pruned(0, None)

    (old,) = ledger.attachments.decide(there, ATTACHED, asset_id=item_id(8)).removals
    ledger.attachments.remove(old, UNDONE)
    ledger.replies.finish(ledger.replies.get(source))
    for comment_id, _, _ in ledger.comments.unfinished():
        ledger.comments.finish(ledger.comments.get_due(comment_id))

    assert prune(ledger, pruning) == Pruned(1, None)


def test_it_goes_on_from_batch_to_batch_past_what_stays(ledger, pruning):
    leave_new(ledger)
    for number in range(2, BATCH + 2):
        answer(ledger, number)
    assert prune(ledger, pruning) == Pruned(0, None)  # a whole batch of young ones
    grow_old(ledger)
    attach(ledger, number=2)

    first = prune(ledger, pruning)
    second = prune(ledger, pruning, after=first.last)

    assert (first, second) == (Pruned(BATCH - 1, BATCH), Pruned(1, None))
    assert count(ledger, shares) == [3]


def test_a_share_that_was_forgotten_may_come_again(ledger, pruning):
    attach(ledger)
    grow_old(ledger)
    prune(ledger, pruning)

    share_id, (attachment_id,) = ledger.plan(make_share())

    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.share_id, open_.asset_id) == (share_id, None)


def test_the_number_of_a_share_that_was_forgotten_stands_for_no_other(ledger, pruning):
    """Its buttons are still there, under the old reply."""
    old = attach(ledger)
    ledger.clock.now += 1000 * DAY
    prune(ledger, pruning)
    assert count(ledger, shares) == [1]

    new = attach(ledger, "F2", number=2)
    prune(ledger, pruning)

    assert new != old
    assert ledger.presses.undo(Press("T1", "C1", "U1", old)) == []


def test_what_was_tried_again_lately_stays(ledger, pruning):
    share_id = attach(ledger)
    grow_old(ledger)
    ledger.replies.show(share_id, ts="1.2", digest="d")

    assert prune(ledger, pruning) == Pruned(0, None)


def test_a_reply_to_what_was_forgotten_is_none(ledger, pruning):
    share_id = attach(ledger)
    grow_old(ledger)
    prune(ledger, pruning)

    assert ledger.replies.get(share_id) is None


def test_what_was_deleted_is_forgotten_when_it_is_old(ledger, pruning):
    ledger.withdrawals.withdraw(Deletion("T1", "C1", "1.1"))
    grow_old(ledger)
    ledger.withdrawals.withdraw(Deletion("T1", "C1", "1.2"))

    prune(ledger, pruning)

    assert count(ledger, deletions) == [1]
