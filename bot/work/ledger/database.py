"""The ledger's database: one engine, one writer at a time, schema by migration."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)

from bot.errors import LedgerInUse, LedgerUnavailable, StartError
from bot.work.ledger.upgrading import LaterSchema, upgrade
from bot.work.precedence import GiveWay

logger = logging.getLogger(__name__)

_BUSY_SECONDS = 2
#: A start may wait for another one that brings the schema up to date just now.
_MIGRATING_SECONDS = 8
#: Where a write failed, work tries no more often whether one goes through again.
_TRY_SECONDS = 1.0


class Database:
    """Transactions on the ledger's database.

    SQLite lets one connection write at a time and makes the others poll; a lock in
    front of it hands over at once instead.
    """

    def __init__(self, url: str, *, give_way: GiveWay = lambda: None) -> None:
        self._give_way = give_way
        self._engine = _build_engine(url, busy_seconds=_BUSY_SECONDS)
        self._writing = threading.Lock()
        self._fault: str | None = None
        self._is_silent = False
        self._trying = threading.Lock()
        self._next_try = 0.0

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the one transaction that may write; it commits when the block ends.

        Raises:
            LedgerUnavailable: nothing was written.
        """
        self._give_way()
        with self._writing, self._noticing(), _writing(self._engine) as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Hold a transaction that sees one state of the database.

        Raises:
            LedgerUnavailable: nothing can be read.
        """
        try:
            with _telling(), self._engine.connect() as connection, connection.begin():
                yield connection
        except LedgerUnavailable as error:
            if not self._is_silent:  # once, whoever asks and however often
                logger.warning("The ledger tells nothing: %s", error)
            self._is_silent = True
            raise
        if self._is_silent:
            self._is_silent = False
            logger.info("The ledger is read again")

    @property
    def is_writable(self) -> bool:
        """Whether the last write went through."""
        return self._fault is None

    def check(self) -> None:
        """Write something that changes nothing.

        Raises:
            LedgerUnavailable: nothing could be stored now.
        """
        with self.write() as connection:
            # Not only begun: a full disk shows when something is written.
            connection.execute(
                text("UPDATE alembic_version SET version_num = version_num")
            )

    def await_recovery(self) -> None:
        """Return at once unless the last write failed; then try one now and then.

        What is done while nothing can be stored would be done again and again.

        Raises:
            LedgerUnavailable: nothing can be stored yet.
        """
        if self._fault is None:
            return
        with self._trying:  # one thread tries; the others would hold up who receives
            now = time.monotonic()
            if now < self._next_try:
                raise LedgerUnavailable(self._fault)
            self._next_try = now + _BUSY_SECONDS + _TRY_SECONDS
        self.check()

    @contextlib.contextmanager
    def _noticing(self) -> Iterator[None]:
        """Note, and log once, that writes fail, or go through again."""
        try:
            with _telling():
                yield
        except LedgerUnavailable as error:
            if self._fault is None:
                logger.error("The ledger takes nothing: %s. Work waits for it", error)
            self._fault = str(error)
            self._next_try = time.monotonic() + _TRY_SECONDS
            raise
        if self._fault is not None:
            self._fault = None
            logger.info("The ledger is written again")

    def migrate(self) -> None:
        """Bring the schema to this version's.

        Raises:
            StartError: the file is no database, damaged, of a later version, or it
                cannot be written.
        """
        engine = _build_engine(str(self._engine.url), busy_seconds=_MIGRATING_SECONDS)
        try:
            with _writing(engine) as connection:
                upgrade(connection)
        except OperationalError as error:
            raise self._unusable(
                f"{error.orig}. Another program may be using it, or its disk be full or"
                " read-only"
            ) from error
        except DatabaseError as error:
            raise self._unusable(
                f"{error.orig}. Put a backup in its place or, to start with an empty"
                " one, move it away"
            ) from error
        except LaterSchema as error:
            raise self._unusable(
                "a later version of Loadmaster made it. Run that one"
            ) from error
        finally:
            engine.dispose()

    def _unusable(self, reason: str) -> StartError:
        path = self._engine.url.database
        return StartError(
            f"The database {path} cannot be used: {reason}; see DATABASE_URL."
        )

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def _build_engine(url: str, *, busy_seconds: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=24,
        connect_args={"timeout": busy_seconds},
        hide_parameters=True,  # errors are logged; files' names are not
    )
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return engine


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    """Make what the database cannot do for now an error of ours."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DatabaseError as error:  # a damaged file, too: nothing can be kept
        raise LedgerUnavailable(str(error.orig)) from error


@contextlib.contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        writing = connection.execution_options(loadmaster_write=True)
        with writing.begin():
            yield writing


@contextlib.contextmanager
def sole_use(url: str) -> Iterator[None]:
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


def _set_up_connection(connection: Any, record: object) -> None:
    # The driver must not begin transactions by itself, so that _begin can
    # (docs.sqlalchemy.org/en/21/dialects/sqlite.html, "Serializable isolation").
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # a commit is on disk before Slack gets its answer
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("loadmaster_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
