"""What a process heard of its own calls holds where it could not be kept."""

import contextlib

import pytest

from bot.domain.outcomes import ATTACHED
from bot.errors import LedgerUnavailable
from bot.work.ledger.attachments import AttachmentLedger
from bot.work.ledger.comments import CommentLedger
from bot.work.ledger.heard import Heard
from bot.work.ledger.replies import ReplyLedger
from tests.work.values import item_id, make_share


@pytest.fixture
def heard():
    """Of row 1 it is kept that a call may come until 100."""
    heard = Heard()
    keep(heard, until=100.0)
    return heard


def keep(heard, *, until=0.0):
    with heard.keeping(1, until=until):
        pass


def fail_to_keep(heard, *, until=0.0):
    with contextlib.suppress(LedgerUnavailable), heard.keeping(1, until=until):
        raise LedgerUnavailable("the disk is full")


def test_an_answer_that_could_not_be_kept_is_not_waited_for(heard):
    assert heard.correct(1, 100.0) == 100.0

    fail_to_keep(heard)

    assert heard.correct(1, 100.0) == 0.0
    assert heard.correct(2, 100.0) == 100.0


def test_it_holds_no_longer_than_until_something_is_kept(heard):
    fail_to_keep(heard)
    keep(heard, until=200.0)

    assert heard.correct(1, 200.0) == 200.0


def test_what_was_kept_is_never_made_later(heard):
    fail_to_keep(heard, until=300.0)

    assert heard.correct(1, 100.0) == 100.0


def test_what_another_process_kept_since_holds(heard):
    """It has asked again, of which this one has heard nothing."""
    fail_to_keep(heard)

    assert heard.correct(1, 215.0) == 215.0


class Disk:
    """A ledger's database, which takes nothing more once it is full."""

    def __init__(self, database):
        self._database = database
        self.is_full = False

    def read(self):
        return self._database.read()

    def write(self):
        if self.is_full:
            raise LedgerUnavailable("the disk is full")
        return self._database.write()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_process_knows_by_what_it_kept_that_a_call_was_its_own(ledger, clock):
    share_id, (attachment_id,) = ledger.plan(make_share())
    _, (attached,) = ledger.plan(make_share("F2", ts="1700000000.000200"))
    ledger.attachments.decide(attached, ATTACHED, asset_id=item_id(7))
    disk = Disk(ledger.database)
    attachments = AttachmentLedger(disk, clock=clock)
    replies, comments = ReplyLedger(disk, clock=clock), CommentLedger(disk, clock=clock)
    attachments.expect_record(attachment_id, within=15.0)
    replies.posting(share_id, until=clock.now + 15.0)
    comments.posting(1, within=15.0)
    disk.is_full = True

    with pytest.raises(LedgerUnavailable):
        attachments.restart(attachment_id)
    with pytest.raises(LedgerUnavailable):
        replies.unsent(share_id)
    with pytest.raises(LedgerUnavailable):
        comments.unsent(1)

    assert attachments.get_open(attachment_id).not_before == 0.0
    assert replies.get(share_id).not_before == 0.0
    assert comments.get_due(1).due_at == 0.0


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_edit_of_a_reply_is_known_by_what_was_kept_too(ledger, clock):
    share_id, _ = ledger.plan(make_share())
    disk = Disk(ledger.database)
    replies = ReplyLedger(disk, clock=clock)
    replies.editing(share_id, until=clock.now + 15.0)
    disk.is_full = True

    with pytest.raises(LedgerUnavailable):
        replies.show(share_id, ts="1700000000.000300", digest="x")

    assert replies.get(share_id).not_before == 0.0
