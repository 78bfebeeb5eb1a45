"""Opens a ledger that is there, beside the bot that works on it: none is ever made."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartError
from bot.work.ledger.database import Database
from bot.work.ledger.inspection import Version, compare_version

#: sqlite.org/fileformat2.html, 1.3: the name, and at 18 the version for WAL.
_MAGIC = b"SQLite format 3\x00"
_WAL = b"\x02\x02"


@contextlib.contextmanager
def existing_database(url: str) -> Iterator[Database]:
    """Hold the database of *url*, as this version's bot made it.

    Raises:
        StartError: there is none, or it is another version's.
        LedgerUnavailable: it cannot be read now.
    """
    if url.startswith("sqlite:"):
        _check_file(os.path.realpath(make_url(url).database or ""))
    database = Database(url)
    try:
        _check_version(database)
        yield database
    finally:
        database.close()


def _check_file(path: str) -> None:
    """Raise unless the file is a ledger: opening would make one, or change it."""
    try:
        head = _read_head(Path(path))
    except FileNotFoundError as error:
        raise StartError(
            f"There is no ledger at {path}: no bot has run on it. See DATABASE_URL."
        ) from error
    except OSError as error:
        raise StartError(
            f"The ledger {path} cannot be read: {error.strerror}. See DATABASE_URL."
        ) from error
    if not head.startswith(_MAGIC) or head[18:20] != _WAL:
        raise StartError(f"{path} is no ledger of Loadmaster's. See DATABASE_URL.")


def _read_head(path: Path) -> bytes:
    if path.is_fifo():  # it would keep us waiting for somebody who writes to it
        return b""
    with path.open("rb") as file:
        return file.read(20)


def _check_version(database: Database) -> None:
    try:
        version = compare_version(database)
    except SQLAlchemyError as error:
        raise StartError("That database is no ledger. See DATABASE_URL.") from error
    if version is Version.NONE:
        raise StartError("That database is no ledger. See DATABASE_URL.")
    if version is not Version.SAME:
        raise StartError(
            "Another version of Loadmaster made the ledger. Start the bot of this one,"
            " or stop it and run loadmaster migrate."
        )
