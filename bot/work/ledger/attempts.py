"""How often something was tried in vain, and since when: columns and their value."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, case, func, update

from bot.errors import Problem


@dataclass(frozen=True, slots=True)
class Attempts:
    """Tries in vain: their *number*, *since* when, and for the last *cause* since when.

    Times are epoch seconds; *cause* is the code of a problem.
    """

    number: int = 0
    since: float | None = None
    cause: str | None = None
    cause_since: float | None = None


#: What the columns hold before the first try in vain, and after success.
NEVER: dict[str, Any] = {
    "attempts": 0,
    "waiting_since": None,
    "cause": None,
    "cause_since": None,
    "waiting_for": None,
}


def read_attempts(row: Any) -> Attempts:
    """Return what the columns of *row* tell."""
    return Attempts(row.attempts, row.waiting_since, row.cause, row.cause_since)


def count_attempt(
    connection: Connection,
    table: Table,
    row_id: int,
    problem: Problem,
    *,
    now: float,
    until: float,
) -> None:
    """Keep that another try ended in *problem*, and that the next is due at *until*."""
    columns = table.c
    connection.execute(
        update(table)
        .where(columns.id == row_id)
        .values(
            attempts=columns.attempts + 1,
            waiting_since=func.coalesce(columns.waiting_since, now),
            cause=problem.code,
            cause_since=case(
                (columns.cause == problem.code, columns.cause_since), else_=now
            ),
            waiting_for={"code": problem.code, "facts": problem.facts},
            due_at=until,
        )
    )
