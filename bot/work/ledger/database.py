"""The ledger's database: one engine, one writer at a time, schema by migration."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from bot.errors import JobLost, LedgerUnavailable
from bot.work.ledger import budget_tables
from bot.work.ledger.postgres import PostgresStore
from bot.work.ledger.sqlite import SqliteStore, sole_file
from bot.work.ledger.store import Store, Turns, telling
from bot.work.ledger.upgrading import (
    NEWEST,
    LaterSchema,
    load_what_upgrades,
    read_version,
    upgrade,
)
from bot.work.precedence import GiveWay

logger = logging.getLogger(__name__)

#: Where a write failed, work tries no more often whether one goes through again.
_TRY_SECONDS = 1.0
#: A try may take this long.
_BUSY_SECONDS = 2


class Database:
    """Transactions on the ledger's database: a SQLite file, or PostgreSQL.

    SQLite makes whoever waits to write poll, and PostgreSQL hold a connection; a lock
    in front hands over at once instead.
    """

    def __init__(
        self,
        url: str,
        *,
        give_way: GiveWay = lambda: None,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self._give_way = give_way
        #: Raises where the thread that asks may write nothing any more.
        self._guard = guard
        self._store = _open_store(url)
        self._engine = self._store.engine
        self._writing = threading.Lock()
        self._fault: str | None = None
        self._is_silent = False
        self._trying = threading.Lock()
        self._next_try = 0.0

    @property
    def turns(self) -> Turns | None:
        """Turns that all processes on the database take; None where there is one."""
        return self._store if isinstance(self._store, PostgresStore) else None

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the one transaction that may write; it commits when the block ends.

        Raises:
            LedgerUnavailable: nothing was written.
        """
        self._give_way()
        with self._writing, self._noticing(), self._store.writing() as connection:
            # Not before: it may have waited for its turn. From here on, a database that
            # others share bears with no long freeze.
            self._guard()
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Hold a transaction that sees one state of the database.

        Raises:
            LedgerUnavailable: nothing can be read.
        """
        try:
            with telling(self._store.advice), self._store.reading() as connection:
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
            with telling(self._store.advice):
                yield
        except JobLost:  # which tells nothing of the database
            raise
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
            StartError: the database cannot be reached or written, is damaged, or a
                later version's.
        """
        if self._is_up_to_date():
            return
        try:
            with self._store.reading() as connection:
                version = read_version(connection)
            if version != NEWEST:
                load_what_upgrades()  # others need not wait for that
            with self._store.migrating() as connection:
                upgrade(connection)
        except DatabaseError as error:
            raise self._store.explain(error) from error
        except LaterSchema as error:
            raise self._store.unusable(
                "a later version of Loadmaster made it. Run that one"
            ) from error

    def _is_up_to_date(self) -> bool:
        """Tell so if others made it so: their writes need not wait for our looking."""
        if self.turns is None:
            return False
        from bot.work.distributed.schema import is_up_to_date

        try:
            with self._store.reading() as connection:
                is_newest = read_version(connection) == NEWEST
                tables = set(inspect(connection).get_table_names())
                has_budget = budget_tables.metadata.tables.keys() <= tables
                return is_newest and has_budget and is_up_to_date(connection)
        except DatabaseError:  # which the migration tells of, if it meets it, too
            return False

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def sole_use(url: str) -> contextlib.AbstractContextManager[None]:
    """Keep other processes from a database that only one may use, while this lasts.

    Raises:
        LedgerInUse: another process has it.
        StartError: its folder cannot be written.
    """
    return contextlib.nullcontext() if is_shared(url) else sole_file(url)


def _open_store(url: str) -> Store:
    return PostgresStore(url) if is_shared(url) else SqliteStore(url)


def is_shared(url: str) -> bool:
    """Tell whether any number of processes may use the database of that address."""
    return url.startswith("postgres")
