"""How often a message makes the ledger speak to its database, and wait for the disk.

The bot is in this process here, so that its statements can be counted.
"""

import threading
import time

import pytest
from sqlalchemy import Engine, event

from bot.config import Settings
from bot.entrypoints.composition import Loadmaster
from bot.entrypoints.metrics import Metrics
from bot.entrypoints.web import dispatch
from bot.work.replying import QUIET_SECONDS
from tests.world import open_world

#: What is stored: the share as it was planned, the one word in its thread and the one
#: comment in Plane, each before and after the call, and that they are done.
FOR_A_SHARE = 1 + 3 + 3
#: A file's record in Plane, before and after the call, that storage has the bytes, and
#: what came of it.
FOR_A_FILE = 4


class Statements:
    """What is asked of databases meanwhile: this thread's statements, all writes."""

    def __init__(self):
        self.own = []
        self.writes = 0
        self._thread = threading.get_ident()

    def __enter__(self):
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *exc):
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement, parameters, context, many):
        if threading.get_ident() == self._thread:
            self.own.append(statement.split("(")[0].strip())
        self.writes += statement == "BEGIN IMMEDIATE"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A world, and a bot in this process which knows WEB-1."""
    with open_world(tmp_path_factory.mktemp("bot")) as world:
        world.slack.subscriptions.clear()  # events are handed over by hand
        bot = Loadmaster(Settings.from_env(world.environment()), Metrics())
        bot.start()
        world.reply(hear(world, bot, share(world, "WEB-1")))
        world.settle()
        yield world, bot
        bot.stop(timeout=5)


def share(world, text, number=1, **options):
    files = [world.slack.add_file() for _ in range(number)]
    return world.slack.share(files, text=text, **options)


def hear(world, bot, message):
    """Have the bot hear of *message*."""
    events = world.slack.events
    event_ = events.posted_event(message)
    envelope = events.envelope(event_, channel_id=message.channel_id)
    assert dispatch(bot.app, envelope).status == 200
    return message


@pytest.mark.parametrize(
    ("text", "number", "fields"),
    [
        pytest.param("WEB-1 is done", 0, {}, id="no files"),
        pytest.param("have a look", 1, {}, id="no reference"),
        pytest.param("WEB-1", 1, {"bot_id": "BOTHER"}, id="a bot's"),
        pytest.param("WEB-1", 1, {"subtype": "message_changed"}, id="malformed"),
    ],
)
def test_a_message_that_asks_nothing_is_read_and_that_is_all(
    running, text, number, fields
):
    world, bot = running
    message = share(world, text, number, fields=fields)

    with Statements() as statements:
        hear(world, bot, message)

    assert statements.own == []
    assert statements.writes == 0


def test_a_share_is_acknowledged_after_one_transaction_of_three_inserts(running):
    world, bot = running
    message = share(world, "WEB-1", 3)

    with Statements() as statements:
        hear(world, bot, message)

    assert statements.own == [
        "BEGIN IMMEDIATE",
        "INSERT INTO shares",
        "INSERT INTO share_references",
        "INSERT INTO share_files",
    ]
    world.reply(message)
    world.settle()


@pytest.mark.parametrize("number", [1, 4])
def test_a_share_waits_for_the_disk_four_times_for_each_file(running, number):
    world, bot = running
    for _ in range(10):  # on a busy machine one may take longer, and show progress
        begun = time.monotonic()
        with Statements() as statements:
            world.reply(hear(world, bot, share(world, "WEB-1", number)))
            world.settle()
        if time.monotonic() - begun < QUIET_SECONDS:
            break

    assert statements.writes == 1 + FOR_A_SHARE + FOR_A_FILE * number
