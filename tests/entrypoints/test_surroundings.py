"""What looks like a platform that wipes disks is warned of."""

import pytest

from bot.entrypoints.surroundings import warn_of_lost_files

FILE = "sqlite:///loadmaster.db"


@pytest.mark.parametrize(
    ("sign", "name"), [("DYNO", "Heroku"), ("K_SERVICE", "Cloud Run")]
)
def test_a_file_on_a_platform_that_wipes_disks_is_warned_of(sign, name, caplog):
    warn_of_lost_files({sign: "web.1"}, FILE)

    (record,) = caplog.records
    assert name in record.message
    assert "DATABASE_URL" in record.message


@pytest.mark.parametrize(
    ("environment", "url"),
    [({}, FILE), ({"DYNO": "web.1"}, "postgresql:///x"), ({"DYNO": ""}, FILE)],
)
def test_elsewhere_and_with_postgresql_there_is_no_warning(environment, url, caplog):
    warn_of_lost_files(environment, url)

    assert caplog.records == []


def test_where_there_are_no_volumes_none_is_advised(caplog):
    warn_of_lost_files({"DYNO": "web.1"}, FILE)
    warn_of_lost_files({"FLY_APP_NAME": "loadmaster"}, FILE)

    assert ["volume" in each for each in caplog.messages] == [False, True]
