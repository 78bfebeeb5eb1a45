"""How often something was tried in vain, and since when: columns and their value."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, case, func, update

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
    connection.execute(
        _count(table),
        {
            "b_id": row_id,
            "b_now": now,
            "b_cause": problem.code,
            "cause": problem.code,
            "waiting_for": {"code": problem.code, "facts": problem.facts},
            "due_at": until,
        },
    )


@cache
def _count(table: Table) -> Update:
    columns = table.c
    now = bindparam("b_now", type_=columns.due_at.type)
    same = columns.cause == bindparam("b_cause")
    return (
        update(table)
        .where(columns.id == bindparam("b_id"))
        .values(
            attempts=columns.attempts + 1,
            waiting_since=func.coalesce(columns.waiting_since, now),
            cause_since=case((same, columns.cause_since), else_=now),
        )
    )
