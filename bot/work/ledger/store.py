"""What the ledger needs of a database, whichever it is."""

import contextlib
from collections.abc import Iterator
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.errors import LedgerUnavailable, StartError

#: postgresql.org/docs/current/errcodes-appendix.html: insufficient_privilege and
#: undefined_table are what an administrator did, and can undo.
_TAKEN_AWAY = ("42501", "42P01")


class Store(Protocol):
    """Transactions on one database, as the ledger's verbs rely on them."""

    #: What makes connections; `hide_parameters`, as errors are logged and names not.
    engine: Engine
    #: What to do where it takes or tells nothing, in a sentence.
    advice: str

    def writing(self) -> contextlib.AbstractContextManager[Connection]:
        """Hold the one transaction of all processes that may write."""

    def reading(self) -> contextlib.AbstractContextManager[Connection]:
        """Hold a transaction that sees one state of the database."""

    def migrating(self) -> contextlib.AbstractContextManager[Connection]:
        """Hold the one that may write, and wait longer for it than for others."""

    def unusable(self, reason: str) -> StartError:
        """Return the error that says which database cannot be used, and why."""

    def explain(self, error: DatabaseError) -> StartError:
        """Return the error that says why the schema cannot be made."""


class Turns(Protocol):
    """Short transactions, one after another, apart from those of the ledger."""

    def turn(self, number: int) -> contextlib.AbstractContextManager[Connection]:
        """Hold the one transaction of all processes for that *number*."""


@contextlib.contextmanager
def telling(advice: str = "") -> Iterator[None]:
    """Make what the database cannot do for now an error of ours, with that *advice*."""
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) not in _TAKEN_AWAY:
            raise
        raise LedgerUnavailable(str(error.orig), advice) from error
    except (DatabaseError, InterfaceError) as error:  # a damaged file, too
        raise LedgerUnavailable(str(error.orig), advice) from error
    except NoConnection as error:
        raise LedgerUnavailable("all connections are in use", advice) from error
