"""A world for loads: files of any size, none of them kept; events that wait."""

import contextlib
import tempfile
from pathlib import Path

from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.content import Generated
from bot.sandbox.store import StoreServer
from bot.work.local_runner import THREADS
from bot.work.runner import LARGE_BYTES, JobKind
from tests.migrated import put_database
from tests.world import World

_THREADS = THREADS[JobKind.ATTACHMENT]
_LARGEST = 10**12


def count_at_once(size):
    """Return how many files of one channel, of *size* bytes, are relayed at once."""
    threads = _THREADS // 2 if size > LARGE_BYTES else _THREADS
    return threads * 3 // 4


@contextlib.contextmanager
def open_loaded_world(*, socket_mode=False):
    """Start Slack, Plane, store and a bot that has attached a first file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        StoreServer(keep=False) as store,
        PlaneServer(store=store, rate_limit=None, file_size_limit=_LARGEST) as plane,
        SlackServer(patience=60.0) as slack,
    ):
        world = World(Path(folder), slack, plane, store, socket_mode=socket_mode)
        put_database(world.database)
        try:
            world.start_bot()
            world.wait_for_socket()
            world.reply(world.slack.share([world.slack.add_file()], text="WEB-1"))
            yield world
        finally:
            world.close()


def write_events(world, number, *, text):
    """Have *number* files shared; return the events, which are still to be sent."""
    slack = world.slack
    return _write(
        slack, lambda: slack.share([slack.add_file()], text=text), number=number
    )


def write_posts(world, number):
    """Have *number* messages posted that ask nothing; return the events, unsent."""
    text = "the build of this morning is green again, see what Ben wrote about it"
    return _write(world.slack, lambda: world.slack.post(text), number=number)


def _write(slack, make, *, number):
    subscriptions = set(slack.subscriptions)
    slack.subscriptions.clear()
    messages = [make() for _ in range(number)]
    slack.subscriptions.update(subscriptions)
    return [
        slack.events.envelope(
            slack.events.posted_event(message), channel_id=message.channel_id
        )
        for message in messages
    ]


def begin_relays(world, number, *, size, rate=None):
    """Have *number* files of *size* bytes shared, at *rate* bytes a second each."""
    for seed in range(number):
        file = world.slack.add_file(content=Generated(size, seed))
        file.rate = rate
        world.slack.share([file], text="WEB-1")
