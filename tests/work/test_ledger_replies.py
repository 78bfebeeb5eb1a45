"""Replies in the ledger: what each has to say, and whether it was said."""

import pytest

from bot.domain.outcomes import ATTACHED
from bot.errors import PlaneUnavailable
from bot.work.ledger.states import ReplyState
from tests.work.values import item_id, make_file, make_share


@pytest.fixture
def share_id(ledger):
    share_id, _ = ledger.plan(make_share("F1", "F2", thread_ts="1699999999.000100"))
    return share_id


def due(ledger):
    return [row[2] for row in ledger.replies.unfinished()]


def test_a_reply_knows_where_it_goes_and_what_it_says(ledger, share_id):
    reply = ledger.replies.get(share_id)

    assert (reply.channel_id, reply.message_ts) == ("C1", "1700000000.000100")
    assert reply.thread_ts == "1699999999.000100"
    assert reply.received_at == reply.due_at == ledger.clock.now
    assert (reply.state, reply.ts, reply.shown_at) == (ReplyState.NONE, None, None)
    (item,) = reply.report.items
    assert [line.name for line in item.files] == ["F1.pdf", "F2.pdf"]
    assert not reply.report.is_final


def test_a_share_that_is_not_planned_has_nothing_to_say(ledger):
    share_id = ledger.shares.add(make_share())
    ledger.shares.postpone(share_id, PlaneUnavailable(), until=5.0, told={})

    reply = ledger.replies.get(share_id)

    assert reply.due_at is None
    assert reply.report.items == ()
    assert ledger.replies.unfinished() == []


def test_a_name_is_told_as_it_is_in_plane(ledger):
    share_id, _ = ledger.plan(make_share(make_file(name="../a\nb.pdf")))

    (item,) = ledger.replies.get(share_id).report.items
    assert item.files[0].name == "a b.pdf"


def test_a_post_is_announced_before_it_is_sent(ledger, share_id):
    ledger.replies.posting(share_id, until=0.0)
    assert ledger.replies.get(share_id).state is ReplyState.POSTING

    ledger.replies.unsent(share_id)
    assert ledger.replies.get(share_id).state is ReplyState.NONE


def test_what_was_shown_is_kept_with_its_time(ledger, share_id):
    ledger.replies.postpone(share_id, until=5.0)
    ledger.clock.now += 3

    ledger.replies.show(share_id, ts="1700000001.000100", digest="d1")

    reply = ledger.replies.get(share_id)
    assert (reply.state, reply.ts) == (ReplyState.POSTED, "1700000001.000100")
    assert (reply.digest, reply.shown_at) == ("d1", ledger.clock.now)
    assert reply.attempts == 0
    ledger.replies.editing(share_id, until=0.0)
    assert ledger.replies.get(share_id).digest is None  # it may say either by now


def test_a_reply_is_due_until_it_said_everything(ledger, share_id):
    assert due(ledger) == [ledger.clock.now]

    assert ledger.replies.finish(ledger.replies.get(share_id))

    assert due(ledger) == []


def test_what_a_finished_reply_waited_for_is_not_held_against_its_next_edit(
    ledger, share_id
):
    """A question, or what one person was told, may have waited, and nothing after it.

    Else what is to be said days later would be given up at the first fault.
    """
    ledger.replies.postpone(share_id, until=5.0)

    assert ledger.replies.finish(ledger.replies.get(share_id))

    reply = ledger.replies.get(share_id)
    assert (reply.attempts, reply.waiting_since) == (0, None)


def test_what_came_up_while_a_reply_was_written_is_still_to_be_said(ledger, share_id):
    seen = ledger.replies.get(share_id)
    ledger.clock.now += 1
    first = ledger.attachments.unfinished()[0][0]
    ledger.attachments.decide(first, ATTACHED, asset_id=item_id(7))

    assert not ledger.replies.finish(seen)

    assert due(ledger) == [ledger.clock.now]


def test_a_postponed_reply_waits_and_counts(ledger, share_id):
    ledger.replies.postpone(share_id, until=7.0)
    ledger.replies.postpone(share_id, until=9.0)

    assert ledger.replies.get(share_id).attempts == 2
    assert due(ledger) == [9.0]


def test_a_reply_that_failed_is_not_taken_up_again(ledger, share_id):
    ledger.replies.postpone(share_id, until=7.0)

    ledger.replies.fail(ledger.replies.get(share_id))

    assert due(ledger) == []
    failed = ledger.replies.get(share_id)
    assert (failed.attempts, failed.waiting_since, failed.not_before) == (0, None, 0.0)


def test_what_came_up_since_is_said_though_what_was_before_is_given_up(ledger):
    share_id, (attachment_id,) = ledger.plan(make_share())
    given_up = ledger.replies.get(share_id)
    ledger.clock.now += 1
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))

    ledger.replies.fail(given_up)

    assert due(ledger) == [ledger.clock.now]


def test_a_post_that_may_be_there_is_looked_for_even_after_giving_up(ledger, share_id):
    ledger.replies.posting(share_id, until=0.0)

    ledger.replies.fail(ledger.replies.get(share_id))

    assert ledger.replies.get(share_id).state is ReplyState.POSTING


def test_an_edit_gives_a_finished_reply_more_to_say(ledger, share_id):
    ledger.replies.finish(ledger.replies.get(share_id))
    ledger.clock.now += 60

    ledger.plan(make_share("F1", "F2", keys=("WEB-1", "WEB-2")))

    assert due(ledger) == [ledger.clock.now]
    assert [item.key for item in ledger.replies.get(share_id).report.items] == [
        "WEB-1",
        "WEB-2",
    ]
