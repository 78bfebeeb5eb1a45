"""The ledger's database is looked at from outside."""

import pytest

from bot.work.ledger.database import Database
from bot.work.ledger.inspection import (
    LatestShare,
    Version,
    compare_version,
    find_latest_share,
)
from bot.work.ledger.shares import ShareLedger
from tests.migrated import put_database
from tests.work.values import make_share


@pytest.fixture
def database(tmp_path):
    put_database(tmp_path / "x.db")
    database = Database(f"sqlite:///{tmp_path}/x.db")
    yield database
    database.close()


def set_version(database, version):
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
        if version:
            connection.exec_driver_sql(
                f"INSERT INTO alembic_version VALUES ('{version}')"
            )


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0001", Version.OLDER),
        ("0006", Version.OLDER),
        ("9999", Version.LATER),
        ("", Version.NONE),
    ],
)
def test_a_version_is_told_as_seen_from_this_program(database, version, expected):
    set_version(database, version)

    assert compare_version(database) is expected


def test_what_was_just_migrated_is_of_the_same_version(database):
    assert compare_version(database) is Version.SAME


def test_a_database_without_tables_has_no_version(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/empty.db")

    assert compare_version(database) is Version.NONE
    database.close()


def test_the_latest_share_is_the_one_that_came_last(database):
    assert find_latest_share(database) is None

    for number, time in ((1, 20.0), (2, 10.0)):
        ledger = ShareLedger(database, clock=lambda time=time: time)
        ledger.add(make_share(ts=f"170000000{number}.000100"))

    assert find_latest_share(database) == LatestShare(2, 10.0)
