"""An installation with PostgreSQL, where any number of processes may run anywhere."""

import pytest

from bot.work.ledger.database import Database
from tests import postgres
from tests.migrated import make_postgres_database


@pytest.fixture
def url(installation):
    url = make_postgres_database()
    installation.settings["DATABASE_URL"] = url
    yield url
    postgres.drop_database(url)


@pytest.fixture
def running(url):
    """Another process is connected, as each that runs is."""
    with postgres.connect(f"{url}&application_name=loadmaster"):
        yield


def test_where_nobody_runs_it_says_so(installation, url):
    assert installation.find("running")[1] == "No Loadmaster runs on this database."


def test_whoever_runs_elsewhere_is_found_at_the_server(installation, running):
    mark, text, _ = installation.find("running")

    assert mark == "ok"
    assert text.startswith("A Loadmaster runs on this database, but does not answer")
    assert "nothing came from Slack so far" in installation.find("events")[1]


def test_no_socket_takes_events_from_who_runs_elsewhere(installation, running):
    installation.use_socket_mode()

    _, text, _ = installation.find("slack-socket")

    assert "No socket was tried" in text


def test_the_doctor_s_own_connections_are_nobody_s(installation, url):
    database = Database(url)
    with database.read():
        pass
    database.close()

    assert installation.find("running")[1] == "No Loadmaster runs on this database."


def test_a_server_that_cannot_be_used_is_told_with_what_to_do(installation, url):
    installation.settings["DATABASE_URL"] = f"{url}_"

    mark, _, step = installation.find("database")

    assert mark == "fault"
    assert "backup" not in step
    assert "DATABASE_URL" in step


def test_who_runs_is_not_known_while_the_server_is_away(installation, url):
    installation.settings["DATABASE_URL"] = f"{url}_"
    installation.use_socket_mode()

    assert installation.find("running")[0] == "skipped"
    assert installation.find("events")[0] == "skipped"
    assert "No socket was tried" in installation.find("slack-socket")[1]


def test_several_hosts_may_be_named_and_no_password_is_shown(installation):
    installation.settings["DATABASE_URL"] = (
        "postgresql://u:sekrit1@127.0.0.1:1,127.0.0.1:2/sekrit1"
    )

    assert not any("sekrit1" in f.text + f.next_step for f in installation.examine())
