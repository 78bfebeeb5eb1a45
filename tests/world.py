"""The world that a scenario plays in: a Slack, a Plane with its store, and the bot.

All of them real servers on loopback; the bot is a process of its own.
"""

import contextlib
import os
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import requests
from sqlalchemy import Double

from bot.sandbox.bot_process import BotEnded, BotProcess
from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.store import StoreServer
from bot.work.ledger.schema import metadata
from tests.forked_bot import ForkedProcess
from tests.migrated import put_database

#: Tables and columns in which the ledger keeps moments (epoch seconds).
AGING = [
    (table.name, column.name)
    for table in metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, Double)
]
WORK_LEFT = (
    "SELECT 'share', id FROM shares"
    " WHERE state = 'new' OR reply_due_at IS NOT NULL"
    " UNION ALL SELECT 'attachment', id FROM attachments"
    " WHERE state NOT IN ('done', 'failed', 'removed', 'held')"
    " UNION ALL SELECT 'comment', id FROM comments"
    " WHERE due_at IS NOT NULL"
)


class Bot(BotProcess):
    """`loadmaster run`, or another command, as a process; `lines` keeps its log."""

    def __init__(self, environment, folder, command="run", **options):
        super().__init__(environment, folder, **options)
        self._command = command

    def launch(self, environment, folder):
        return ForkedProcess(environment, folder, self._command)

    def start(self) -> "Bot":
        try:
            return super().start()
        except BotEnded as error:
            raise AssertionError(self.log) from error

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a health page."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@dataclass
class World:
    """Slack, Plane and store, with a bot between them."""

    folder: Path
    slack: SlackServer
    plane: PlaneServer
    store: StoreServer
    settings: dict[str, str] = field(default_factory=dict)
    socket_mode: bool = False
    bots: list[Bot] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """The ledger's file."""
        return self.folder / "loadmaster.db"

    @property
    def bot(self) -> Bot:
        """The bot that was started last."""
        return self.bots[-1]

    def start_bot(self, **settings: str) -> Bot:
        """Start a bot (again) on the same database and connect Slack to it."""
        self.settings |= settings
        return self.start_bot_with(self.environment())

    def start_bot_with(self, environment: dict[str, str]) -> Bot:
        """Start a bot with this environment and connect Slack to it."""
        bot = Bot(environment, self.folder)
        self.bots.append(bot)
        bot.start()
        if not self.socket_mode:
            self.slack.request_url = f"{bot.url}/slack/events"
        return bot

    def close(self) -> None:
        for bot in self.bots:
            bot.kill()

    def attached(self, key: str) -> list[tuple[str, str]]:
        """Return name and SHA-256 of what is on a work item in Plane, oldest first.

        A record whose bytes are not in the store has "nothing" for its SHA-256.
        """
        found = []
        for attachment in self.plane.state.attachments(key, uploaded_only=True):
            stored = self.plane.stored(attachment)
            found.append((attachment.name, stored.sha256 if stored else "nothing"))
        return found

    def linked(self, key: str) -> list[tuple[str | None, str]]:
        """Return title and URL of the links on a work item in Plane, oldest first."""
        return [(link.title, link.url) for link in self.plane.state.links(key)]

    def delete_in_plane(self, attachment) -> None:
        """Delete an attachment as somebody would in Plane."""
        item = f"projects/{attachment.project_id}/work-items/{attachment.work_item_id}"
        url = f"{self.plane.origin}/api/v1/workspaces/acme/{item}/attachments"
        key = {"X-API-Key": "plane_api_alice"}
        requests.delete(f"{url}/{attachment.id}/", headers=key, timeout=5)

    def half_made(self, key: str) -> list[str]:
        """Return the names of Plane's records whose upload was never completed."""
        records = self.plane.state.attachments(key, uploaded_only=False)
        return [each.name for each in records if not each.is_uploaded]

    def reply(self, message, *, timeout: float = 20.0) -> str:
        """Wait for the bot's finished reply to *message* and return its text."""

        def is_finished(reply) -> bool:
            return "\N{HOURGLASS WITH FLOWING SAND}" not in reply.text

        found = self.slack.wait_for_reply(
            message.channel_id,
            message.thread_ts or message.ts,
            is_finished,
            timeout=timeout,
        )
        return found.text

    def wait_for(self, message, text: str):
        """Wait for the reply to *message* that says *text*, and for all work's end."""
        root = message.thread_ts or message.ts
        found = self.slack.wait_for_reply(
            message.channel_id, root, lambda reply: text in reply.text, timeout=20
        )
        self.settle()
        return found

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until the bot's ledger has nothing left to do."""
        self.wait(lambda: not self._work_left(), timeout)

    def wait(self, is_so, timeout: float = 20.0) -> None:
        """Look again and again until *is_so*."""
        deadline = time.monotonic() + timeout
        while not is_so():
            assert time.monotonic() < deadline, self.bot.log
            threading.Event().wait(0.02)

    def grow_older(self, seconds: float) -> None:
        """Make everything that the ledger noted *seconds* older."""
        with contextlib.closing(sqlite3.connect(self.database)) as db, db:
            for table, column in AGING:
                db.execute(f"UPDATE {table} SET {column} = {column} - ?", (seconds,))

    def wait_for_socket(self) -> None:
        """Wait until the bot hears from Slack.

        A command that finds no socket is an error to its caller, and comes no more.
        """
        self.wait(lambda: self.slack.sockets.count or not self.socket_mode)

    @contextlib.contextmanager
    def locked_database(self):
        """Keep the bot from writing to its database meanwhile."""
        with contextlib.closing(
            sqlite3.connect(self.database, isolation_level=None)
        ) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")

    def _work_left(self) -> list[tuple[str, int]]:
        with contextlib.closing(
            sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        ) as db:
            return db.execute(WORK_LEFT).fetchall()

    def calls(self) -> list[str]:
        """Return the Web API methods that the bot called, but for its socket's."""
        methods = [call.method for call in self.slack.calls()]
        return [method for method in methods if method != "apps.connections.open"]

    def replies(self, message) -> list[str]:
        """Return the texts of all that the bot wrote in the message's thread."""
        root = message.thread_ts or message.ts
        return [
            each.text for each in self.slack.replies_by_bot(message.channel_id, root)
        ]

    def environment(self) -> dict[str, str]:
        """Return the environment that a bot of this world runs in."""
        given = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "PLANE_API_URL": self.plane.origin,
            "PLANE_APP_URL": "https://plane.example.com",
            "PLANE_API_KEY": "plane_api_alice",
            "PLANE_WORKSPACE": "acme",
            "PLANE_RATE_LIMIT": "100000",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        if self.socket_mode:
            given["SLACK_APP_TOKEN"] = self.slack.app_token
        else:
            given["SLACK_SIGNING_SECRET"] = self.slack.signing_secret
        return given | self.settings


@contextlib.contextmanager
def open_world(
    folder: Path,
    *,
    socket_mode=False,
    retry_delays=(0.0, 0.5, 1.0),
    plane_class=PlaneServer,
    store_class=StoreServer,
):
    """Start Slack, Plane and store; the test starts the bot."""
    with (
        store_class() as store,
        plane_class(store=store, rate_limit=None) as plane,
        SlackServer(retry_delays=retry_delays) as slack,
    ):
        world = World(folder, slack, plane, store, socket_mode=socket_mode)
        put_database(world.database)
        try:
            yield world
        finally:
            world.close()
