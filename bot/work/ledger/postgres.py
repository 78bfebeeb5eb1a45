"""A PostgreSQL database: any number of processes, one writer at a time."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import DatabaseAway, StartError
from bot.work.ledger import budget_tables

if TYPE_CHECKING:
    import psycopg

#: What the address may set otherwise (postgresql.org/docs/current/libpq-connect.html).
#: A connection whose other end is gone is noticed, also while an answer is awaited.
_PARAMETERS = {
    "application_name": "loadmaster",
    "connect_timeout": "2",  # seconds, the least there is; Slack waits for 3
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "target_session_attrs": "read-write",
}
#: A verb takes milliseconds. Whoever is frozen within one is thrown out: the others
#: wait for the lock that it holds.
_LIMITS = """
SET lock_timeout = '2s';
SET statement_timeout = '10s';
SET idle_in_transaction_session_timeout = '5s';
SELECT set_config('synchronous_commit', 'on', false)
 WHERE current_setting('synchronous_commit') = 'off'
"""
#: A migration may rewrite a large table; who starts meanwhile waits for it. On a busy
#: machine it may be idle for a while between two statements.
_MIGRATING_LIMITS = """
SET LOCAL lock_timeout = '60s';
SET LOCAL idle_in_transaction_session_timeout = '60s';
SET LOCAL statement_timeout = 0
"""
#: Any number, the same in every version: the turn to write, of all processes.
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(5021976130)")
_TAKE_OTHER_TURN = text(
    "SELECT set_config('synchronous_commit', 'off', true),"
    " pg_advisory_xact_lock(:number)"
)
#: A process keeps few connections: a server allows 100 by default, to all processes.
_KEPT, _MORE = 4, 12
_WAIT_SECONDS = 5


class PostgresStore:
    """Transactions on the database of a `postgresql://` address.

    The verbs rely on no other transaction's writing meanwhile. Each takes its turn by
    a lock, and sees, READ COMMITTED, all that was committed before it got that.
    """

    advice = (
        "Try again, or see whether PostgreSQL runs and can be reached from here, as"
        " DATABASE_URL has it."
    )

    def __init__(self, url: str) -> None:
        self._url = url
        self.engine = _build_engine(url)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the one transaction of all processes that may write."""
        with self._begin(isolation_level="READ COMMITTED") as connection:
            connection.execute(_TAKE_TURN)
            yield connection

    def reading(self) -> contextlib.AbstractContextManager[Connection]:
        """Hold a transaction that sees one state of the database."""
        return self._begin(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextlib.contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Hold the one that may write, and wait longer for it than for others.

        At its end the job queue's tables are brought up to date, too.
        """
        from bot.work.distributed.schema import bring_up_to_date

        with self._begin(isolation_level="READ COMMITTED") as connection:
            connection.exec_driver_sql(_MIGRATING_LIMITS)
            connection.execute(_TAKE_TURN)
            yield connection
            budget_tables.metadata.create_all(connection)
            bring_up_to_date(connection)

    @contextlib.contextmanager
    def turn(self, number: int) -> Iterator[Connection]:
        """Hold the one transaction for that *number*; what it writes may be lost."""
        with self._begin(isolation_level="READ COMMITTED") as connection:
            connection.execute(_TAKE_OTHER_TURN, {"number": number})
            yield connection

    def unusable(self, reason: str) -> StartError:
        """Return the error that says that the database cannot be used, and why."""
        return StartError(_tell(reason))

    def explain(self, error: DatabaseError) -> StartError:
        """Return the error that says why the schema cannot be made."""
        if isinstance(error, OperationalError):  # which says host, port, name and user
            # Whether it starts just now or lacks the user is in the server's language.
            return DatabaseAway(_tell(str(error.orig).removesuffix(".")))
        return self.unusable(
            f"{error.orig}. Give Loadmaster a database of its own, and a user that may"
            " make tables in it"
        )

    @contextlib.contextmanager
    def _begin(self, **options: Any) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection


def _tell(reason: str) -> str:
    return f"The PostgreSQL database cannot be used: {reason}; see DATABASE_URL."


def _build_engine(url: str) -> Engine:
    from psycopg import connect
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    # The driver reads the address, as PostgreSQL's own programs do.
    conninfo = make_conninfo("", **{**_PARAMETERS, **conninfo_to_dict(url)})
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(conninfo),
        pool_size=_KEPT,
        max_overflow=_MORE,
        pool_timeout=_WAIT_SECONDS,
        pool_pre_ping=True,  # a server that was restarted costs nobody a try
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "handle_error", _shorten)
    return engine


def _set_up_connection(connection: "psycopg.Connection[Any]", record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS)
    connection.commit()


def _shorten(context: ExceptionContext) -> None:
    """Leave what happened in one line, without the values of rows."""
    error: Any = context.original_exception
    diagnosis = getattr(error, "diag", None)
    told = (diagnosis and diagnosis.message_primary) or str(error)
    for each in (error, context.sqlalchemy_exception):
        if each is not None:
            each.args = (" ".join(told.split()),)
