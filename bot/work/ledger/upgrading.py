"""Brings the ledger's schema to this version's, by Alembic where there is need."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

#: The last of the migrations, which is what bot.work.ledger.schema describes.
NEWEST = "0008"

MIGRATIONS = Path(__file__).parent / "migrations"

#: Where a file can only be read, SQLite begins to write, and refuses at the first try.
_WRITE_NOTHING = text(
    "UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"
)


class LaterSchema(Exception):
    """The schema is one that this version does not know."""


def load_what_upgrades() -> None:
    """Import what `upgrade` needs where there is need, while nobody waits for it.

    A fifth of the time to start goes into that; most starts need it for nothing.
    """
    from alembic import command, config  # noqa: F401


def upgrade(connection: Connection) -> None:
    """Bring the schema to this version's.

    Raises:
        LaterSchema: a later version made it.
    """
    if read_version(connection) == NEWEST:
        connection.execute(_WRITE_NOTHING)
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise LaterSchema from error


def read_version(connection: Connection) -> str | None:
    """Return the migration that the schema was brought to; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
