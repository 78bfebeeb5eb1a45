"""What the ledger has still to do: how much of each kind, and since when.

Each question is answered by an index of what is not done, however much is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from bot.work.ledger.database import Database
from bot.work.ledger.schema import attachments, comments, shares
from bot.work.ledger.states import UNDER_WAY, ShareState
from bot.work.runner import JobKind


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many are not done; *age* of the oldest in seconds, 0 where there is none."""

    number: int
    age: float


class BacklogLedger:
    """Reads what is not done."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def read(self) -> Mapping[JobKind, Waiting]:
        """Return what waits, by kind.

        Something waits since it was asked for or, where tries failed, since the first
        of them in a row.

        Raises:
            LedgerUnavailable: nothing can be read.
        """
        with self._database.read() as connection:
            return {
                JobKind.SHARE: self._count(
                    connection, shares, shares.c.state == ShareState.NEW
                ),
                JobKind.ATTACHMENT: self._count(
                    connection, attachments, attachments.c.state.in_(UNDER_WAY)
                ),
                JobKind.REPLY: self._count_replies(connection),
                JobKind.COMMENT: self._count(
                    connection, comments, comments.c.due_at.is_not(None)
                ),
            }

    def _count(
        self, connection: Connection, table: Table, condition: ColumnElement[bool]
    ) -> Waiting:
        since = func.coalesce(table.c.waiting_since, table.c.due_at)
        return self._ask(connection, since, condition)

    def _count_replies(self, connection: Connection) -> Waiting:
        due_at = shares.c.reply_due_at
        since = func.coalesce(shares.c.reply_waiting_since, due_at)
        return self._ask(connection, since, due_at.is_not(None))

    def _ask(
        self,
        connection: Connection,
        since: ColumnElement[Any],
        condition: ColumnElement[bool],
    ) -> Waiting:
        number, oldest = connection.execute(
            select(func.count(), func.min(since)).where(condition)
        ).one()
        age = 0.0 if oldest is None else self._clock() - oldest
        return Waiting(number, max(age, 0.0))
