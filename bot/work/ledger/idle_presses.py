"""Why a press of a button changed nothing, in SQL."""

from typing import Any

from sqlalchemy import Connection, Row, exists, or_, select

from bot.domain.outcomes import (
    NOTHING_TO_RETRY,
    NOTHING_TO_UNDO,
    REMOVING,
    STILL_AT_WORK,
    Outcome,
)
from bot.domain.presses import Press
from bot.work.ledger.removals import is_removable
from bot.work.ledger.schema import attachments, share_attachments, shares
from bot.work.ledger.states import ShareState


def explain_undo(connection: Connection, press: Press) -> Outcome:
    """Return why nothing is removed: NotYours tells by `owner` whose it is to undo."""
    share = _find_share(connection, press)
    if share is None:
        return NOTHING_TO_UNDO
    left = (
        select(attachments.c.id)
        .join_from(attachments, share_attachments)
        .where(share_attachments.c.share_id == share.id, is_removable())
    )
    is_left = connection.execute(select(exists(left))).scalar_one()
    if is_left and share.user_id != press.user_id:
        return Outcome("NotYours", {"owner": share.user_id})
    return STILL_AT_WORK if _is_at_work(connection, share) else NOTHING_TO_UNDO


def explain_retry(connection: Connection, press: Press) -> Outcome:
    """Return why nothing is tried again."""
    share = _find_share(connection, press)
    if share is not None and _is_at_work(connection, share):
        return STILL_AT_WORK
    return NOTHING_TO_RETRY


def _find_share(connection: Connection, press: Press) -> Row[Any] | None:
    """Return the share if it is one of the conversation where the button is."""
    return connection.execute(
        select(shares).where(
            shares.c.id == press.share_id,
            shares.c.team_id == press.team_id,
            shares.c.channel_id == press.channel_id,
        )
    ).one_or_none()


def _is_at_work(connection: Connection, share: Row[Any]) -> bool:
    outcome = share_attachments.c.outcome
    is_open = select(share_attachments.c.share_id).where(
        share_attachments.c.share_id == share.id,
        or_(outcome.is_(None), outcome == REMOVING.code),
    )
    if share.state == ShareState.NEW:
        return True
    return bool(connection.execute(select(exists(is_open))).scalar_one())
