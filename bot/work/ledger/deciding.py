"""What an attachment's outcome changes, in SQL: its row, and what shares tell of it."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.outcomes import ALREADY_LINKED, MADE, OWN, Outcome
from bot.errors import MessageDeleted
from bot.work.ledger.changing import change_row, is_one_of
from bot.work.ledger.lines import KNOWN_LINK, decide_line
from bot.work.ledger.moves import finish_moves
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import attachments, share_attachments
from bot.work.ledger.states import AttachmentState
from bot.work.ledger.waiting import find_undecided

_DELETED = Outcome.of(MessageDeleted())
_ASSET = select(attachments.c.asset_id).where(
    attachments.c.id == bindparam("attachment_id")
)
_END_IN_VAIN = (
    update(attachments)
    .where(attachments.c.id == bindparam("b_id"))
    .values(asset_id=KNOWN_LINK, waiting_for=None)
)
_DISOWN = (
    update(share_attachments)
    .where(
        share_attachments.c.attachment_id == bindparam("b_attachment_id"),
        is_one_of(share_attachments.c.outcome, OWN),
    )
    .returning(share_attachments.c.share_id)
)


class Decided(NamedTuple):
    """The shares that have more to tell, and the attachments that are to go now.

    *is_wanted* tells that others still wait for what was decided for these.
    """

    shares: list[int]
    removals: list[int]
    is_wanted: bool = False


def decide(
    connection: Connection,
    attachment_id: int,
    outcome: Outcome,
    *,
    asset_id: str | None,
    now: float,
) -> tuple[Decided, list[int]]:
    """Give every line that waits for the attachment its outcome.

    The first share to wait is the one that attached the file; for the others it is
    attached already. Where one of them moves the file, it goes from where it was.
    That a message was deleted is for its own share; who came since waits on. Return
    what is decided, and the earlier shares of which it is not true that they made it.
    """
    undecided = find_undecided(connection, attachment_id)
    decided = [each for each in undecided if outcome != _DELETED or each.is_withdrawn]
    waiting = [each.id for each in decided]
    is_wanted = len(decided) < len(undecided)
    disowned = _disown(connection, attachment_id, outcome, asset_id)
    _end(connection, attachment_id, outcome, asset_id, is_wanted=is_wanted)
    for position, share_id in enumerate(waiting):
        own = outcome.for_others if position else outcome
        decide_line(connection, attachment_id, share_id, own)
    ask_for_reply(connection, waiting, now=now)
    moved = [each.moves for each in decided if outcome.is_success and each.moves]
    removals = finish_moves(connection, attachment_id, moved, now=now)
    return Decided(waiting, removals, is_wanted), disowned


def _disown(
    connection: Connection, attachment_id: int, outcome: Outcome, asset_id: str | None
) -> list[int]:
    """Keep that what earlier shares made is gone, and return them.

    It is no longer theirs to undo. Somebody deleted it in Plane, else it could not be
    made once more with *outcome*, nor could there be another link, *asset_id*, in its
    place.
    """
    if not _is_another(connection, attachment_id, outcome, asset_id):
        return []
    already = outcome.for_others
    told = {"outcome": already.code, "facts": dict(already.facts)}
    disowned = {"b_attachment_id": attachment_id, **told}
    return list(connection.execute(_DISOWN, disowned).scalars())


def _is_another(
    connection: Connection, attachment_id: int, outcome: Outcome, asset_id: str | None
) -> bool:
    if outcome != ALREADY_LINKED:
        return outcome.code in MADE
    known = connection.execute(_ASSET, {"attachment_id": attachment_id}).scalar_one()
    return bool(known != asset_id)


def _end(
    connection: Connection,
    attachment_id: int,
    outcome: Outcome,
    asset_id: str | None,
    *,
    is_wanted: bool,
) -> None:
    """Keep that the attachment came to *outcome*, and whether others want it still."""
    ended: dict[str, object] = {"state": _state_after(outcome, is_wanted=is_wanted)}
    if outcome.is_success:
        ended |= {"asset_id": asset_id, "not_before": None, "waiting_for": None}
        change_row(connection, attachments, attachment_id, ended)
    else:
        connection.execute(_END_IN_VAIN, {"b_id": attachment_id, **ended})


def _state_after(outcome: Outcome, *, is_wanted: bool) -> AttachmentState:
    if is_wanted:
        return AttachmentState.PENDING
    return AttachmentState.DONE if outcome.is_success else AttachmentState.FAILED
