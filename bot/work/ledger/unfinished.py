"""What is not done, by kind, found by indexes of just that."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from bot.work.ledger.database import Database
from bot.work.ledger.schema import attachments, comments, share_attachments, shares
from bot.work.ledger.states import UNDER_WAY, ShareState
from bot.work.ledger.waiting import IS_WAITING
from bot.work.runner import JobKind

#: Id, channel and due time (epoch seconds) of a row to work on.
Row = tuple[int, str, float]


def list_unfinished(database: Database, kind: JobKind) -> Sequence[Row]:
    """Return all of a kind.

    Raises:
        LedgerUnavailable: it tells nothing.
    """
    with database.read() as connection:
        rows = connection.execute(select_unfinished(kind))
        return [(row.id, row.channel_id, row.due_at) for row in rows]


def select_unfinished(kind: JobKind) -> Select[Any]:
    """Return the query for `id`, `channel_id` and `due_at` of all of a kind."""
    match kind:
        case JobKind.SHARE:
            return (
                select(shares.c.id, shares.c.channel_id, shares.c.due_at)
                .where(shares.c.state == ShareState.NEW)
                .order_by(shares.c.id)
            )
        case JobKind.ATTACHMENT:
            return _select_attachments()
        case JobKind.REPLY:
            due_at = shares.c.reply_due_at
            return (
                select(shares.c.id, shares.c.channel_id, due_at.label("due_at"))
                .where(due_at.is_not(None))
                .order_by(due_at, shares.c.id)  # as the index is
            )
        case JobKind.COMMENT:
            return (
                select(comments.c.id, comments.c.channel_id, comments.c.due_at)
                .where(comments.c.due_at.is_not(None))
                .order_by(comments.c.due_at, comments.c.id)  # as the index is
            )
    raise AssertionError(f"{kind} has no rows")


def _select_attachments() -> Select[Any]:
    """Return the query; of several channels that wait for one, it has any."""
    return (
        select(
            attachments.c.id,
            func.min(shares.c.channel_id).label("channel_id"),
            attachments.c.due_at,
        )
        .join_from(attachments, share_attachments)
        .join(shares, shares.c.id == share_attachments.c.share_id)
        .where(attachments.c.state.in_(UNDER_WAY), IS_WAITING)
        .group_by(attachments.c.id)
        .order_by(attachments.c.id)
    )
