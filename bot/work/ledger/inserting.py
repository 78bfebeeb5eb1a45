"""INSERTs that say what becomes of rows that are there: each database has its own."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert_into(
    connection: Connection, table: Table
) -> "postgresql.Insert | sqlite.Insert":
    """Begin an INSERT that may get an ON CONFLICT."""
    return _insert_into(connection.dialect.name, table)


def insert_new(
    connection: Connection, table: Table
) -> "postgresql.Insert | sqlite.Insert":
    """Begin an INSERT of those rows only that are not there."""
    return _insert_new(connection.dialect.name, table)


# Built once: Slack waits while it is carried out.
@cache
def _insert_new(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return _insert_into(dialect, table).on_conflict_do_nothing()


def _insert_into(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # takes a while, and most need it not

    return postgresql.insert(table)
