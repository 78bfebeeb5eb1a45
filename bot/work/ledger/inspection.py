"""Looks at the ledger's database from outside, without a change to it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, text

from bot.work.ledger.database import Database
from bot.work.ledger.schema import shares
from bot.work.ledger.upgrading import MIGRATIONS, NEWEST, read_version

#: postgresql.org/docs/current/monitoring-stats.html: of one's own user all is told. A
#: `loadmaster` goes by the name that the address of all gives them.
_OTHER_SESSIONS = text("""
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = current_user
   AND application_name = current_setting('application_name')
   AND pid <> pg_backend_pid()
""")


class Version(StrEnum):
    """How the schema is, seen from this version of the program."""

    NONE = "none"
    OLDER = "older"
    SAME = "same"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class LatestShare:
    """The share that came last; *received_at* is in epoch seconds."""

    share_id: int
    received_at: float


def compare_version(database: Database) -> Version:
    """Return how the schema is.

    Raises:
        LedgerUnavailable: it cannot be read.
    """
    with database.read() as connection:
        found = read_version(connection)
    if found is None:
        return Version.NONE
    if found == NEWEST:
        return Version.SAME
    is_known = any((MIGRATIONS / "versions").glob(f"{found}_*.py"))
    return Version.OLDER if is_known else Version.LATER


def find_latest_share(database: Database) -> LatestShare | None:
    """Return what came from Slack last; None where nothing did, or all is forgotten.

    Raises:
        LedgerUnavailable: it cannot be read.
    """
    with database.read() as connection:
        row = connection.execute(
            select(shares.c.id, shares.c.received_at)
            .order_by(shares.c.id.desc())
            .limit(1)
        ).one_or_none()
    return LatestShare(row.id, row.received_at) if row else None


def count_other_sessions(database: Database) -> int:
    """Return how many connections to a PostgreSQL other processes of ours have.

    Raises:
        LedgerUnavailable: it does not tell.
    """
    with database.read() as connection:
        count: int = connection.execute(_OTHER_SESSIONS).scalar_one()
    return count
