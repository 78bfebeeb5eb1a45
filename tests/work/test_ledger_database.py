"""The ledger's database, whichever it is: its schema, and who sees what when."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError

import bot.work.ledger.database
from bot.domain.presses import Press
from bot.errors import LedgerUnavailable, StartError
from bot.work.ledger import budget_tables
from bot.work.ledger.database import Database
from bot.work.ledger.presses import PressLedger
from bot.work.ledger.schema import attachments, metadata, shares
from bot.work.ledger.shares import ShareLedger
from bot.work.ledger.upgrading import NEWEST
from tests.work.values import make_share

#: After so many seconds more, an unwritable database is tried once more.
NEXT_TRY = 1.1
MIGRATIONS = Path(bot.work.ledger.database.__file__).parent / "migrations"
MIGRATE = """
import sys
from bot.work.ledger.database import Database
sys.stdin.readline()
Database(sys.argv[1]).migrate()
"""
TELL_IMPORTS = """
import sys
from bot.work.ledger.database import Database

def write(event, arguments):
    if event == "import" and arguments[0] == "alembic":
        with Database(sys.argv[1]).write():
            print("Nobody waits.")

sys.addaudithook(write)
Database(sys.argv[1]).migrate()
print("alembic" in sys.modules)
"""


def differences(database):
    with database.read() as connection:
        options = {"compare_type": True, "include_name": _is_ledgers}
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, metadata)


def _is_ledgers(name, type_, parents):
    return type_ != "table" or not _is_others(name)


def _is_others(name):
    """Tell whether no migration of the ledger makes the table."""
    return name in budget_tables.metadata.tables or name.startswith("procrastinate_")


def version(database):
    with database.read() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).all()


def start(script, url):
    return subprocess.Popen(
        [sys.executable, "-c", script, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_migrations_make_just_what_the_schema_says(database):
    assert differences(database) == []


def test_the_migrations_make_the_same_constraints_as_the_schema(database, url):
    other = Database(url)
    try:
        with other.write() as connection:
            metadata.create_all(connection)
        made, meant = described(database), described(other)
    finally:
        other.close()
    made.pop("alembic_version")

    assert made == meant


def described(database):
    """Return what the database tells of columns, keys and indexes of each table."""
    with database.read() as connection:
        inspector = inspect(connection)
        tables = {
            name: [
                sorted(map(str, get(name)))
                for get in (
                    inspector.get_columns,
                    inspector.get_foreign_keys,
                    lambda name: map(_index, inspector.get_indexes(name)),
                    inspector.get_unique_constraints,
                    lambda name: inspector.get_pk_constraint(name).items(),
                )
            ]
            for name in inspector.get_table_names()
            if not _is_others(name)
        }
    assert "postgresql_where" in str(tables) or "sqlite_where" in str(tables)
    return tables


def _index(found):
    options = found.get("dialect_options", {})
    return found | {"dialect_options": [f"{name} {options[name]}" for name in options]}


#: A row of `shares` as every revision since the first takes it.
SHARE = {
    "team_id": "T1",
    "channel_id": "C1",
    "trigger": "message:C1:1.1",
    "version": "",
    "message_ts": "1.1",
    "thread_ts": "1.1",
    "user_id": "U1",
    "is_private": False,
    "is_external": False,
    "received_at": 1.5,
    "state": "planned",
    "attempts": 0,
    "due_at": 2.5,
    "reply_state": "posted",
    "reply_ts": "1.2",
    "reply_attempts": 0,
}


#: A row of `shares` with what it must have.
ROW = SHARE | {"state": "new", "reply_state": "none"}


def migrate_to(database, revision):
    """Bring the database to an earlier *revision*, as an earlier release did."""
    with database.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_what_an_earlier_version_attached_is_no_link(url, open_database):
    database = open_database(url)
    migrate_to(database, "0001")
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO attachments VALUES (1, 'T1', 'F1', 'W', 'P', 'WEB-1',"
                " 'done', 'A', 0, 0, NULL, NULL, NULL, NULL, 0.0)"
            )
        )

    database.migrate()

    with database.read() as connection:
        (row,) = connection.execute(attachments.select()).all()
    assert (row.asset_id, row.is_link) == ("A", False)


def test_a_database_of_the_first_release_keeps_its_shares(url, open_database, clock):
    database = open_database(url)
    migrate_to(database, "0001")
    names = ", ".join(SHARE)
    values = ", ".join(f":{name}" for name in SHARE)
    with database.write() as connection:
        insert = text(f"INSERT INTO shares ({names}) VALUES ({values})")
        connection.execute(insert, SHARE)

    database.migrate()

    with database.read() as connection:
        row = connection.execute(shares.select()).one()._mapping
    assert {name: row[name] for name in SHARE} == SHARE
    assert row["moves"] is None
    assert differences(database) == []
    ledger = ShareLedger(database, clock=clock)
    presses = PressLedger(database, clock=clock)
    assert presses.retry(Press("T1", "C1", "U1", row["id"])) is False
    assert ledger.add(make_share(ts="2.2", trigger="form:V1", moves=row["id"]))


def test_migrating_again_changes_nothing(database):
    before = version(database)

    database.migrate()

    assert version(database) == before
    assert len(before) == 1
    assert differences(database) == []


def test_threads_may_migrate_at_once(url, open_database):
    databases = [open_database(url) for _ in range(6)]
    barrier = threading.Barrier(len(databases))
    failed = []

    def migrate(database):
        barrier.wait()
        try:
            database.migrate()
        except StartError as error:
            failed.append(error)

    threads = [threading.Thread(target=migrate, args=(each,)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert [len(version(each)) for each in databases] == [1] * 6
    assert differences(databases[0]) == []


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_new_file_that_another_process_writes_is_waited_for(url, open_database):
    """SQLite does not wait by itself before the file's log is one written ahead."""
    database = open_database(url)
    with contextlib.closing(sqlite3.connect(make_url(url).database)) as other:
        other.execute("BEGIN IMMEDIATE")
        migrating = threading.Thread(target=database.migrate)
        migrating.start()
        migrating.join(timeout=0.1)
        other.rollback()
    migrating.join()

    assert len(version(database)) == 1


