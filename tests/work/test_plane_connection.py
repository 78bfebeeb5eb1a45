"""Whether Plane answers: asked for seldom, and not waited for long."""

import threading

import pytest

from bot.clients.plane_directory import PlaneDirectory
from bot.domain.home import Connection
from bot.domain.outcomes import Outcome
from bot.errors import PlaneKeyRefused, PlaneThrottled, PlaneUnavailable
from bot.sandbox.wire import Fault
from bot.work.plane_connection import THREAD_NAME, PlaneConnection

ALL = {"ARC", "OPS", "WEB"}


class Gate:
    def __init__(self):
        self.is_open = True


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def connect(bench, clock, gate):
    """How to make a connection that waits for Plane for *patience* seconds."""

    def connect_(patience=10.0):
        return PlaneConnection(bench.directory, gate, patience=patience, clock=clock)

    return connect_


@pytest.fixture
def connection(connect):
    return connect()


def asked(bench):
    return len(bench.plane.exchanges("plane.projects"))


def failed(problem):
    return Connection(problem=Outcome.of(problem))


def test_nothing_is_known_before_somebody_asked(connection, bench):
    assert connection.recall() is None
    assert asked(bench) == 0


def test_a_connection_that_works_is_known_by_its_projects(connection):
    connection.check()

    found = connection.recall()
    assert (set(found.projects), found.problem) == (ALL, None)


def test_what_a_share_made_known_is_known_here(connection, bench):
    bench.directory.list_projects()

    assert set(connection.recall().projects) == ALL
    assert asked(bench) == 1


def test_what_was_found_is_known_for_half_a_minute(connection, bench, clock):
    connection.check()
    clock.now += 30
    assert connection.recall() is not None

    clock.now += 1
    assert connection.recall() is None
    bench.plane.state.revoke_key("plane_api_alice")
    connection.check()
    assert connection.recall() == failed(PlaneKeyRefused())

    clock.now += 30
    assert connection.recall() == failed(PlaneKeyRefused())
    clock.now += 1
    assert connection.recall() is None
    assert asked(bench) == 2


def test_a_plane_without_our_projects_is_connected_all_the_same(bench, clock, gate):
    fence = frozenset({"NOPE"})
    directory = PlaneDirectory(bench.remotes.plane, fence=fence, clock=clock)
    connection = PlaneConnection(directory, gate, clock=clock)

    connection.check()

    assert connection.recall() == Connection()


def test_where_the_budget_is_used_up_plane_is_not_asked(connection, bench, gate):
    gate.is_open = False

    connection.check()

    assert connection.recall() == failed(PlaneThrottled())
    assert asked(bench) == 0


def test_where_the_budget_is_used_up_what_is_known_is_told(connection, bench, gate):
    bench.directory.list_projects()
    gate.is_open = False

    assert set(connection.recall().projects) == ALL


@pytest.mark.parametrize(
    ("is_open", "problem"), [(True, PlaneUnavailable()), (False, PlaneThrottled())]
)
def test_a_plane_that_hangs_is_not_waited_for(connect, bench, gate, is_open, problem):
    asked_, go, done = (threading.Event() for _ in range(3))

    def hang(request):
        asked_.set()
        gate.is_open = is_open
        go.wait(10)
        done.set()

    bench.plane.fail(Fault("plane.projects", hang))
    connection = connect(patience=0.2)

    connection.check()
    connection.check()  # waits for the same answer once more

    names = [each.name for each in threading.enumerate()]
    assert names.count(THREAD_NAME) == 1
    assert asked_.is_set()
    assert connection.recall() == failed(problem)
    go.set()
    assert done.wait(10)
    bench.directory.list_projects()  # waits for the answer, which it shares
    assert set(connection.recall().projects) == ALL
    assert asked(bench) == 1


def test_what_nobody_foresaw_is_told_as_that(bench, clock, gate, caplog):
    class Broken:
        def recall_projects(self):
            return None

        def list_projects(self):
            raise RuntimeError("out of luck")

    connection = PlaneConnection(Broken(), gate, clock=clock)

    connection.check()

    assert connection.recall().problem.code == "Unexpected"
    assert "out of luck" in caplog.text
