"""The ledger in PostgreSQL: who may use it, and what may be wrong with it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.errors import JobLost, LedgerUnavailable, StartError
from bot.work.ledger.database import sole_use
from bot.work.ledger.postgres import PostgresStore
from bot.work.ledger.schema import shares
from tests import postgres
from tests.work.values import make_share

PASSWORD = "s3cret-w0rd"
COUNT = """
import sys
from sqlalchemy import text
from bot.work.ledger.database import Database
database = Database(sys.argv[1])
sys.stdin.readline()
for _ in range(20):
    with database.write() as connection:
        number = connection.execute(text("SELECT number FROM counter")).scalar()
        connection.execute(text(f"UPDATE counter SET number = {number + 1}"))
"""
FREEZE = """
import os, signal, sys
from bot.errors import LedgerUnavailable
from bot.work.ledger.database import Database
database = Database(sys.argv[1])
try:
    with database.write() as connection:
        print("held", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
        connection.exec_driver_sql("DELETE FROM alembic_version")
except LedgerUnavailable as error:
    print(error, flush=True)
database.check()
print("again", flush=True)
"""


@pytest.fixture
def kind():
    return "postgres"


def start(script, url):
    return subprocess.Popen(
        [sys.executable, "-c", script, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def told(open_database):
    """What a start says that cannot use the database of an address."""

    def try_(url):
        with pytest.raises(StartError, match="DATABASE_URL") as raised:
            open_database(url).migrate()
        assert PASSWORD not in str(raised.value)
        assert "\n" not in str(raised.value)
        return str(raised.value)

    return try_


@pytest.fixture
def role():
    """A role that must give a password, and may do nothing."""
    name = f"{postgres.GUARDED_ROLE}_{os.getpid()}_{threading.get_ident()}"
    postgres.administer(
        f"CREATE ROLE {{}} LOGIN PASSWORD '{PASSWORD}' IN ROLE {{}}",
        name,
        postgres.GUARDED_ROLE,
    )
    yield name
    postgres.administer("DROP ROLE {}", name)


def test_a_wrong_password_is_told(told, role):
    url = postgres.address_of("postgres", user=role, password=PASSWORD[:-1])

    assert "password authentication failed" in told(url)


def test_a_missing_password_is_told(told, role):
    assert "no password supplied" in told(postgres.address_of("postgres", user=role))


def test_a_user_who_may_make_no_tables_is_told(told, role, url):
    name = postgres.name_of(url)

    said = told(postgres.address_of(name, user=role, password=PASSWORD))

    assert "permission denied for schema public" in said
    assert "a user that may make tables" in said


def test_a_database_that_is_not_there_is_told(told):
    url = postgres.address_of("nowhere", password=PASSWORD)

    assert 'database "nowhere" does not exist' in told(url)


def test_a_server_that_is_not_there_is_told(told):
    said = told(f"postgresql://u:{PASSWORD}@/x?host=/nowhere")

    assert "/nowhere" in said
    assert "No such file" in said


def test_a_port_where_nobody_listens_is_told(told):
    assert "refused" in told(f"postgres://u:{PASSWORD}@127.0.0.1:1/x")


def test_the_tables_of_something_else_are_told_and_left(told, url):
    with postgres.connect(url) as connection:
        connection.execute("CREATE TABLE shares (price integer)")

    assert 'relation "shares" already exists' in told(url)

    with postgres.connect(url) as connection:
        connection.execute("SELECT price FROM shares")


def test_any_number_of_processes_may_use_it(own_url):
    with sole_use(own_url), sole_use(own_url):
        """Both may."""


def test_a_commit_is_on_disk_before_it_returns(database):
    with database.read() as connection:
        asked = text("SHOW synchronous_commit")
        assert connection.execute(asked).scalar_one() == "on"


def test_who_reads_cannot_write(database):
    with (
        pytest.raises(LedgerUnavailable, match="read-only"),
        database.read() as reading,
    ):
        reading.execute(text("DELETE FROM shares"))


def test_processes_write_one_after_another(own_url, own_database):
    with own_database.write() as connection:
        connection.execute(text("CREATE TABLE counter (number INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    processes = [start(COUNT, own_url) for _ in range(3)]
    for process in processes:
        process.communicate("\n")

    with own_database.read() as connection:
        assert connection.execute(text("SELECT number FROM counter")).scalar() == 60


def test_a_server_that_was_restarted_costs_nobody_a_try(own_url, own_database):
    own_database.check()
    postgres.end_connections(own_url)

    own_database.check()
    postgres.end_connections(own_url)

    with own_database.read() as connection:
        assert connection.execute(shares.select()).all() == []


def test_what_was_not_committed_when_the_server_ended_was_not_written(
    own_url, own_database
):
    def write():
        with own_database.write() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            postgres.end_connections(own_url)

    with pytest.raises(LedgerUnavailable, match="terminating connection"):
        write()

    with own_database.read() as connection:
        assert connection.execute(text("SELECT * FROM alembic_version")).all()


def test_a_server_that_takes_nobody_is_told_and_comes_back(own_url, own_database):
    name = postgres.name_of(own_url)
    postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    with pytest.raises(LedgerUnavailable, match="not currently accepting"):
        own_database.check()

    postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
    own_database.check()


def test_who_is_frozen_at_writing_holds_up_the_others_for_seconds_only(
    own_url, own_database
):
    frozen = start(FREEZE, own_url)
    assert frozen.stdout.readline() == "held\n"
    began = time.monotonic()
    with pytest.raises(LedgerUnavailable, match="lock timeout"):
        own_database.check()

    while True:
        assert time.monotonic() - began < 30
        try:
            own_database.check()
            break
        except LedgerUnavailable:
            pass

    frozen.send_signal(signal.SIGCONT)
    said, _ = frozen.communicate()
    assert said == "terminating connection due to idle-in-transaction timeout\nagain\n"
    with own_database.read() as connection:  # nothing of it was kept
        assert connection.execute(text("SELECT * FROM alembic_version")).all()


def test_who_lost_the_job_while_it_waited_for_its_turn_writes_nothing(
    own_url, open_database
):
    lost, caught = threading.Event(), []

    def guard():
        if lost.is_set():
            raise JobLost("others have it")

    def write():
        try:
            with guarded.write() as connection:
                connection.execute(text("DELETE FROM alembic_version"))
        except JobLost as error:
            caught.append(error)

    guarded, other = open_database(own_url, guard=guard), open_database(own_url)
    writer = threading.Thread(target=write)
    with other.write():
        writer.start()
        await_waiter(own_url)
        lost.set()
    writer.join()

    assert len(caught) == 1
    assert guarded.is_writable  # that one thread may not write is no fault of it
    other.check()


def await_waiter(url):
    """Return once somebody waits for the turn to write."""
    end = time.monotonic() + 1.5
    with postgres.connect(url) as connection:
        while not connection.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).fetchone():
            assert time.monotonic() < end
            threading.Event().wait(0.01)


def test_who_migrates_may_think_longer_than_who_writes(own_url, own_database):
    show = text("SHOW idle_in_transaction_session_timeout")

    with own_database.write() as connection:
        assert connection.scalar(show) == "5s"
    store = PostgresStore(own_url)
    with store.migrating() as connection:
        assert connection.scalar(show) == "1min"
    store.engine.dispose()


def test_an_error_tells_no_value_of_a_row(database):
    def insert_nothing():
        with database.write() as connection:
            row = {"team_id": "T1", "trigger": "plan-for-2027.pdf"}
            connection.execute(
                text(
                    "INSERT INTO shares (team_id, trigger) VALUES (:team_id, :trigger)"
                ),
                row,
            )

    with pytest.raises(IntegrityError) as raised:
        insert_nothing()

    assert "violates not-null constraint" in str(raised.value)
    assert "2027" not in str(raised.value)


def test_ids_grow_however_many_shares_came_again(ledger):
    ids = []
    for number in range(3):
        share = make_share(ts=f"170000000{number}.000100")
        ids.append(ledger.shares.add(share))
        assert ledger.shares.add(share) is None

    assert ids == sorted(ids)


def test_who_starts_on_what_is_up_to_date_waits_for_no_writer(url, open_database):
    one, other = open_database(url), open_database(url)
    one.migrate()
    with one.write():
        other.migrate()


def test_what_may_be_dropped_at_any_time_is_made_again(url, open_database):
    database = open_database(url)
    database.migrate()
    with database.write() as connection:
        connection.execute(text("DROP TABLE plane_calls"))

    database.migrate()

    with database.read() as connection:
        query = text("SELECT count(*) FROM plane_calls")
        assert connection.execute(query).scalar() == 0
