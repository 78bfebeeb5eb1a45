"""Shares that are sought, told about, undone and tried again, in the ledger."""

import pytest

from bot.domain.outcomes import ALREADY_ATTACHED, ATTACHED, HELP, UNDONE, Outcome
from bot.domain.presses import Press
from bot.domain.references import WorkItemKey
from bot.domain.seeks import SeekLatest, SeekMessage, SeekThread
from bot.errors import (
    BotNotInvited,
    FileEmpty,
    NoFilesFound,
    PlaneKeyRefused,
    PlaneUnavailable,
    PrivateConversation,
    WorkItemNotFound,
)
from bot.work.ledger.attempts import Attempts
from bot.work.ledger.parts import Resolution
from bot.work.ledger.shares import Found
from bot.work.ledger.states import AttachmentState
from tests.work.values import found, item_id, make_file, make_share

SECOND = "1700000000.000200"
ASSET = item_id(7)
HERE = {"team_id": "T1", "channel_id": "C1", "user_id": "U1"}


def press(share_id, **fields):
    return Press(**{**HERE, **fields}, share_id=share_id)


def sought(**fields):
    """Make a share of which only its trigger and what it seeks are known."""
    share = make_share("F1", keys=fields.pop("keys", ()))
    known = {"message_ts": None, "thread_ts": None, "is_private": None, "files": ()}
    known |= {"seek": SeekMessage("1700000000.000100"), "trigger": "reaction:1"}
    return share.__class__(
        **{name: getattr(share, name) for name in share.__slots__} | known | fields
    )


def attached(ledger, *files, **fields):
    """Have a share's files attached in the end; return its id and its attachments'."""
    share_id, work = ledger.plan(make_share(*files, **fields))
    for attachment_id in work:
        ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=5.0)
        ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)
    ledger.replies.finish(ledger.replies.get(share_id))
    return share_id, work


def outcomes(ledger, share_id):
    items = ledger.replies.get(share_id).report.items
    return [line.outcome for item in items for line in item.files]


def state(ledger, attachment_id):
    """Return the states of what is unfinished, for one attachment."""
    open_ = ledger.attachments.get_open(attachment_id)
    return open_ and open_.state


# --- what is sought -----------------------------------------------------------


def test_what_is_sought_is_kept_until_it_is_found(ledger):
    seek = SeekLatest(1_700_000_000.25)
    share_id = ledger.shares.add(sought(seek=seek, keys=("WEB-1",)))

    new = ledger.shares.get_new(share_id)

    assert (new.seek, new.is_private) == (seek, None)
    assert (new.team_id, new.user_id) == ("T1", "U1")
    assert ledger.shares.unfinished() == [(share_id, "C1", ledger.clock.now)]
    reply = ledger.replies.get(share_id)
    assert (reply.message_ts, reply.thread_ts, reply.due_at) == (None, None, None)
    assert reply.trigger == "reaction:1"


def test_what_was_found_makes_the_share_whole(ledger):
    share_id = ledger.shares.add(sought())
    keys = (WorkItemKey("WEB", 1), WorkItemKey("WEB", 2))

    ledger.shares.find(
        ledger.shares.get_new(share_id),
        Found("C1", "1.1", "1.0", keys, (make_file("F1"),), True, True),
    )

    new = ledger.shares.get_new(share_id)
    assert (new.seek, new.references) == (None, keys)
    assert (new.is_private, new.is_external) == (True, True)
    reply = ledger.replies.get(share_id)
    assert (reply.message_ts, reply.thread_ts) == ("1.1", "1.0")
    assert len(ledger.shares.plan(share_id, [found("WEB-1"), found("WEB-2")])) == 2


def test_a_trigger_that_is_known_is_not_taken_in_again(ledger):
    share_id = ledger.shares.add(sought())

    assert ledger.shares.add(sought()) is None
    ledger.shares.find(
        ledger.shares.get_new(share_id), Found("C1", "1.1", "1.0", (), (), False, False)
    )
    assert ledger.shares.add(sought()) is None
    assert ledger.shares.add(sought(trigger="reaction:2")) not in (None, share_id)


def test_a_message_that_was_edited_has_its_files_sought_anew(ledger):
    share_id = ledger.shares.add(sought())
    ledger.shares.find(
        ledger.shares.get_new(share_id), Found("C1", "1.1", "1.0", (), (), False, False)
    )
    edited = sought(version="1700000009.000000")

    assert ledger.shares.add(edited) == share_id

    assert ledger.shares.get_new(share_id).seek == edited.seek


