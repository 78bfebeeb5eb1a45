"""How the ledger is, told in bounded time."""

import contextlib
import sqlite3
import threading

import pytest

from bot.work.precedence import Precedence
from bot.work.runner import JobKind
from bot.work.survey import Surveyor
from tests.work.values import make_share

sqlite_only = pytest.mark.parametrize("kind", ["sqlite"])


@pytest.fixture
def surveyor(database, clock):
    return Surveyor(database, Precedence(), clock=clock)


def test_what_waits_is_told_and_that_all_is_well(surveyor, ledger):
    ledger.shares.add(make_share())

    found = surveyor.look()

    assert found.is_writable
    assert found.backlog[JobKind.SHARE].number == 1


@sqlite_only
def test_a_ledger_that_takes_nothing_tells_all_the_same_what_waits(
    surveyor, ledger, tmp_path
):
    ledger.shares.add(make_share())
    path = tmp_path / "loadmaster.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        found = surveyor.look()

        assert not found.is_writable
        assert found.backlog[JobKind.SHARE].number == 1
        other.execute("ROLLBACK")
    assert surveyor.look().is_writable


def test_a_ledger_that_hangs_keeps_nobody_waiting(database, clock):
    precedence = Precedence()
    surveyor = Surveyor(database, precedence, clock=clock, patience=0.05)
    with precedence.turn():  # for which the look has to wait
        looking = [threading.Thread(target=surveyor.look) for _ in range(3)]
        for thread in looking:
            thread.start()
        for thread in looking:
            thread.join(10)
        assert not any(thread.is_alive() for thread in looking)

        assert surveyor.look().is_writable  # as far as is known


@sqlite_only
def test_a_ledger_that_cannot_be_read_tells_nothing_of_what_waits(
    surveyor, database, tmp_path
):
    database.close()
    path = tmp_path / "loadmaster.db"
    path.unlink()
    path.mkdir()

    assert surveyor.look().backlog is None
