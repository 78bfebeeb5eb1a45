"""A SQLite file: one process, one writer at a time."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import LedgerInUse, StartError

_TO_WRITE = "BEGIN IMMEDIATE"
_BUSY_SECONDS = 2
#: A start may wait for another one that brings the schema up to date just now.
_MIGRATING_SECONDS = 8
#: Between two tries to have the file's log written ahead.
_PAUSE_SECONDS = 0.01


class SqliteStore:
    """Transactions on the file of a `sqlite:///` address."""

    advice = (
        "Try again, or see whether its disk is full or read-only, or which program has"
        " it locked."
    )

    def __init__(self, url: str) -> None:
        self._url = url
        self.engine = _build_engine(url, busy_seconds=_BUSY_SECONDS)

    def writing(self) -> contextlib.AbstractContextManager[Connection]:
        """Hold the one transaction that may write."""
        return _beginning(self.engine, _TO_WRITE)

    def reading(self) -> contextlib.AbstractContextManager[Connection]:
        """Hold a transaction that sees one state of the file."""
        return _beginning(self.engine, "BEGIN")

    @contextlib.contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Hold the transaction that may write, and wait longer for it than usual."""
        engine = _build_engine(self._url, busy_seconds=_MIGRATING_SECONDS)
        try:
            with _beginning(engine, _TO_WRITE) as connection:
                yield connection
        finally:
            engine.dispose()

    def unusable(self, reason: str) -> StartError:
        """Return the error that says that the file cannot be used, and why."""
        path = self.engine.url.database
        return StartError(
            f"The database {path} cannot be used: {reason}; see DATABASE_URL."
        )

    def explain(self, error: DatabaseError) -> StartError:
        """Return the error that says why the schema cannot be made."""
        if _is_read_only(error.orig):
            return self.unusable(
                "it can only be read. Let the user who runs this write to it and to its"
                " folder, and look whether its disk is mounted read-only"
            )
        if isinstance(error, OperationalError):
            return self.unusable(
                f"{error.orig}. Another program may be using it, or its disk be full or"
                " read-only"
            )
        return self.unusable(
            f"{error.orig}. Put a backup in its place or, to start with an empty"
            " one, move it away"
        )


@contextlib.contextmanager
def sole_file(url: str) -> Iterator[None]:
    """Keep other processes from the SQLite file of *url* for as long as this lasts.

    Raises:
        LedgerInUse: another process has it.
        StartError: its folder cannot be written.
    """
    path = os.path.realpath(make_url(url).database or "")
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LedgerInUse(
            f"Another Loadmaster is running on {path} already. Stop it first, or give"
            " this one a file of its own with DATABASE_URL."
        ) from error
    except OSError as error:
        raise StartError(
            f"The folder of {path} cannot be written: {error.strerror}. See"
            " DATABASE_URL."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _build_engine(url: str, *, busy_seconds: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=24,
        connect_args={"timeout": busy_seconds},
        hide_parameters=True,
    )
    set_up = partial(_set_up_connection, busy_seconds=busy_seconds)
    event.listen(engine, "connect", set_up)
    event.listen(engine, "handle_error", _drop_what_can_only_read)
    return engine


@contextlib.contextmanager
def _beginning(engine: Engine, statement: str) -> Iterator[Connection]:
    # No listener for the engine's "begin": with one, all it does is looked up for more.
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(statement)
        yield connection


def _set_up_connection(connection: Any, record: object, *, busy_seconds: int) -> None:
    # The driver must not begin transactions by itself, so that _beginning can
    # (docs.sqlalchemy.org/en/21/dialects/sqlite.html, "Serializable isolation").
    connection.isolation_level = None
    _write_ahead(connection, busy_seconds)
    # A commit is on disk before Slack gets its answer.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(connection: Any, busy_seconds: int) -> None:
    """Have the file's log written ahead, so that one can read while another writes.

    Who asks for it first waits here for those that write already: SQLite itself does
    not, as two that hold a lock and want more would wait for each other
    (sqlite.org/c3ref/busy_handler.html).
    """
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _drop_what_can_only_read(context: ExceptionContext) -> None:
    """Have connections opened anew: one that can only read never does more.

    Not even when the file can be written again (sqlite.org/c3ref/open.html: where the
    operating system refuses to have it written, it is opened to be read).
    """
    if _is_read_only(context.original_exception):
        context.is_disconnect = True


def _is_read_only(error: BaseException | None) -> bool:
    return _code(error) == sqlite3.SQLITE_READONLY


def _code(error: BaseException | None) -> int:
    # The lowest byte is the code itself (sqlite.org/rescode.html).
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
