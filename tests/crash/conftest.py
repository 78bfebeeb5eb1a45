"""Counts the points at which the bot is struck, and deals them out to databases."""

import os
import zlib

import pytest

from tests.fleet import open_fleet
from tests.world import open_world

DATABASES = ("sqlite", "postgres")
_ONE_IN = 6


@pytest.fixture(autouse=True)
def _kill_point(tally):
    tally("kill points")


def pytest_collection_modifyitems(config, items):
    """Strike a bot on SQLite at each point, and at some on PostgreSQL, too.

    LEDGER_TESTS=all strikes both at each.
    """
    if os.environ.get("LEDGER_TESTS") == "all":
        return
    dropped = [item for item in items if _is_dropped(item)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]


def _is_dropped(item):
    if "crash" not in item.path.parts or not hasattr(item, "callspec"):
        return False
    is_postgres = item.callspec.params.get("world") == "postgres"
    return is_postgres and zlib.crc32(item.nodeid.encode()) % _ONE_IN > 0


@pytest.fixture(params=DATABASES)
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
