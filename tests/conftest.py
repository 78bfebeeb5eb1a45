"""What all tests share: worlds with a running bot, how tests are dealt out, a tally."""

import fcntl
import functools
import gc
import itertools
import os
import random
import shutil
import tempfile
import zlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from tests import (
    bytecode,  # noqa: F401 - before all that it is about
    postgres,
)
from tests.compiled_once import compile_once
from tests.fleet import open_fleet
from tests.migrated import make_postgres_database
from tests.world import open_world

compile_once()

# How long an example takes is the machine's business; the fuzzers try far more of them.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")

#: A disk in memory, as Linux has one, and the bytes that the tests leave free of it.
_MEMORY, _MEMORY_BYTES = Path("/dev/shm"), 2 << 30
#: What measures, and what goes on for long, has the disk that the bot would have.
_REAL = ("bench", "soak")

#: The ways in which Slack reaches a bot.
TRANSPORTS = ("http", "socket")
#: Where tests mostly wait, for a bot.
_LONG = {"crash", "faults", "scenarios", "test_sandbox_command.py", "test_prompt.py"}
#: Where some of them wait for many seconds.
_LONGEST = {"test_takeovers.py", "test_calls.py", "test_many_machines.py"}
#: Whose tests share what it takes long to work out.
_TOGETHER = {"test_layers.py", "test_manifests.py", "test_project.py", "test_readme.py"}


def pytest_generate_tests(metafunc):
    """Deal out HTTP and Socket Mode; what is marked with `each_transport` gets both.

    They bring in the same things by other ways. One story of each kind plays over both;
    TRANSPORT_TESTS=all has all of them do so.
    """
    if "either_stopped" in metafunc.fixturenames:
        every = os.environ.get("TRANSPORT_TESTS") == "all"
        number = zlib.crc32(metafunc.function.__name__.encode())
        one = TRANSPORTS[number % len(TRANSPORTS)]
        marked = metafunc.definition.get_closest_marker("each_transport")
        chosen = TRANSPORTS if every or marked else (one,)
        metafunc.parametrize("either_stopped", chosen, indirect=True)


@pytest.fixture
def either_stopped(request, tmp_path):
    """A world whose bot the scenario starts; over HTTP or Socket Mode, or once each."""
    with open_world(tmp_path, socket_mode=request.param == "socket") as world:
        yield world


@pytest.fixture
def either(either_stopped):
    """A world whose bot runs; over HTTP or Socket Mode, or once over each."""
    world = either_stopped
    world.start_bot()
    world.wait_for_socket()
    return world


@pytest.fixture
def world(tmp_path):
    """A world whose bot runs, over HTTP."""
    with open_world(tmp_path) as world:
        world.start_bot()
        yield world


@pytest.fixture
def stopped(tmp_path):
    """A world whose bot the scenario starts."""
    with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def fleet(tmp_path):
    """A world whose bots the scenario starts; they share a PostgreSQL."""
    with open_fleet(tmp_path) as fleet:
        yield fleet


@pytest.fixture
def socket_world(tmp_path):
    """A world for Socket Mode, whose bot the scenario starts."""
    with open_world(tmp_path, socket_mode=True) as world:
        yield world


@pytest.fixture
def on_disk():
    """A folder that is on a disk, whatever the others are on."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def postgres_url():
    """The address of a new database in PostgreSQL, with its schema."""
    url = make_postgres_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def tally(record_property):
    """Count something that the run as a whole tells at its end, if the test passes."""

    def count(name, number=1):
        record_property("tally", [name, number])

    return count


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Count the inputs that Hypothesis tries.

    It offers the test itself to be wrapped (hypothesis.readthedocs.io, "Custom function
    execution").
    """
    property_ = getattr(getattr(item, "obj", None), "hypothesis", None)
    if property_ is None:
        return (yield)
    tried, test = itertools.count(), property_.inner_test

    @functools.wraps(test)
    def try_one(*args, **kwargs):
        next(tried)
        return test(*args, **kwargs)

    property_.inner_test = try_one
    try:
        return (yield)
    finally:
        property_.inner_test = test
        item.user_properties.append(("tally", ["inputs", next(tried)]))


def pytest_terminal_summary(terminalreporter):
    """Tell what the tests that passed have tried."""
    sums, stats = Counter(), terminalreporter.stats
    for report in stats.get("passed", []):
        for kind, value in report.user_properties:
            if kind == "tally":
                sums[value[0]] += value[1]
    tried = ", ".join(f"{number:,} {name}" for name, number in sorted(sums.items()))
    if tried:
        clean = not (stats.get("failed") or stats.get("error"))
        result = "nothing was lost" if clean else "see what failed"
        terminalreporter.write_line(f"Tried {tried}; {result}.")


def pytest_configure(config):
    """Keep temporary files in memory, where there is room.

    Databases wait for the disk at each commit, which tests nothing here: a process that
    is killed leaves the same on either.
    """
    if "TMPDIR" not in os.environ and not _is_real(config) and _has_memory():
        os.environ["TMPDIR"], tempfile.tempdir = str(_MEMORY), None


def _has_memory():
    is_there = os.access(_MEMORY, os.W_OK)
    return is_there and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES


def _is_real(config):
    return any(name in argument for name in _REAL for argument in config.args)


def pytest_xdist_auto_num_workers(config):
    """Run more workers than there are cores: most of the time a test only waits.

    What is measured must have the machine to itself.
    """
    if _is_real(config):
        return 0
    return max(2, (os.cpu_count() or 2) * 4)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage among what is collected: all of it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)  # a twentieth of all time went into it
        gc.enable()


def pytest_unconfigure():
    """Look once for garbage among what the tests left; pytest then does so five times.

    Whatever it finds that was not closed, it tells of after this, as it would have.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Take the files of a folder in another order in each worker.

    They all import all files; so each compiles some, and finds the others compiled.
    """
    report = yield
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and isinstance(collector, pytest.Directory):
        random.Random(worker).shuffle(report.result)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Let one worker after the other prepare its tests, and order them.

    Hypothesis reads the literals of all modules then, and keeps them for whoever is
    next, but not for who is reading them already. The order is the same in all workers,
    as it must be.
    """
    folder = os.open(config.rootpath, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    yield
    os.close(folder)
    items.sort(key=_shuffle)


def _shuffle(item):
    """Mix those that wait with those that work, and leave quick ones for the end.

    Each worker begins with a part of its own (pytest-xdist.readthedocs.io,
    "--dist worksteal"); at the end of that others help.
    """
    name, parts = item.nodeid, set(item.path.parts)
    # At the front of one worker's part nobody steals them: so they share a browser.
    if "browser" in parts:
        return 0, 0, name
    number = zlib.crc32((item.path.name if _TOGETHER & parts else name).encode())
    part = number % int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if _LONGEST & parts:
        number //= 3
    elif _LONG & parts:
        number = number * 4 // 5
    return part, number, name
