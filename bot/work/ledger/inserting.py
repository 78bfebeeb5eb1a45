"""INSERTs that say what becomes of rows that are there: each database has its own."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert_into(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Begin an INSERT that may get an ON CONFLICT."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # takes a while, and most need it not

    return postgresql.insert(table)


# Built once: Slack waits while it is carried out.
@cache
def insert_new(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Begin an INSERT of those rows only that are not there."""
    return insert_into(dialect, table).on_conflict_do_nothing()
