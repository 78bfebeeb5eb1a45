"""A database with its schema, made once: a migration takes longer than many a test."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.work.ledger.database import Database


def put_database(path):
    """Put an empty database of this version at *path*."""
    shutil.copyfile(Path(_folder().name, "migrated.db"), path)


@cache
def _folder():
    folder = tempfile.TemporaryDirectory(prefix="loadmaster-")
    database = Database(f"sqlite:///{folder.name}/migrated.db")
    database.migrate()
    database.close()
    return folder
