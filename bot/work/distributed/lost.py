"""Rows that are due and have no job: who stored them could not hand them over.

The ledger and the queue are in one database. So it is asked, at once, for what the one
has and the other lacks: what waits is not read, however much it is.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Row,
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

#: So many of a kind are found at once at most, and those behind them the next time.
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
    """Finds them, at most so many of a kind at once; it changes no row.

    What it found may stay as it was: a reply is due for as long as its share is under
    way, and a comment that takes more has its job far later. So it goes on each time
    behind what it found last, and after the end from the beginning. Where it is, each
    process knows for itself: whichever of them sweeps, each goes round.
    """

    def __init__(
        self,
        database: Database,
        kinds: Sequence[JobKind],
        *,
        clock: Callable[[], float],
        most: int = MOST,
    ) -> None:
        self._database = database
        self._clock = clock
        self._most = most
        self._last = dict.fromkeys(kinds, 0)

    def find(self) -> list[tuple[Job, float]]:
        """Return a job, due now, for each of them, and for what has no row but one job.

        Raises:
            LedgerUnavailable: the database does not tell.
        """
        now = self._clock()
        with self._database.read() as connection:
            found = {
                kind: connection.execute(
                    _select_lost(kind, now, after=after, most=self._most)
                ).all()
                for kind, after in self._last.items()
            }
            lock = literal(lock_of(RETENTION))
            others = [RETENTION] * connection.scalars(select(_no_job(lock))).one()
        # Not before all is read: what a find has that fails, nobody takes up.
        self._last = {kind: self._go_on(rows) for kind, rows in found.items()}
        lost = [
            Job(kind, row.id, row.channel_id)
            for kind, rows in found.items()
            for row in rows
        ]
        return [(job, now) for job in lost + others]

    def _go_on(self, rows: Sequence[Row[tuple[int, str]]]) -> int:
        """Return the id behind which to look the next time, after these were found."""
        return rows[-1].id if len(rows) == self._most else 0


def _select_lost(
    kind: JobKind, now: float, *, after: int, most: int
) -> Select[tuple[int, str]]:
    rows = select_unfinished(kind).order_by(None).subquery()
    lock = literal(f"{kind}/") + cast(rows.c.id, String)
    in_time = or_(
        _JOBS.c.scheduled_at.is_(None),
        _JOBS.c.scheduled_at <= func.to_timestamp(now + _LATE_SECONDS),
    )
    return (
        select(rows.c.id, rows.c.channel_id)
        .where(
            rows.c.id > after,
            # What is due later is found then; so much later, nothing is.
            or_(rows.c.due_at <= now, rows.c.due_at > now + LONGEST_WAIT),
            _no_job(lock, in_time),
        )
        .order_by(rows.c.id)
        .limit(most)
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
