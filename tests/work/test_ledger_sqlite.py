"""The ledger's SQLite file: who may use it, and what may be wrong with it."""

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import text

from bot.errors import LedgerUnavailable, StartError
from bot.work.ledger.database import sole_use
from tests.read_only import immutable, written_by_a_later_version

HOLD = """
import sys
from bot.work.ledger.database import sole_use
with sole_use(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def kind():
    return "sqlite"


def hold(url):
    """Start a process that has the file to itself until it is told something."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_file_that_is_no_database_is_told(own_url, tmp_path, open_database):
    (tmp_path / "loadmaster.db").write_bytes(b"Dear diary, " * 1000)

    with pytest.raises(StartError, match=r"not a database.*DATABASE_URL"):
        open_database(own_url).migrate()

    assert (tmp_path / "loadmaster.db").read_bytes().startswith(b"Dear diary")


def test_a_damaged_database_is_told(own_url, tmp_path, database, open_database):
    database.close()
    path = tmp_path / "loadmaster.db"
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))

    with pytest.raises(StartError, match=r"malformed.*DATABASE_URL"):
        open_database(own_url).migrate()


def test_a_folder_that_is_not_there_is_told(tmp_path, open_database):
    with pytest.raises(StartError, match=r"unable to open.*DATABASE_URL"):
        open_database(f"sqlite:///{tmp_path}/nowhere/x.db").migrate()


def test_a_database_that_another_program_writes_to_is_told(own_url, open_database):
    other = sqlite3.connect(own_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StartError, match="locked"):
            open_database(own_url).migrate()
    finally:
        other.close()


def test_a_database_that_can_only_be_read_is_told(own_url, tmp_path, open_database):
    with (
        written_by_a_later_version(tmp_path / "loadmaster.db"),
        pytest.raises(StartError, match=r"can only be read\..*DATABASE_URL"),
    ):
        open_database(own_url).migrate()


def test_a_connection_that_can_only_read_is_not_used_again(
    own_url, tmp_path, open_database
):
    """Opened while the file is read-only, it could not write ever after."""
    database = open_database(own_url)
    file = tmp_path / "loadmaster.db"
    with database.read() as connection:
        connection.execute(text("SELECT 1"))

    with written_by_a_later_version(file), pytest.raises(LedgerUnavailable):
        database.check()

    database.check()


def test_one_process_at_a_time_uses_a_file(own_url):
    other = hold(own_url)
    try:
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(StartError, match=r"Another Loadmaster.*DATABASE_URL"),
            sole_use(own_url),
        ):
            pytest.fail("two processes use one file")
    finally:
        other.communicate("\n")

    with sole_use(own_url):
        assert other.returncode == 0


def test_a_process_that_was_killed_holds_nothing(own_url):
    other = hold(own_url)
    assert other.stdout.readline() == "held\n"
    other.kill()
    other.communicate()

    with sole_use(own_url):
        """It may be used."""


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()

    with (
        pytest.raises(StartError, match=r"cannot be written.*DATABASE_URL"),
        sole_use(f"sqlite:///{tmp_path}/file/loadmaster.db"),
    ):
        pytest.fail("a file is no folder")


def test_a_folder_that_is_read_only_is_told(tmp_path):
    with (
        read_only_folder(tmp_path),
        pytest.raises(StartError, match=r"The folder of .* cannot be written: \w+"),
        sole_use(f"sqlite:///{tmp_path}/loadmaster.db"),
    ):
        pytest.fail("the folder is read-only")


@contextlib.contextmanager
def read_only_folder(path):
    """Let nobody make files in the folder, be it root."""
    if os.geteuid() == 0:
        with immutable(path):
            yield
        return
    path.chmod(0o500)
    try:
        yield
    finally:
        path.chmod(0o700)


def test_a_commit_is_on_disk_before_it_returns_and_readers_are_not_held_up(database):
    with database.read() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
