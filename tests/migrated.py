"""Databases with their schema, made once: a migration takes longer than many a test."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg

from bot.work.ledger import budget_tables
from bot.work.ledger.database import Database
from bot.work.ledger.schema import metadata
from tests import postgres

_TEMPLATE = "migrated"
_TABLES = [*reversed(metadata.sorted_tables), *budget_tables.metadata.sorted_tables]
_EMPTY = "; ".join(
    [f"DELETE FROM {table.name}" for table in _TABLES]
    + [
        f"SELECT setval('{table.name}_id_seq', 1, false)"
        for table in metadata.sorted_tables
        if list(table.primary_key.columns.keys()) == ["id"]
    ]
)
_EMPTY_QUEUE = (
    "DELETE FROM procrastinate_periodic_defers;"
    "DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers"
)


def put_database(path):
    """Put an empty database of this version at *path*."""
    shutil.copyfile(Path(_folder().name, "migrated.db"), path)


def make_postgres_database():
    """Make a database of this version in PostgreSQL and return its address."""
    with postgres.once(_TEMPLATE) as is_missing:
        if is_missing:
            _make_template()
    return postgres.create_database(template=_TEMPLATE)


def lend_postgres_database():
    """Return an open database of this version, emptied, which this process keeps.

    That costs less than a millisecond; one more database in PostgreSQL costs 25.
    """
    database, emptying = _lent()
    try:
        emptying.execute(_EMPTY)
    except psycopg.errors.UndefinedTable:  # a test took it away
        _lent.cache_clear()
        return _lent()[0]
    return database


def lend_postgres_queue():
    """Return the address of a database of this version whose job queue is empty."""
    url = _lent_queue()
    with postgres.connect(url) as emptying:
        emptying.execute(_EMPTY_QUEUE)
    return url


@cache
def _lent_queue():
    return make_postgres_database()


@cache
def _lent():
    url = make_postgres_database()
    database, emptying = Database(url), postgres.connect(url)
    atexit.register(emptying.close)
    atexit.register(database.close)
    return database, emptying


def _make_template():
    unnamed = postgres.create_database()
    database = Database(unnamed)
    database.migrate()
    database.close()
    name = postgres.name_of(unnamed)
    postgres.administer("ALTER DATABASE {} RENAME TO {}", name, _TEMPLATE)


@cache
def _folder():
    folder = tempfile.TemporaryDirectory(prefix="loadmaster-")
    atexit.register(folder.cleanup)
    database = Database(f"sqlite:///{folder.name}/migrated.db")
    database.migrate()
    database.close()
    return folder
