"""A move in the ledger: the file leaves only once it is there, in one transaction."""

import pytest
from sqlalchemy import event

from bot.domain.outcomes import (
    ALREADY_ATTACHED,
    ATTACHED,
    REMOVING,
    UNDONE,
    Outcome,
)
from bot.domain.presses import Press
from bot.errors import FileDeleted, PlaneUnavailable
from bot.work.ledger.deciding import Decided
from bot.work.ledger.moves import MoveLedger
from bot.work.ledger.states import AttachmentState
from tests.work.values import found, item_id, make_file, make_share

ASSET = item_id(7)
NEW_ASSET = item_id(8)
GONE = Outcome.of(FileDeleted())
KEPT = Outcome.kept(PlaneUnavailable())


@pytest.fixture
def moves(ledger):
    return MoveLedger(ledger.database)


def attached(ledger, *files, outcome=ATTACHED, **fields):
    """Have a share's files attached; return its id and its attachments'."""
    share_id, work = ledger.plan(make_share(*files, **fields))
    for attachment_id in work:
        ledger.attachments.decide(attachment_id, outcome, asset_id=ASSET)
    ledger.replies.finish(ledger.replies.get(share_id))
    return share_id, work


def move(ledger, source, *files, key="WEB-2", view="V1", **fields):
    """Have a share's files moved; return the new share's id and its attachments'."""
    share = make_share(
        *files, keys=(key,), trigger=f"form:{view}", moves=source, **fields
    )
    return ledger.plan(share)


def movable(moves, share_id, *, team_id="T1", user_id="U1"):
    return moves.get_movable(share_id, team_id=team_id, user_id=user_id)


def lines(ledger, share_id):
    """Return the codes of a share's lines, None where they are not decided."""
    items = ledger.replies.get(share_id).report.items
    outcomes = [line.outcome for item in items for line in item.files]
    return [outcome and outcome.code for outcome in outcomes]


def state(ledger, attachment_id):
    open_ = ledger.attachments.get_open(attachment_id)
    return open_ and open_.state


def undo(ledger, share_id):
    return ledger.presses.undo(Press("T1", "C1", "U1", share_id))


def finish(ledger, attachment_id, asset_id=NEW_ASSET):
    return ledger.attachments.decide(attachment_id, ATTACHED, asset_id=asset_id)


# --- what may be moved --------------------------------------------------------


def test_what_a_share_attached_may_be_moved_by_its_person(ledger, moves):
    share_id, _ = attached(ledger, "F1", "F2", keys=("WEB-1", "WEB-3"), is_private=True)

    found_ = movable(moves, share_id)

    assert found_.share_id == share_id
    assert [file.file_id for file in found_.files] == ["F1", "F2"]
    assert found_.files[0] == make_file("F1")
    assert found_.item_keys == ("WEB-1", "WEB-3")
    assert (found_.channel_id, found_.message_ts, found_.thread_ts) == (
        "C1",
        "1700000000.000100",
        "1700000000.000100",
    )
    assert (found_.is_private, found_.is_external) == (True, False)


@pytest.mark.parametrize(
    "person", [{"user_id": "U2"}, {"team_id": "T2"}, {"team_id": "U1", "user_id": "T1"}]
)
def test_what_somebody_else_attached_may_not(ledger, moves, person):
    share_id, _ = attached(ledger)

    assert movable(moves, share_id, **person) is None


@pytest.mark.parametrize("share_id", [0, -1, 2, 10**18 - 1])
def test_a_share_that_is_none_has_nothing_to_move(ledger, moves, share_id):
    attached(ledger)

    assert movable(moves, share_id) is None


@pytest.mark.parametrize("outcome", [ALREADY_ATTACHED, GONE])
def test_what_it_did_not_attach_itself_is_not_its_to_move(ledger, moves, outcome):
    share_id, _ = attached(ledger, outcome=outcome)

    assert movable(moves, share_id) is None


def test_what_is_not_there_yet_or_any_more_is_nothing_to_move(ledger, moves):
    share_id, (one, two, three) = ledger.plan(make_share("F1", "F2", "F3"))
    assert movable(moves, share_id) is None

    finish(ledger, one)
    assert [f.file_id for f in movable(moves, share_id).files] == ["F1"]
    finish(ledger, two)
    ledger.attachments.decide(three, GONE)
    assert [f.file_id for f in movable(moves, share_id).files] == ["F1", "F2"]

    undo(ledger, share_id)
    assert movable(moves, share_id) is None
    ledger.attachments.remove(one, UNDONE)
    assert movable(moves, share_id) is None


