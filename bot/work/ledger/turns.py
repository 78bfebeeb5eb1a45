"""What each channel has waiting, so that channels can take turns."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, exists, func, select

from bot.work.ledger.database import Database
from bot.work.ledger.schema import attachments, comments, share_attachments, shares
from bot.work.ledger.states import UNDER_WAY, ShareState
from bot.work.runner import Job, JobKind

#: More than so many are not told apart.
MOST = 100


class TurnLedger:
    """Counts; it changes nothing."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def count_earlier(self, job: Job) -> int:
        """Return how many older rows of the job's kind and channel are due, up to MOST.

        Raises:
            LedgerUnavailable: it tells nothing.
        """
        older = _older(job, self._clock())
        if older is None:
            return 0
        limited = older.limit(MOST).subquery()
        with self._database.read() as connection:
            count = select(func.count()).select_from(limited)
            return connection.execute(count).scalar_one()


def _older(job: Job, now: float) -> Select[Any] | None:
    """Return the ids of the rows that go before the job's; None if it has no turns."""
    match job.kind:
        case JobKind.SHARE:
            return select(shares.c.id).where(
                shares.c.state == ShareState.NEW,
                shares.c.channel_id == job.group,
                shares.c.id < job.row_id,
                shares.c.due_at <= now,
            )
        case JobKind.REPLY:
            return select(shares.c.id).where(
                shares.c.reply_due_at <= now,
                shares.c.channel_id == job.group,
                shares.c.id < job.row_id,
            )
        case JobKind.COMMENT:
            return select(comments.c.id).where(
                comments.c.due_at <= now,
                comments.c.channel_id == job.group,
                comments.c.id < job.row_id,
            )
        case JobKind.ATTACHMENT:
            return select(attachments.c.id).where(
                attachments.c.state.in_(UNDER_WAY),
                attachments.c.id < job.row_id,
                attachments.c.due_at <= now,
                _is_for(job.group),
            )
        case _:
            return None


def _is_for(channel_id: str) -> Any:
    return exists().where(
        share_attachments.c.attachment_id == attachments.c.id,
        share_attachments.c.share_id == shares.c.id,
        shares.c.channel_id == channel_id,
    )
