"""The database, its disk, and the Loadmaster that runs on it."""

import contextlib
import sqlite3

import pytest

from bot.entrypoints.doctor.filesystems import find_risk
from bot.entrypoints.web import HttpServer, WebApp
from bot.sandbox.wire import Server, answer
from bot.work.ledger.database import sole_use


def execute(installation, *statements):
    with contextlib.closing(sqlite3.connect(installation.database)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


@pytest.fixture
def running(installation):
    """Another process has the database."""
    with sole_use(installation.settings["DATABASE_URL"]):
        yield


def test_a_database_of_this_version_is_well(installation):
    assert installation.find("database") == (
        "ok",
        f"{installation.database} can be read and written, and is of this version.",
        "",
    )


def test_a_database_that_is_not_there_can_be_made_and_is_not(installation):
    installation.database.unlink()

    mark, text, _ = installation.find("database")

    assert mark == "ok"
    assert text.startswith(f"There is no {installation.database} yet")
    assert not installation.database.exists()


def test_a_folder_that_is_not_there_is_a_fault(installation):
    path = installation.folder / "file" / "x.db"
    (installation.folder / "file").write_text("no folder")
    installation.settings["DATABASE_URL"] = f"sqlite:///{path}"

    mark, text, step = installation.find("database")

    assert mark == "fault"
    assert text.endswith("it cannot be made: its folder is not writable.")
    assert step.startswith("Make the folder")


def test_an_empty_file_is_filled_by_a_start(installation):
    installation.database.write_bytes(b"")

    mark, text, _ = installation.find("database")

    assert (mark, text.endswith("is empty: `loadmaster run` fills it.")) == ("ok", True)


def test_an_earlier_version_is_well(installation):
    execute(installation, "UPDATE alembic_version SET version_num = '0003'")

    mark, text, _ = installation.find("database")

    assert mark == "ok"
    assert "is of an earlier version; `loadmaster run` brings it up to date." in text


def test_a_later_version_is_a_fault(installation):
    execute(installation, "UPDATE alembic_version SET version_num = '9999'")

    mark, text, step = installation.find("database")

    assert (mark, step) == ("fault", "Run that version, or a later one.")
    assert text == f"A later version of Loadmaster made {installation.database}."


def test_what_is_no_database_is_a_fault(installation):
    installation.database.write_text("what is in here is no database" * 100)

    mark, text, step = installation.find("database")

    assert mark == "fault"
    assert text.endswith("cannot be used: file is not a database.")
    assert step.startswith("Stop Loadmaster and put a backup in its place")


def test_a_database_that_somebody_else_writes_to_is_a_fault(installation):
    with contextlib.closing(
        sqlite3.connect(installation.database, isolation_level=None)
    ) as db:
        db.execute("BEGIN IMMEDIATE")

        mark, text, step = installation.find("database")

    assert mark == "fault"
    assert text.endswith("cannot be used: database is locked.")
    assert step == "Another program is writing to it: end that one."


def test_a_database_that_a_loadmaster_has_is_only_read(installation, running):
    mark, text, _ = installation.find("database")

    assert mark == "ok"
    assert text.endswith(
        "can be read, and is of this version. For whether it can be written, see"
        " running."
    )


# --- the disk -----------------------------------------------------------------


def test_room_on_the_disk_is_told(installation):
    mark, text, _ = installation.find("disk")

    assert mark == "ok"
    assert text.endswith(f" are free on the disk of {installation.database}.")


@pytest.mark.parametrize(
    ("mounts", "place"),
    [
        ("1 0 0:1 / / rw - overlay overlay rw\n", "in the container's own layer"),
        ("1 0 0:1 / / rw shared:1 - tmpfs tmpfs rw\n", "in memory"),
    ],
)
def test_a_disk_that_is_wiped_is_a_warning(installation, mounts, place):
    installation.mounts.write_text(mounts)

    found = [each for each in installation.examine() if each.check == "disk"]

    assert [each.mark for each in found] == ["ok", "warning"]
    assert f"{installation.database} is {place}" in found[1].text
    assert found[1].next_step.startswith("Put it on a volume that stays")


def test_a_platform_that_wipes_disks_is_a_warning(installation):
    installation.settings["DYNO"] = "web.1"

    found = [each for each in installation.examine() if each.check == "disk"]

    assert "on a disk that Heroku wipes at each start" in found[1].text


MOUNTS = """\
1 0 0:1 / / rw - overlay overlay rw
2 1 8:1 / /data rw master:5 - ext4 /dev/sda1 rw
3 2 0:5 / /data/in\\040memory rw - tmpfs tmpfs rw
4 1 0:6 / /old rw - ext4 /dev/sdb rw
5 1 0:7 / /old rw - tmpfs tmpfs rw
torn line
"""


@pytest.mark.parametrize(
    ("folder", "is_wiped"),
    [
        ("/srv", True),
        ("/data", False),
        ("/data/deep/down", False),
        ("/data/in memory/x", True),
        ("/database", True),
        ("/old", True),
    ],
)
def test_the_mount_nearest_to_a_folder_counts(tmp_path, folder, is_wiped):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)

    risk = find_risk(type(tmp_path)(folder), environment={}, mounts=mounts)

    assert (risk is not None) is is_wiped


