"""Conditions and changes that do not differ but by their values: written once.

SQLAlchemy takes longer to build a statement, and to know it again, than SQLite to carry
it out. One that is kept is known by itself
(docs.sqlalchemy.org/en/21/core/connections.html#sql-compilation-caching). Where an
UPDATE's own parameter has a column's name, a `b_` tells it from what is SET.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Update,
    bindparam,
    literal,
    update,
)


def is_one_of(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether the column has one of *values*, which are always the same.

    A plain list would be put into the text at each execution: it might be another one.
    """
    return column.in_([literal(str(each)) for each in values])


def change_row(
    connection: Connection, table: Table, row_id: int, values: Mapping[str, object]
) -> None:
    """Give the row of that id these *values*, by the names of their columns."""
    connection.execute(_update_row(table), {"b_id": row_id, **values})


@cache
def _update_row(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("b_id"))
