"""What an attachment's outcome changes, in SQL: its row, and what shares tell of it."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.outcomes import ALREADY_LINKED, MADE, OWN, UNDONE, Outcome
from bot.work.ledger.attempts import NEVER
from bot.work.ledger.changing import change_row, is_one_of
from bot.work.ledger.lines import KNOWN_LINK
from bot.work.ledger.schema import attachments, share_attachments
from bot.work.ledger.states import AttachmentState

_ASSET = select(attachments.c.asset_id).where(
    attachments.c.id == bindparam("attachment_id")
)
_DISOWN = (
    update(share_attachments)
    .where(
        share_attachments.c.attachment_id == bindparam("b_attachment_id"),
        is_one_of(share_attachments.c.outcome, OWN),
    )
    .returning(share_attachments.c.share_id)
)
_DECIDE_LINE = update(share_attachments).where(
    share_attachments.c.attachment_id == bindparam("b_attachment_id"),
    share_attachments.c.share_id == bindparam("b_share_id"),
)
_TRY_AGAIN = (
    update(attachments)
    .where(attachments.c.id == bindparam("b_id"))
    .values(state=AttachmentState.PENDING, asset_id=KNOWN_LINK, **NEVER)
)


def disown(
    connection: Connection,
    attachment_id: int,
    outcome: Outcome,
    *,
    asset_id: str | None,
) -> list[int]:
    """Keep that what earlier shares made is gone, and return them.

    It is no longer theirs to undo. Somebody deleted it in Plane, else it could not be
    made once more with *outcome*, nor could there be another link, *asset_id*, in its
    place.
    """
    if not _is_another(connection, attachment_id, outcome, asset_id):
        return []
    already = outcome.for_others
    disowned = {"b_attachment_id": attachment_id, **_print(already)}
    return list(connection.execute(_DISOWN, disowned).scalars())


def _is_another(
    connection: Connection, attachment_id: int, outcome: Outcome, asset_id: str | None
) -> bool:
    if outcome != ALREADY_LINKED:
        return outcome.code in MADE
    known = connection.execute(_ASSET, {"attachment_id": attachment_id}).scalar_one()
    return bool(known != asset_id)


def decide_lines(
    connection: Connection,
    attachment_id: int,
    outcome: Outcome,
    *,
    waiting: Sequence[int],
) -> None:
    """Give the lines of the *waiting* shares the outcome: it is the first's own."""
    for position, share_id in enumerate(waiting):
        own = outcome.for_others if position else outcome
        decide_line(connection, attachment_id, share_id, own)


def decide_line(
    connection: Connection, attachment_id: int, share_id: int, outcome: Outcome
) -> None:
    """Give the share's line for the attachment its outcome."""
    line = {"b_attachment_id": attachment_id, "b_share_id": share_id}
    connection.execute(_DECIDE_LINE, {**line, **_print(outcome)})


def end_try(
    connection: Connection,
    attachment_id: int,
    outcome: Outcome,
    *,
    asset_id: str | None,
    is_wanted: bool,
) -> None:
    """Keep that the attachment came to *outcome*, and whether others want it still."""
    ended: dict[str, object] = {"asset_id": asset_id, "waiting_for": None}
    if is_wanted:
        ended["state"] = AttachmentState.PENDING
    elif outcome.is_success:
        ended["state"] = AttachmentState.DONE
    else:
        ended["state"] = AttachmentState.FAILED
    if outcome.is_success:
        ended["not_before"] = None
    change_row(connection, attachments, attachment_id, ended)


def end_removal(
    connection: Connection, attachment_id: int, outcome: Outcome, *, is_wanted: bool
) -> None:
    """Keep that the removal came to *outcome*, and whether somebody wants it back."""
    if is_wanted:
        connection.execute(_TRY_AGAIN, {"b_id": attachment_id})
        return
    ended: dict[str, object] = {"state": AttachmentState.DONE, **NEVER}
    if outcome == UNDONE:  # else it is there still, and can be removed
        ended |= {"state": AttachmentState.REMOVED, "asset_id": None}
    change_row(connection, attachments, attachment_id, ended)


def _print(outcome: Outcome) -> dict[str, object]:
    return {"outcome": outcome.code, "facts": dict(outcome.facts)}
