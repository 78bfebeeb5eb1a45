"""Rows that are due and have no job: who stored them could not hand them over.

The ledger and the queue are in one database. So it is asked, at once, for what the one
has and the other lacks: what waits is not read, however much it is.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    String,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)

from bot.clients.http import LONGEST_WAIT
from bot.work.distributed.jobs import lock_of
from bot.work.ledger.database import Database
from bot.work.ledger.unfinished import select_unfinished
from bot.work.recovery import RETENTION
from bot.work.runner import Job, JobKind

#: So many of a kind are found at once at most, and more the next time.
MOST = 1_000
#: A job that is late by so many seconds, by another machine's clock, is left alone.
_LATE_SECONDS = 5.0

#: Procrastinate's own. Each of the locks is unique in its status, and so indexed.
_JOBS = table(
    "procrastinate_jobs",
    column("lock", String),
    column("queueing_lock", String),
    column("status"),
    column("scheduled_at", DateTime(timezone=True)),
)


class LostRows:
    """Finds them; it changes nothing."""

    def __init__(
        self,
        database: Database,
        kinds: Sequence[JobKind],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock

    def find(self) -> list[tuple[Job, float]]:
        """Return a job, due now, for each of them, and for what has no row but one job.

        Raises:
            LedgerUnavailable: the database does not tell.
        """
        now = self._clock()
        with self._database.read() as connection:
            lost = [
                Job(kind, row.id, row.channel_id)
                for kind in self._kinds
                for row in connection.execute(_select_lost(kind, now))
            ]
            lock = literal(lock_of(RETENTION))
            if connection.execute(select(_no_job(lock))).scalar_one():
                lost.append(RETENTION)
        return [(job, now) for job in lost]


def _select_lost(kind: JobKind, now: float) -> Select[tuple[int, str]]:
    rows = select_unfinished(kind).order_by(None).subquery()
    lock = literal(f"{kind}/") + cast(rows.c.id, String)
    in_time = or_(
        _JOBS.c.scheduled_at.is_(None),
        _JOBS.c.scheduled_at <= func.to_timestamp(now + _LATE_SECONDS),
    )
    return (
        select(rows.c.id, rows.c.channel_id)
        .where(
            # What is due later is found then; so much later, nothing is.
            or_(rows.c.due_at <= now, rows.c.due_at > now + LONGEST_WAIT),
            _no_job(lock, in_time),
        )
        .order_by(rows.c.id)
        .limit(MOST)
    )


def _no_job(
    lock: ColumnElement[str], *in_time: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether no job with that lock waits, *in_time*, and no worker has one in hand."""
    waiting = _select_job(_JOBS.c.queueing_lock == lock, "todo", *in_time)
    running = _select_job(_JOBS.c.lock == lock, "doing")
    # A value, not EXISTS. That would be joined as the statistics have it, and in those
    # a queue is empty that filled just now: each row would be held against each job.
    return and_(*(job.scalar_subquery().is_(None) for job in (waiting, running)))


def _select_job(
    has_lock: ColumnElement[bool], status: str, *conditions: ColumnElement[bool]
) -> Select[Any]:
    # As the indexes have it: the status is a type of Procrastinate's own.
    is_so = _JOBS.c.status == literal_column(f"'{status}'")
    return select(literal(1)).where(has_lock, is_so, *conditions).limit(1)
