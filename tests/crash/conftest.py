"""Counts the points at which the bot is struck, and deals them out to databases."""

import os

import pytest

from tests.fleet import open_fleet
from tests.world import open_world

DATABASES = {"sqlite": open_world, "postgres": open_fleet}


@pytest.fixture(autouse=True)
def _kill_point(tally):
    tally("kill points")


def pytest_generate_tests(metafunc):
    """Strike a bot on SQLite at each point; LEDGER_TESTS=all, on PostgreSQL, too."""
    if "world" in metafunc.fixturenames:
        every = os.environ.get("LEDGER_TESTS") == "all"
        kinds = list(DATABASES) if every else ["sqlite"]
        metafunc.parametrize("world", kinds, indirect=True)


@pytest.fixture
def world(request, tmp_path):
    """A world whose bot runs, over HTTP, as one process."""
    if request.param == "sqlite":
        with open_world(tmp_path) as world:
            world.start_bot()
            yield world
        return
    with open_fleet(tmp_path, commands=("run",)) as fleet:
        fleet.start_bot(TAKEOVER_SECONDS="5")
        yield fleet
