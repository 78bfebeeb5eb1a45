"""Comments in the ledger: what each has to tell of, and when it is looked at."""

from dataclasses import replace

import pytest

from bot.domain.outcomes import (
    ALREADY_ATTACHED,
    ATTACHED,
    UNDONE,
    Outcome,
)
from bot.domain.presses import Press
from bot.errors import FileEmpty, PlaneUnavailable, ProjectRefused
from bot.work.ledger.attachments import AttachmentLedger
from bot.work.ledger.attempts import Attempts
from bot.work.ledger.states import CommentState
from tests.work.values import PROJECT, found, item_id, make_file, make_share

SECOND = "1700000000.000200"
ASSET = item_id(7)
COMMENT = item_id(8)
KEPT = Outcome.kept(ProjectRefused("WEB"))

only_sqlite = pytest.mark.parametrize("kind", ["sqlite"])


def attach(ledger, share, *resolutions, outcome=ATTACHED):
    """Plan a share and decide all of its lines; return its and the attachments' ids."""
    share_id, attachment_ids = ledger.plan(share, *resolutions)
    for attachment_id in attachment_ids:
        ledger.attachments.decide(attachment_id, outcome, asset_id=ASSET)
    return share_id, attachment_ids


def undo(ledger, share_id, outcome=UNDONE):
    removed = ledger.presses.undo(Press("T1", "C1", "U1", share_id))
    for attachment_id in removed:
        ledger.attachments.remove(attachment_id, outcome)


def due(ledger):
    """Return the ids of the comments that a start would take up."""
    return [row[0] for row in ledger.comments.unfinished()]


def files(ledger, comment_id=1):
    return [each.file_id for each in ledger.comments.get_due(comment_id).files]


def finish(ledger, comment_id=1):
    ledger.comments.finish(ledger.comments.get_due(comment_id))


def test_what_is_attached_asks_for_a_comment_that_knows_all_it_needs(ledger):
    share = make_share(make_file("F1", shared_by="U1"), "F2", thread_ts="1.000001")

    attach(ledger, share)

    comment = ledger.comments.get_due(1)
    assert due(ledger) == [1]
    assert comment.place == "message:C1:1700000000.000100"
    assert (comment.channel_id, comment.message_ts) == ("C1", share.message_ts)
    assert (comment.thread_ts, comment.is_private) == ("1.000001", False)
    assert (comment.project_id, comment.work_item_id) == (PROJECT, item_id(1))
    assert (comment.item_key, comment.state) == ("WEB-1", CommentState.NONE)
    assert [each.file_id for each in comment.files] == ["F1", "F2"]
    assert comment.files[0].shared_by == "U1"
    assert comment.attempts == Attempts()
    assert not comment.is_open


def test_a_conversation_that_may_be_private_is_private(ledger):
    attach(ledger, make_share(is_private=None))

    assert ledger.comments.get_due(1).is_private


def test_without_comments_nothing_asks_for_one(database, clock, ledger):
    silent = AttachmentLedger(database, clock=clock)
    _, (attachment_id,) = ledger.plan(make_share())

    silent.decide(attachment_id, ATTACHED, asset_id=ASSET)

    assert due(ledger) == []
    assert silent.due_comments(attachment_id) == []


def test_who_switches_comments_off_is_not_handed_those_that_were_asked_for(
    database, clock, ledger
):
    _, (attachment_id,) = attach(ledger, make_share())

    silent = AttachmentLedger(database, clock=clock)

    assert silent.due_comments(attachment_id) == []


def test_two_triggers_on_one_message_ask_for_one_comment(ledger):
    attach(ledger, make_share())
    again = make_share(trigger="reaction:C1:1:U2:2", user_id="U2")

    attach(ledger, again, outcome=ALREADY_ATTACHED)

    assert due(ledger) == [1]
    assert files(ledger) == ["F1"]


def test_a_work_item_that_has_another_key_now_has_its_comment_under_it(ledger):
    attach(ledger, make_share())
    other = replace(found("SITE-1", 1), project_id=item_id(9))

    attach(ledger, make_share(trigger="reaction:1", keys=("SITE-1",)), other)

    comment = ledger.comments.get_due(1)
    assert due(ledger) == [1]
    assert (comment.item_key, comment.project_id) == ("SITE-1", item_id(9))


def test_what_one_message_shares_on_two_work_items_are_two_comments(ledger):
    attach(ledger, make_share(keys=("WEB-1", "WEB-2")))

    items = [ledger.comments.get_due(row).item_key for row in due(ledger)]
    assert sorted(items) == ["WEB-1", "WEB-2"]


def test_two_messages_are_two_comments(ledger):
    attach(ledger, make_share("F1"))
    attach(ledger, make_share("F2", ts=SECOND))

    assert [files(ledger, row) for row in due(ledger)] == [["F1"], ["F2"]]


def test_a_share_without_a_message_has_a_place_of_its_own(ledger):
    share = make_share(ts=None, thread_ts=None, trigger="view:V1")

    attach(ledger, share)

    comment = ledger.comments.get_due(1)
    assert (comment.place, comment.message_ts) == ("view:V1", None)
    assert files(ledger) == ["F1"]


@pytest.mark.parametrize("outcome", [ALREADY_ATTACHED, Outcome.of(FileEmpty())])
def test_what_the_share_did_not_attach_is_not_told_of(ledger, outcome):
    attach(ledger, make_share(), outcome=outcome)

    assert files(ledger) == []