@pytest.mark.parametrize(
    ("sign", "folder", "is_wiped"),
    [
        ("DYNO", "/data", True),
        ("RENDER", "/srv", True),
        ("RENDER", "/data", False),
        ("RENDER", "/data/in memory", True),
    ],
)
def test_on_a_platform_only_its_volumes_stay(tmp_path, sign, folder, is_wiped):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.replace("- overlay overlay", "- ext4 /dev/vda"))
    place = type(tmp_path)(folder)

    risk = find_risk(place, environment={sign: "1"}, mounts=mounts)

    assert (risk is not None) is is_wiped


def test_a_system_that_tells_of_no_mounts_is_taken_as_well(tmp_path):
    nowhere = tmp_path / "nowhere"

    assert find_risk(tmp_path, environment={}, mounts=nowhere) is None


# --- who runs on it -------------------------------------------------------------


class Readiness:
    def __init__(self, *faults):
        self._faults = list(faults)

    def faults(self):
        return self._faults


@contextlib.contextmanager
def listening(installation, *faults):
    app = WebApp(Readiness(*faults), app=None, verifier=None)
    server = HttpServer(app, host="127.0.0.1", port=0)
    installation.settings["PORT"] = server.url.rpartition(":")[2]
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def test_that_nobody_runs_is_well_and_says_how_to_start(installation):
    assert installation.find("running") == (
        "ok",
        "No Loadmaster runs on this database.",
        "Start it: `loadmaster run`.",
    )


def test_one_that_is_ready_is_well(installation, running):
    with listening(installation) as url:
        mark, text, _ = installation.find("running")

    assert mark == "ok"
    assert text == f"A Loadmaster runs on this database, and is ready ({url}/readyz)."


def test_one_that_is_not_ready_is_a_fault_with_its_reasons(installation, running):
    with listening(installation, "there is no socket to Slack", "and more") as url:
        mark, text, step = installation.find("running")

    assert (mark, step) == ("fault", "Its log tells more.")
    assert text.endswith(f"{url}/readyz says there is no socket to Slack; and more.")


@pytest.mark.parametrize("answers", [True, False])
def test_where_the_lock_cannot_be_looked_at_an_answer_tells(installation, answers):
    (installation.folder / "file").write_text("no folder")
    database = f"sqlite:///{installation.folder}/file/x.db"
    installation.settings["DATABASE_URL"] = database
    with listening(installation):
        if not answers:
            installation.settings["PORT"] = "0"
        text = installation.find("running")[1]

    assert text.startswith("A Loadmaster runs" if answers else "No Loadmaster runs")


@pytest.mark.parametrize("port", ["0", "9"])
def test_one_that_does_not_answer_here_is_well_and_tells_what_is_left_out(
    installation, running, port
):
    installation.settings["PORT"] = port

    mark, text, step = installation.find("running")

    assert mark == "ok"
    assert text.endswith("whether it is ready, and can write, is left out.")
    assert step.endswith("GET /readyz.")


@pytest.mark.parametrize("other", [answer(404), answer(200, b"hello\n"), answer(503)])
def test_somebody_else_at_its_port_is_not_taken_for_it(installation, running, other):
    with Server("other") as server:
        server.route("GET", "/readyz", "readyz", other)
        installation.settings["PORT"] = server.origin.rpartition(":")[2]

        text = installation.find("running")[1]

    assert "does not answer at" in text


def test_a_running_one_keeps_its_socket_to_itself(installation, running):
    installation.use_socket_mode()
    with listening(installation):
        ready = installation.find("slack-socket")
    silent = installation.find("slack-socket")

    assert ready[:2] == (
        "ok",
        "Slack takes the app token, and the running Loadmaster has its socket.",
    )
    assert silent[0] == "ok"
    assert "No socket was tried" in silent[1]
    installation.slack.sockets.wait_opened(0, 1)
    assert installation.slack.sockets._opened == 0