def test_processes_may_migrate_at_once(url, open_database):
    processes = [start(MIGRATE, url) for _ in range(3)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()

    results = [(process.communicate()[1], process.returncode) for process in processes]

    assert results == [("", 0)] * 3
    database = open_database(url)
    assert len(version(database)) == 1
    assert differences(database) == []


def test_a_database_of_a_later_version_is_told(own_database):
    with own_database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StartError, match=r"later version"):
        own_database.migrate()


def test_the_newest_schema_is_that_of_the_last_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_what_migrates_is_loaded_only_for_that_and_while_nobody_waits(url):
    told = []
    for _ in range(2):
        done = start(TELL_IMPORTS, url)
        told.append(done.communicate()[0].strip())

    assert told == ["Nobody waits.\nTrue", "False"]


def test_what_fails_leaves_nothing_behind(database):
    def insert_twice():
        with database.write() as connection:
            connection.execute(shares.insert().values(**ROW))
            connection.execute(shares.insert().values(**ROW))

    with pytest.raises(IntegrityError):
        insert_twice()

    with database.read() as connection:
        assert connection.execute(shares.select()).all() == []


def count_shares(connection):
    return connection.execute(select(func.count()).select_from(shares)).scalar_one()


def test_reading_goes_on_while_somebody_writes(database):
    with database.write() as writing:
        writing.execute(shares.insert().values(**ROW))
        with database.read() as connection:
            assert count_shares(connection) == 0


def test_a_reader_sees_one_state(database):
    with database.read() as connection:
        before = count_shares(connection)
        with database.write() as writing:
            writing.execute(shares.insert().values(**ROW))
        assert count_shares(connection) == before == 0


def test_many_threads_write_one_after_another(own_database):
    database = own_database
    with database.write() as connection:
        connection.execute(text("CREATE TABLE counter (number INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def count():
        for _ in range(5):
            with database.write() as connection:
                number = connection.execute(text("SELECT number FROM counter")).scalar()
                connection.execute(text(f"UPDATE counter SET number = {number + 1}"))

    threads = [threading.Thread(target=count) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        assert connection.execute(text("SELECT number FROM counter")).scalar() == 80


LOCKED = {
    "sqlite": "database is locked",
    "postgres": "canceling statement due to lock timeout",
}


def _start(run):
    def wait():
        with contextlib.suppress(LedgerUnavailable):
            run()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_work_waits_until_the_ledger_is_written_again_and_the_log_tells_once(
    kind, own_url, own_database, open_database, caplog
):
    database, other = own_database, open_database(own_url)
    database.await_recovery()  # nothing is amiss
    with other.write() as writing:
        if kind == "postgres":  # which would end it
            limit = "idle_in_transaction_session_timeout"
            writing.execute(text(f"SET LOCAL {limit} = 0"))
        with pytest.raises(LedgerUnavailable, match="lock"):
            database.check()
        started = time.monotonic()
        with pytest.raises(LedgerUnavailable, match="lock"):
            database.await_recovery()
        assert time.monotonic() - started < 0.5  # it does not even try
        threading.Event().wait(NEXT_TRY)
        at_work = [_start(database.await_recovery) for _ in range(4)]
        for thread in at_work:
            thread.join(1.0)
        assert sum(thread.is_alive() for thread in at_work) == 1  # one tries for all
        for thread in at_work:
            thread.join()

    def is_written():
        with contextlib.suppress(LedgerUnavailable):
            database.await_recovery()
            return True

    caplog.set_level("INFO")
    deadline = time.monotonic() + 10
    while not is_written():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
    logged = [each.message for each in caplog.records if "ledger" in each.name]
    assert logged == [
        f"The ledger takes nothing: {LOCKED[kind]}. Work waits for it",
        "The ledger is written again",
    ]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_that_nothing_can_be_read_is_told_once_until_it_can_be_again(
    database, tmp_path, caplog
):
    caplog.set_level("INFO")
    path = tmp_path / "loadmaster.db"

    def read():
        with database.read() as connection:
            connection.execute(shares.select()).all()

    path.rename(tmp_path / "away")
    path.mkdir()
    database.close()  # what is open goes on with the file that it has
    for _ in range(3):
        with pytest.raises(LedgerUnavailable):
            read()
    path.rmdir()
    (tmp_path / "away").rename(path)
    for _ in range(2):
        read()

    assert [each.message for each in caplog.records if "ledger" in each.name] == [
        "The ledger tells nothing: unable to open database file",
        "The ledger is read again",
    ]
