"""The bell beside a ledger: who rings has the bot look again."""

import contextlib
import resource
import socket
import stat
import threading
import time

import pytest

from bot.errors import LedgerUnavailable
from bot.work.bell import Bell, is_attended, place_bell, ring

#: How long it is watched what the processor does, in seconds.
WATCHED = 0.4


@pytest.fixture
def place(tmp_path):
    return place_bell(f"sqlite:///{tmp_path}/loadmaster.db")


@pytest.fixture
def hang():
    bells = []

    def hang(place, look=lambda: None):
        bell = Bell(place, look)
        bells.append(bell)
        bell.hang()
        bell.start()
        return bell

    yield hang
    for bell in bells:
        bell.stop()


def test_who_rings_is_answered_after_the_bot_has_looked(place, hang):
    looks = []
    hang(place, lambda: looks.append(1))

    assert [ring(place), ring(place)] == [True, True]
    assert len(looks) == 2


def test_who_only_asks_whether_a_bot_is_there_makes_it_do_nothing(place, hang):
    looks = []
    hang(place, lambda: looks.append(1))

    assert is_attended(place) is True
    assert ring(place) is True
    assert len(looks) == 1


def test_where_no_bell_is_nobody_answers(place):
    assert ring(place) is False
    assert is_attended(place) is False


def test_it_is_for_its_owner_only(place, hang):
    hang(place)

    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_it_leaves_nothing_behind(place, hang):
    bell = hang(place)

    bell.stop()

    assert list(place.parent.iterdir()) == []
    assert ring(place) is False


def test_what_a_killed_bot_left_is_replaced(place, hang):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(place))
    assert ring(place) is False

    hang(place)

    assert ring(place) is True


def test_who_rings_before_the_bot_answers_waits_for_it(place):
    bell, looked = Bell(place, lambda: None), []
    bell.hang()
    ringer = threading.Thread(target=lambda: looked.append(ring(place)))
    ringer.start()

    bell.start()
    ringer.join(10)

    assert looked == [True]
    bell.stop()


def test_a_ledger_that_tells_nothing_is_no_answer_and_no_end(place, hang):
    faults = [LedgerUnavailable("locked")]

    def look():
        if faults:
            raise faults.pop()

    hang(place, look)

    assert [ring(place), ring(place)] == [False, True]


def test_who_connects_and_leaves_or_says_something_else_does_no_harm(place, hang):
    looks = []
    hang(place, lambda: looks.append(1))
    for data in (b"", b"x" * 70_000):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(str(place))
            line.settimeout(0.5)
            with contextlib.suppress(OSError):
                line.sendall(data)

    assert ring(place) is True
    assert len(looks) == 1


@pytest.mark.parametrize("name", ["loadmaster.db", "n" * 240, "ледгер.db" * 10])
@pytest.mark.parametrize("folders", [0, 3])
def test_a_path_may_be_longer_than_a_sockets(tmp_path, hang, name, folders):
    folder = tmp_path.joinpath(*["f" * 60] * folders)
    folder.mkdir(parents=True, exist_ok=True)
    place = place_bell(f"sqlite:///{folder}/{name}")

    bell = hang(place)

    assert ring(place) is True
    assert [each.name for each in folder.iterdir()] == [place.name]
    bell.stop()
    assert list(folder.iterdir()) == []


def test_two_ledgers_of_one_folder_have_two_bells(tmp_path):
    urls = [f"sqlite:///{tmp_path}/{'n' * 200}{end}" for end in "ab"]

    assert len({place_bell(url) for url in urls}) == 2


def test_a_folder_that_takes_no_socket_keeps_no_bot_from_running(tmp_path, caplog):
    bell = Bell(tmp_path / "missing" / "x.sock", lambda: None)

    bell.hang()
    bell.start()
    bell.stop()

    assert "Nobody can ring at" in caplog.text


def test_another_database_needs_none():
    assert place_bell("postgresql://localhost/x") is None


def test_where_no_more_files_can_be_open_it_does_not_keep_the_processor_busy(
    place, hang
):
    hang(place)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limit[1]))
    try:
        with line:  # for this one there was room already
            line.connect(str(place))
        begun = time.process_time()
        threading.Event().wait(WATCHED)
        used = time.process_time() - begun
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)

    assert used < 0.1
    assert ring(place) is True