def test_what_could_not_be_removed_may_be_moved(ledger, moves):
    share_id, (attachment_id,) = attached(ledger)
    undo(ledger, share_id)
    ledger.attachments.remove(attachment_id, KEPT)

    assert [f.file_id for f in movable(moves, share_id).files] == ["F1"]


# --- one move -----------------------------------------------------------------


def test_a_file_leaves_in_the_transaction_that_tells_it_is_there(ledger):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)
    assert state(ledger, old) is None
    committed = []
    engine = ledger.database._engine
    event.listen(engine, "commit", lambda connection: committed.append(connection))

    decided = finish(ledger, new)

    assert len(committed) == 1
    assert decided == Decided([moving], [old])
    assert lines(ledger, moving) == ["Attached"]
    assert state(ledger, old) is AttachmentState.REMOVING
    assert ledger.attachments.get_open(old).asset_id == ASSET
    # A process that ends now has it taken up by the next one.
    assert [row[0] for row in ledger.attachments.unfinished()] == [old]


def test_once_it_is_gone_its_share_tells_where_it_went(ledger, moves):
    source, (old,) = attached(ledger)
    _, (new,) = move(ledger, source)
    finish(ledger, new)

    assert ledger.attachments.remove(old, UNDONE) == ([source], False)

    (item,) = ledger.replies.get(source).report.items
    assert [line.outcome for line in item.files] == [
        Outcome("Moved", {"item": "WEB-2"})
    ]
    assert [row[0] for row in ledger.replies.unfinished()] != []
    assert movable(moves, source) is None
    assert not ledger.presses.retry(Press("T1", "C1", "U1", source))


def test_what_plane_keeps_is_told_to_be_there_still(ledger, moves):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)
    finish(ledger, new)

    ledger.attachments.remove(old, KEPT)

    assert lines(ledger, source) == ["NotUndone"]
    assert lines(ledger, moving) == ["Attached"]
    # Undo removes it after all, and that is no move then.
    assert undo(ledger, source) == [old]
    ledger.attachments.remove(old, UNDONE)
    assert lines(ledger, source) == ["Undone"]


def test_a_target_that_fails_leaves_it_where_it_was(ledger, moves):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)

    decided = ledger.attachments.decide(new, GONE)

    assert decided == Decided([moving], [])
    assert state(ledger, old) is None
    assert lines(ledger, source) == ["Attached"]
    assert movable(moves, source) is not None


def test_tried_again_it_is_moved_after_all(ledger):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)
    ledger.attachments.decide(new, GONE)

    assert ledger.presses.retry(Press("T1", "C1", "U2", moving))
    assert ledger.shares.plan(moving, []) == [new]

    assert finish(ledger, new) == Decided([moving], [old])


def test_on_a_work_item_that_had_it_already_it_is_moved_too(ledger):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)

    decided = ledger.attachments.decide(new, ALREADY_ATTACHED, asset_id=NEW_ASSET)

    assert decided == Decided([moving], [old])


def test_only_the_files_that_are_moved_leave(ledger):
    source, (one, two) = attached(ledger, "F1", "F2")
    _, (new,) = move(ledger, source, "F2")

    assert finish(ledger, new).removals == [two]

    assert (state(ledger, one), state(ledger, two)) == (None, AttachmentState.REMOVING)
    assert lines(ledger, source) == ["Attached", None]


def test_it_leaves_every_work_item_that_its_share_put_it_on(ledger):
    source, (one, two) = attached(ledger, keys=("WEB-1", "WEB-3"))
    _, (new,) = move(ledger, source)

    assert finish(ledger, new).removals == [one, two]


def test_what_others_attached_stays(ledger):
    source, _ = attached(ledger)
    _, (theirs,) = attached(ledger, ts="1700000000.000200", keys=("WEB-3",))
    _, (new,) = move(ledger, source)

    assert theirs not in finish(ledger, new).removals


# --- where it goes is where it is ---------------------------------------------


def test_moved_to_where_it_is_it_stays(ledger):
    source, (old,) = attached(ledger)
    moving, work = move(ledger, source, key="WEB-1")
    assert work == [old]

    decided = ledger.attachments.decide(old, ALREADY_ATTACHED, asset_id=ASSET)

    assert decided == Decided([moving], [])
    assert lines(ledger, source) == ["Attached"]
    assert lines(ledger, moving) == ["AlreadyAttached"]


