"""Makes files read-only that a running process has open, as far as that can be done.

The rights of a file mean nothing to root, nor to who has it open already.
"""

import array
import contextlib
import fcntl
import os
import sqlite3
from pathlib import Path

import pytest

#: linux/fs.h: FS_IOC_GETFLAGS, FS_IOC_SETFLAGS and FS_IMMUTABLE_FL.
_GET, _SET, _IMMUTABLE = 0x80086601, 0x40086602, 0x10


@contextlib.contextmanager
def immutable(*paths):
    """Let nobody write to the files, not even who has them open (ext4 since 5.3)."""
    with contextlib.ExitStack() as stack:
        for path in paths:
            stack.enter_context(_immutable(path))
        yield


@contextlib.contextmanager
def _immutable(path):
    try:
        flags = _flag(path, _IMMUTABLE)
    except OSError as error:
        pytest.skip(f"only root can do that, on some file systems: {error.strerror}")
    try:
        yield
    finally:
        _flag(path, 0)
    assert not flags & _IMMUTABLE


def _flag(path, flag):
    """Have the file that flag of these, and return the flags that it had."""
    file = os.open(path, os.O_RDONLY)
    try:
        flags = array.array("l", [0])
        fcntl.ioctl(file, _GET, flags)
        fcntl.ioctl(file, _SET, array.array("l", [flags[0] & ~_IMMUTABLE | flag]))
        return flags[0]
    finally:
        os.close(file)


@contextlib.contextmanager
def written_by_a_later_version(database):
    """Have SQLite take a database for read-only, whoever has it open.

    So it must where the version for writing in the file's header is none that it knows
    (sqlite.org/fileformat2.html, 1.3.3).
    """
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        while not _is_read_only(database):
            # The header has to be read anew, and from the file itself, not its log.
            db.execute("UPDATE alembic_version SET version_num = version_num")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _set_write_version(database, 3)
    yield
    _set_write_version(database, 2)


def _is_read_only(database):
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            return error.sqlite_errorcode == sqlite3.SQLITE_READONLY
        db.execute("ROLLBACK")
        return False


def _set_write_version(database, version):
    with Path(database).open("r+b") as file:
        file.seek(18)
        file.write(bytes([version]))