def test_what_is_told_ends_the_share(ledger):
    share_id = ledger.shares.add(sought())
    notice = Outcome.of(NoFilesFound())

    ledger.shares.tell(ledger.shares.get_new(share_id), notice, is_private=True)

    assert ledger.shares.get_new(share_id) is None
    assert ledger.shares.unfinished() == []
    report = ledger.replies.get(share_id).report
    assert (report.notice, report.is_private, report.is_final) == (notice, True, True)
    assert ledger.replies.unfinished() == [(share_id, "C1", ledger.clock.now)]


def test_what_is_not_to_be_told_ends_it_without_a_word(ledger):
    share_id = ledger.shares.add(sought())

    ledger.shares.tell(ledger.shares.get_new(share_id), None, is_private=True)

    assert ledger.shares.unfinished() == []
    assert ledger.replies.unfinished() == []
    assert ledger.replies.get(share_id).report.notice is None


def test_a_call_for_help_only_has_to_be_answered(ledger):
    share_id = ledger.shares.add(make_share(keys=(), notice=HELP))

    assert ledger.shares.unfinished() == []
    assert ledger.replies.unfinished() == [(share_id, "C1", ledger.clock.now)]
    report = ledger.replies.get(share_id).report
    assert (report.notice, report.is_private, report.is_final) == (HELP, False, True)


def test_a_call_for_help_that_becomes_a_share_is_answered_as_one(ledger):
    """Somebody edits the key into what they wrote to the bot."""
    share_id = ledger.shares.add(make_share(keys=(), notice=HELP))
    ledger.replies.finish(ledger.replies.get(share_id))

    assert ledger.shares.add(make_share("F1", keys=("WEB-1",))) == share_id
    (attachment_id,) = ledger.shares.plan(share_id, [found("WEB-1")])
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)

    report = ledger.replies.get(share_id).report
    assert report.notice is None
    assert outcomes(ledger, share_id) == [ATTACHED]


@pytest.mark.parametrize(
    ("notice", "is_tried"),
    [
        (Outcome.of(BotNotInvited()), True),
        (Outcome.giving_up(PlaneUnavailable()), True),
        (Outcome.of(PrivateConversation()), False),
        (HELP, False),
    ],
)
def test_what_came_to_nothing_is_sought_again_where_that_may_help(
    ledger, notice, is_tried
):
    share_id = ledger.shares.add(sought())
    before = ledger.shares.get_new(share_id)
    ledger.shares.tell(ledger.shares.get_new(share_id), notice, is_private=True)

    assert ledger.presses.retry(press(share_id)) is is_tried

    assert ledger.shares.get_new(share_id) == (before if is_tried else None)
    shown = ledger.replies.get(share_id).report.notice
    assert shown == (None if is_tried else notice)
    assert ledger.presses.retry(press(share_id)) is False


# --- undo ---------------------------------------------------------------------


def test_what_a_share_attached_is_to_be_removed(ledger):
    share_id, work = attached(ledger, "F1", "F2")
    ledger.clock.now += 60

    assert sorted(ledger.presses.undo(press(share_id))) == sorted(work)

    for attachment_id in work:
        open_ = ledger.attachments.get_open(attachment_id)
        assert (open_.state, open_.asset_id) == (AttachmentState.REMOVING, ASSET)
        assert open_.attempts == Attempts(0, None)  # a patience of its own
    assert outcomes(ledger, share_id) == [None, None]
    assert not ledger.replies.get(share_id).report.is_final
    due = (ledger.clock.now, "C1")
    taken_up = [(row[2], row[1]) for row in ledger.attachments.unfinished()]
    assert taken_up == [due, due]


@pytest.mark.parametrize(
    "fields",
    [{"user_id": "U2"}, {"channel_id": "C2"}, {"team_id": "T2"}],
    ids=["somebody else", "another conversation", "another workspace"],
)
def test_nobody_else_and_from_nowhere_else_can_it_be_undone(ledger, fields):
    share_id, (attachment_id,) = attached(ledger)

    assert ledger.presses.undo(press(share_id, **fields)) == []

    assert state(ledger, attachment_id) is None
    assert outcomes(ledger, share_id) == [ATTACHED]
    assert ledger.replies.unfinished() == []


def test_a_share_that_is_not_there_cannot_be_undone(ledger):
    assert ledger.presses.undo(press(12345)) == []
    assert not ledger.presses.retry(press(12345))


def test_a_second_press_does_nothing_more(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(share_id))

    assert ledger.presses.undo(press(share_id)) == []
    ledger.attachments.remove(attachment_id, UNDONE)
    assert ledger.presses.undo(press(share_id)) == []

    assert outcomes(ledger, share_id) == [UNDONE]