def test_moved_from_two_work_items_to_one_of_them_it_leaves_the_other(ledger):
    source, (one, two) = attached(ledger, keys=("WEB-1", "WEB-2"))
    _, work = move(ledger, source, key="WEB-2")
    assert work == [two]

    decided = ledger.attachments.decide(two, ALREADY_ATTACHED, asset_id=ASSET)

    assert decided.removals == [one]
    assert lines(ledger, source) == [None, "Attached"]


def test_a_work_item_with_another_key_by_now_is_the_same(ledger):
    source, (old,) = attached(ledger)
    share = make_share(keys=("OPS-9",), trigger="form:V1", moves=source)
    _, work = ledger.plan(share, found("OPS-9", number=1))
    assert work == [old]

    decided = ledger.attachments.decide(old, ALREADY_ATTACHED, asset_id=ASSET)

    assert decided.removals == []


# --- several at once ----------------------------------------------------------


def test_two_moves_to_one_work_item_are_one(ledger):
    source, (old,) = attached(ledger)
    first, (new,) = move(ledger, source, view="V1")
    second, (same,) = move(ledger, source, view="V2")
    assert new == same

    decided = finish(ledger, new)

    assert decided == Decided([first, second], [old])
    assert (lines(ledger, first), lines(ledger, second)) == (
        ["Attached"],
        ["AlreadyAttached"],
    )


def test_of_two_moves_elsewhere_each_attaches_and_it_leaves_once(ledger):
    source, (old,) = attached(ledger)
    first, (new,) = move(ledger, source, key="WEB-2", view="V1")
    second, (other,) = move(ledger, source, key="WEB-3", view="V2")

    assert finish(ledger, new) == Decided([first], [old])
    assert finish(ledger, other) == Decided([second], [])

    ledger.attachments.remove(old, UNDONE)
    (item,) = ledger.replies.get(source).report.items
    assert item.files[0].outcome.facts == {"item": "WEB-2"}


def test_undone_while_it_is_moved_it_is_removed_once(ledger):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)

    assert undo(ledger, source) == [old]
    assert finish(ledger, new) == Decided([moving], [])
    ledger.attachments.remove(old, UNDONE)

    assert lines(ledger, source) == ["Undone"]


def test_while_it_leaves_there_is_nothing_to_undo(ledger):
    source, (old,) = attached(ledger)
    _, (new,) = move(ledger, source)
    finish(ledger, new)

    assert undo(ledger, source) == []

    ledger.attachments.remove(old, UNDONE)
    assert lines(ledger, source) == ["Moved"]


def test_shared_again_while_it_leaves_it_is_attached_again(ledger):
    source, (old,) = attached(ledger)
    _, (new,) = move(ledger, source)
    finish(ledger, new)
    again, work = ledger.plan(make_share(ts="1700000000.000300"))
    assert state(ledger, old) is AttachmentState.REMOVING

    assert ledger.attachments.remove(old, UNDONE) == ([source], True)

    assert work == [old]
    assert state(ledger, old) is AttachmentState.PENDING
    assert lines(ledger, again) == [None]
    assert finish(ledger, old).shares == [again]
    assert lines(ledger, source) == ["Moved"]


def test_wanted_there_by_another_meanwhile_it_stays(ledger):
    """A second share has it looked up again: it is there for that one, too."""
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source)
    again, work = ledger.plan(make_share(ts="1700000000.000300"))
    assert work == [old]

    assert finish(ledger, new) == Decided([moving], [])

    ledger.attachments.decide(old, ALREADY_ATTACHED, asset_id=ASSET)
    assert (lines(ledger, source), lines(ledger, again)) == (
        ["Attached"],
        ["AlreadyAttached"],
    )


def test_what_was_moved_can_be_moved_on_and_back(ledger, moves):
    source, (old,) = attached(ledger)
    moving, (new,) = move(ledger, source, view="V1")
    finish(ledger, new)
    ledger.attachments.remove(old, UNDONE)
    assert movable(moves, moving).item_keys == ("WEB-2",)

    back, work = move(ledger, moving, key="WEB-1", view="V2")
    assert work == [old]
    assert finish(ledger, old, asset_id=item_id(9)) == Decided([back], [new])
    ledger.attachments.remove(new, UNDONE)

    assert lines(ledger, source) == ["Moved"]
    assert lines(ledger, moving) == ["Moved"]
    assert lines(ledger, back) == ["Attached"]
    assert movable(moves, back).item_keys == ("WEB-1",)
    assert movable(moves, source) is None


def test_a_line_that_waits_for_its_removal_is_no_success_yet(ledger):
    source, _ = attached(ledger)
    _, (new,) = move(ledger, source)
    finish(ledger, new)

    assert lines(ledger, source) == [None]
    assert REMOVING.code not in lines(ledger, source)