def test_a_comment_is_open_while_a_file_of_its_message_is_on_its_way(ledger):
    _, (first, second) = ledger.plan(make_share("F1", "F2"))
    ledger.attachments.decide(first, ATTACHED, asset_id=ASSET)
    assert ledger.comments.get_due(1).is_open

    ledger.attachments.decide(second, ATTACHED, asset_id=ASSET)

    assert not ledger.comments.get_due(1).is_open


def test_other_work_items_of_the_message_keep_no_comment_open(ledger):
    _, attachments = ledger.plan(make_share(keys=("WEB-1", "WEB-2")))
    ledger.attachments.decide(attachments[0], ATTACHED, asset_id=ASSET)

    assert not ledger.comments.get_due(1).is_open


def test_what_is_undone_is_told_of_no_more(ledger):
    share_id, _ = attach(ledger, make_share("F1", "F2"))
    finish(ledger)

    assert ledger.comments.get_due(1) is None
    undo(ledger, share_id)

    assert (due(ledger), files(ledger)) == ([1], [])


def test_what_is_about_to_be_undone_keeps_the_comment_open(ledger):
    share_id, (attachment_id,) = attach(ledger, make_share())

    ledger.presses.undo(Press("T1", "C1", "U1", share_id))
    assert ledger.comments.get_due(1).is_open

    ledger.attachments.remove(attachment_id, UNDONE)
    assert not ledger.comments.get_due(1).is_open


def test_what_could_not_be_undone_is_told_of_still(ledger):
    share_id, _ = attach(ledger, make_share())

    undo(ledger, share_id, KEPT)

    assert files(ledger) == ["F1"]


def test_what_another_share_attached_anew_is_no_longer_told_of_for_the_first(ledger):
    attach(ledger, make_share())
    finish(ledger)

    # Somebody deleted it in Plane, else it would be attached already.
    attach(ledger, make_share(ts=SECOND))

    first, second = due(ledger)
    assert (files(ledger, first), files(ledger, second)) == ([], ["F1"])


def test_a_comment_is_handed_over_by_each_attachment_that_it_tells_of(ledger):
    _, (first,) = attach(ledger, make_share())
    _, (other,) = attach(ledger, make_share("F2", ts=SECOND))

    assert ledger.attachments.due_comments(first) == [(1, "C1", ledger.clock.now)]
    assert ledger.attachments.due_comments(other) == [(2, "C1", ledger.clock.now)]
    finish(ledger)
    assert ledger.attachments.due_comments(first) == []


def test_what_came_up_meanwhile_is_not_finished(ledger):
    attach(ledger, make_share("F1"))
    seen = ledger.comments.get_due(1)

    attach(ledger, make_share("F1", "F2", version="1700000001.000000"))
    ledger.comments.finish(seen)
    assert files(ledger) == ["F1", "F2"]

    finish(ledger)
    assert due(ledger) == []


def test_a_comment_that_waits_waits_on_while_more_comes(ledger):
    attach(ledger, make_share())
    until = ledger.clock.now + 60
    ledger.comments.postpone(1, PlaneUnavailable(), until=until)

    attach(ledger, make_share("F1", "F2", version="1700000001.000000"))

    assert ledger.comments.unfinished() == [(1, "C1", until)]
    attempts = ledger.comments.get_due(1).attempts
    assert (attempts.number, attempts.cause) == (1, "PlaneUnavailable")
    finish(ledger)
    undo(ledger, 1)
    assert ledger.comments.get_due(1).attempts == Attempts()


def test_its_steps_are_kept(ledger):
    attach(ledger, make_share())

    def state():
        comment = ledger.comments.get_due(1)
        return comment.state, comment.comment_id, comment.digest

    ledger.comments.posting(1, within=2)
    assert state() == (CommentState.POSTING, None, None)
    assert ledger.comments.unfinished()[0][2] == ledger.clock.now + 2

    ledger.comments.unsent(1)
    assert state() == (CommentState.NONE, None, None)

    ledger.comments.show(1, comment_id=COMMENT, digest="d")
    assert state() == (CommentState.POSTED, COMMENT, "d")

    ledger.comments.lose(1)
    assert state() == (CommentState.GONE, None, None)

    ledger.comments.show(1, comment_id=COMMENT, digest="d")
    ledger.comments.forget(1)
    assert state() == (CommentState.NONE, None, None)


def test_a_work_item_that_moved_is_commented_where_it_is_now(ledger):
    attach(ledger, make_share())
    finish(ledger)
    moved = found("OPS-9", number=1)

    attach(ledger, make_share(ts=SECOND, keys=("OPS-9",)), moved)
    again = make_share(trigger="reaction:C1:1:U2:2", keys=("OPS-9",))
    attach(ledger, again, moved)

    assert ledger.comments.get_due(1).item_key == "OPS-9"


def test_there_is_no_comment_that_nobody_asked_for(ledger):
    assert ledger.comments.get_due(12345) is None


@only_sqlite
@pytest.mark.parametrize("end", ["forget", "lose"])
def test_once_a_comment_is_gone_nothing_of_it_may_come_late(ledger, end):
    attach(ledger, make_share())
    ledger.comments.show(1, comment_id=COMMENT, digest="x")
    ledger.comments.changing(1, within=15.0)
    assert ledger.comments.get_due(1).due_at == ledger.clock.now + 15.0

    getattr(ledger.comments, end)(1)

    assert ledger.comments.get_due(1).due_at == ledger.clock.now
