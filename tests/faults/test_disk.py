"""The disk takes nothing: Slack hears of it, nothing is half stored, done, or twice."""

import contextlib
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.sandbox.wire import Fault
from tests.read_only import immutable, written_by_a_later_version
from tests.world import open_world

ROOT = Path(__file__).parents[2]
UNLIMITED = resource.RLIM_INFINITY


def allow_writes(world, size):
    """Let no file of the bot's be written beyond *size* bytes (getrlimit(2)).

    Neither the rights of root nor a disk of one's own are needed for that.
    """
    limit = resource.RLIMIT_FSIZE
    resource.prlimit(world.bot.process.pid, limit, (size, UNLIMITED))


@contextlib.contextmanager
def full_disk(world):
    allow_writes(world, 0)
    yield
    allow_writes(world, UNLIMITED)


def test_what_a_full_disk_does_not_take_is_delivered_again(world):
    check_delivered_again(world, full_disk(world), because="disk I/O error")

    assert world.bot.get("/readyz")[0] == 200
    assert world.bot.log.count("The ledger takes nothing") == 1


STEPS = [
    ("plane", "plane.create_attachment"),
    ("store", "storage.post"),
    ("plane", "plane.complete_attachment"),
    ("slack", "slack.chat.postMessage"),
    ("plane", "plane.create_comment"),
]


@pytest.mark.parametrize(("server", "operation"), STEPS)
def test_a_disk_that_gets_full_amid_the_work_loses_and_doubles_nothing(
    world, server, operation
):
    fill = Fault(operation, lambda request: allow_writes(world, 0), "after")
    getattr(world, server).fail(fill)
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-1")
    world.wait(lambda: "The ledger takes nothing" in world.bot.log)
    calls = len(world.plane.exchanges())
    world.wait(lambda: world.bot.get("/readyz")[0] == 503)
    assert len(world.plane.exchanges()) - calls <= 1  # nothing new is begun
    allow_writes(world, UNLIMITED)

    check(world, message, file)


def test_a_database_that_is_locked_amid_the_work_loses_and_doubles_nothing(world):
    reached, go = threading.Event(), threading.Event()

    def wait(request):
        reached.set()
        go.wait(20)

    world.plane.fail(Fault("plane.create_attachment", wait, "after"))
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    assert reached.wait(20)
    with world.locked_database():
        go.set()
        world.wait(lambda: "The ledger takes nothing: database is" in world.bot.log)

    check(world, message, file)


def open_files_immutable(world):
    """Let nobody write to what the bot has open."""
    return immutable(*(f"{world.database}{end}" for end in ("", "-wal")))


def format_unknown(world):
    """Let SQLite only read the bot's database; it says so otherwise than of a disk."""
    return written_by_a_later_version(world.database)


@pytest.fixture
def world_on_disk(on_disk):
    """A world whose bot runs, with its files on a disk."""
    with open_world(on_disk) as world:
        world.start_bot()
        yield world


@pytest.mark.parametrize("read_only", [open_files_immutable, format_unknown])
def test_what_a_read_only_database_does_not_take_is_delivered_again(
    world_on_disk, read_only
):
    world = world_on_disk
    check_delivered_again(world, read_only(world))

    for _ in range(30):  # none of its connections can only read still
        assert world.bot.get("/readyz")[0] == 200


def test_a_database_that_gets_read_only_amid_the_work_loses_and_doubles_nothing(world):
    with contextlib.ExitStack() as stack:

        def stop(request):
            stack.enter_context(format_unknown(world))

        world.plane.fail(Fault("plane.create_attachment", stop, "after"))
        file = world.slack.add_file()
        message = world.slack.share([file], text="WEB-1")
        world.wait(lambda: "The ledger takes nothing: attempt to" in world.bot.log)

    check(world, message, file)


def check_delivered_again(world, unwritable, *, because=""):
    """Share while nothing can be written, and check what becomes of it afterwards."""
    file = world.slack.add_file()
    with unwritable:
        message = world.slack.share([file], text="WEB-1")
        delivery = world.slack.delivery_of(message)
        world.wait(lambda: len(delivery.attempts) == 2)
        status, told = world.bot.get("/readyz")
    assert (status, f"cannot be written: {because}" in told) == (503, True)

    check(world, message, file)
    assert delivery.statuses[:2] == [500, 500]
    assert delivery.acknowledged


def check(world, message, file):
    """Check that all is as if nothing had been."""
    assert "is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1
    assert len(world.plane.state.comments("WEB-1")) == 1
    assert "Traceback" not in world.bot.log


def test_a_first_start_on_a_full_disk_ends_with_a_clear_word(stopped):
    stopped.database.unlink()

    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=stopped.folder,
        env=stopped.environment() | {"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, UNLIMITED)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 2
    assert "cannot be used: disk I/O error" in ended.stderr
    assert "its disk be full" in ended.stderr
    assert "Traceback" not in ended.stderr