def test_only_what_the_share_attached_itself_is_removed(ledger):
    first_id, _ = attached(ledger, "F1")
    second_id, (attachment_id,) = ledger.plan(make_share("F1", ts=SECOND))
    ledger.attachments.decide(attachment_id, ALREADY_ATTACHED, asset_id=ASSET)

    assert ledger.presses.undo(press(second_id)) == []
    assert ledger.presses.undo(press(first_id)) == [attachment_id]
    assert outcomes(ledger, second_id) == [ALREADY_ATTACHED]


def test_what_failed_is_not_removed(ledger):
    share_id, work = ledger.plan(make_share("F1", "F2"))
    ledger.attachments.decide(work[0], ATTACHED, asset_id=ASSET)
    ledger.attachments.decide(work[1], Outcome.of(FileEmpty()))

    assert ledger.presses.undo(press(share_id)) == [work[0]]


def test_a_link_whose_id_is_not_known_any_more_is_not_removed(ledger):
    remote = make_file(mode="external", external_url="https://docs.example.com/1")
    share_id, (attachment_id,) = ledger.plan(make_share(remote))
    ledger.attachments.expect_link(attachment_id, within=0.0)
    linked = Outcome.linked("Google Drive")
    ledger.attachments.decide(attachment_id, linked, asset_id=ASSET)

    # It is gone from Plane, and another share could not put it there again.
    ledger.plan(make_share(remote, ts=SECOND))
    ledger.attachments.expect_link(attachment_id, within=0.0)
    ledger.attachments.decide(attachment_id, Outcome.of(PlaneKeyRefused()))

    assert ledger.presses.undo(press(share_id)) == []


def test_what_another_share_looks_at_just_now_is_not_removed(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.plan(make_share(ts=SECOND))

    assert ledger.presses.undo(press(share_id)) == []

    assert state(ledger, attachment_id) is AttachmentState.PENDING


def test_what_is_removed_is_told_and_not_open(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(share_id))
    ledger.clock.now += 3

    shown, is_wanted = ledger.attachments.remove(attachment_id, UNDONE)

    assert (shown, is_wanted) == ([share_id], False)
    assert state(ledger, attachment_id) is None
    assert ledger.attachments.unfinished() == []
    assert outcomes(ledger, share_id) == [UNDONE]
    assert ledger.replies.unfinished() == [(share_id, "C1", ledger.clock.now)]


def test_what_another_share_waits_for_meanwhile_is_attached_again(ledger):
    first_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(first_id))
    ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=5.0)
    second_id, work = ledger.plan(make_share(ts=SECOND))
    assert work == [attachment_id]
    assert state(ledger, attachment_id) is AttachmentState.REMOVING

    shown, is_wanted = ledger.attachments.remove(attachment_id, UNDONE)

    assert (shown, is_wanted) == ([first_id], True)
    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.share_id, open_.state) == (second_id, AttachmentState.PENDING)
    # Its own patience, and not what is left of the removal's.
    assert (open_.asset_id, open_.attempts) == (None, Attempts(0, None))
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(8))
    assert outcomes(ledger, first_id) == [UNDONE]
    assert outcomes(ledger, second_id) == [ATTACHED]


def test_what_was_removed_can_be_attached_again(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(share_id))
    ledger.attachments.remove(attachment_id, UNDONE)

    _, work = ledger.plan(make_share(ts=SECOND))

    assert work == [attachment_id]
    assert state(ledger, attachment_id) is AttachmentState.PENDING


# --- retry --------------------------------------------------------------------


@pytest.mark.parametrize("user", ["U1", "U2"])
def test_what_failed_is_tried_again_for_anyone_in_the_conversation(ledger, user):
    share_id, work = ledger.plan(make_share("F1", "F2"))
    ledger.attachments.decide(work[0], ATTACHED, asset_id=ASSET)
    given_up = Outcome.giving_up(PlaneUnavailable())
    ledger.attachments.decide(work[1], given_up)
    ledger.clock.now += 60

    assert ledger.presses.retry(press(share_id, user_id=user))

    assert ledger.shares.unfinished() == [(share_id, "C1", ledger.clock.now)]
    assert ledger.shares.get_new(share_id).references == ()
    assert ledger.shares.plan(share_id, []) == [work[1]]
    assert outcomes(ledger, share_id) == [ATTACHED, None]
    assert ledger.attachments.get_open(work[1]).attempts == Attempts(0, None)


@pytest.mark.parametrize("fields", [{"channel_id": "C2"}, {"team_id": "T2"}])
def test_from_nowhere_else_can_it_be_tried_again(ledger, fields):
    share_id, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.decide(attachment_id, Outcome.of(FileEmpty()))

    assert not ledger.presses.retry(press(share_id, **fields))

    assert ledger.shares.unfinished() == []


def test_what_failed_is_tried_again_from_the_persons_home(ledger):
    share_id, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.decide(attachment_id, Outcome.of(PlaneKeyRefused()))

    assert ledger.presses.retry(press(share_id, channel_id=None))

    assert [row[:2] for row in ledger.shares.unfinished()] == [(share_id, "C1")]


@pytest.mark.parametrize("fields", [{"user_id": "U2"}, {"team_id": "T2"}])
def test_from_nobody_elses_home_can_it_be_tried_again_or_undone(ledger, fields):
    share_id, work = ledger.plan(make_share("F1", "F2"))
    ledger.attachments.decide(work[0], ATTACHED, asset_id=ASSET)
    ledger.attachments.decide(work[1], Outcome.of(PlaneKeyRefused()))
    elsewhere = press(share_id, channel_id=None, **fields)

    assert not ledger.presses.retry(elsewhere)
    assert ledger.presses.undo(elsewhere) == []

    assert ledger.shares.unfinished() == []


def test_what_an_edit_keeps_from_being_tried_again_is_at_its_end(ledger):
    """As where the thread that a mention is about has no files any more."""
    share_id, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.decide(attachment_id, Outcome.of(PlaneKeyRefused()))
    ledger.presses.retry(press(share_id))
    seek = SeekThread("1700000000.000100", "1700000000.000100")
    ledger.shares.add(make_share(seek=seek, version="1700000009.000000"))
    notice = Outcome.of(NoFilesFound())

    ledger.shares.tell(ledger.shares.get_new(share_id), notice, is_private=True)

    reply = ledger.replies.get(share_id)
    assert (reply.report.is_final, ledger.replies.finish(reply)) == (True, True)
    assert ledger.presses.retry(press(share_id))
    assert ledger.shares.plan(share_id, []) == [attachment_id]


def test_a_refused_work_item_is_looked_up_again(ledger):
    problem = Outcome.of(WorkItemNotFound("WEB-9"))
    share_id, _ = ledger.plan(
        make_share(keys=("WEB-9",)),
        Resolution(WorkItemKey("WEB", 9), "WEB-9", problem=problem),
    )

    assert ledger.presses.retry(press(share_id))

    assert ledger.shares.get_new(share_id).references == (WorkItemKey("WEB", 9),)
    assert len(ledger.shares.plan(share_id, [found("WEB-9")])) == 1
    (item,) = ledger.replies.get(share_id).report.items
    assert item.problem is None


def test_where_nothing_failed_nothing_is_tried_again(ledger):
    share_id, _ = attached(ledger)

    assert not ledger.presses.retry(press(share_id))

    assert ledger.shares.unfinished() == []


def test_a_second_press_while_it_is_tried_again_does_nothing(ledger):
    share_id, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.decide(attachment_id, Outcome.of(PlaneKeyRefused()))

    assert ledger.presses.retry(press(share_id))
    assert not ledger.presses.retry(press(share_id))
    ledger.shares.plan(share_id, [])
    assert not ledger.presses.retry(press(share_id))


def test_what_was_undone_is_attached_again_by_retry(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(share_id))
    ledger.attachments.remove(attachment_id, UNDONE)

    assert ledger.presses.retry(press(share_id))

    assert ledger.shares.plan(share_id, []) == [attachment_id]
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(8))
    assert outcomes(ledger, share_id) == [ATTACHED]


def test_retry_while_it_is_being_removed_does_nothing(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(share_id))

    assert not ledger.presses.retry(press(share_id))

    assert state(ledger, attachment_id) is AttachmentState.REMOVING
    assert ledger.attachments.remove(attachment_id, UNDONE) == ([share_id], False)


def test_what_could_not_be_removed_is_undone_again_and_not_tried_again(ledger):
    share_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(share_id))
    kept = Outcome.kept(PlaneUnavailable())

    assert ledger.attachments.remove(attachment_id, kept) == ([share_id], False)

    assert outcomes(ledger, share_id) == [kept]
    assert not ledger.presses.retry(press(share_id))
    assert ledger.presses.undo(press(share_id)) == [attachment_id]
    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.state, open_.asset_id) == (AttachmentState.REMOVING, ASSET)
    assert open_.attempts == Attempts(0, None)


def test_what_could_not_be_removed_is_looked_at_again_by_who_waits_for_it(ledger):
    first_id, (attachment_id,) = attached(ledger)
    ledger.presses.undo(press(first_id))
    second_id, _ = ledger.plan(make_share(ts=SECOND))

    kept = Outcome.kept(PlaneUnavailable())
    assert ledger.attachments.remove(attachment_id, kept) == ([first_id], True)

    assert ledger.attachments.get_open(attachment_id).share_id == second_id
    assert state(ledger, attachment_id) is AttachmentState.PENDING
