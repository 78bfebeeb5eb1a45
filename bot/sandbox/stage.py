"""What a trial plays on: a Slack, a Plane with its store, and the bot between them."""

import contextlib
import functools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.bot_process import BotEnded, BotProcess, clean_environment
from bot.sandbox.local_file import Offer
from bot.sandbox.mrkdwn import from_plain
from bot.sandbox.plane import Attachment, PlaneServer, WorkItem
from bot.sandbox.slack import File, Message, SlackServer
from bot.sandbox.store import StoreServer

#: The bot's mark on a line about a file that is still on its way.
_OPEN = "\N{HOURGLASS WITH FLOWING SAND}"


@dataclass(frozen=True, slots=True)
class Stage:
    """The running servers, and the bot."""

    slack: SlackServer
    plane: PlaneServer
    bot: BotProcess

    def raise_curtain(self) -> None:
        """Start the bot and let Slack deliver to it.

        Raises:
            BotEnded: it does not start.
        """
        self.bot.start()
        self.slack.request_url = f"{self.bot.url}/slack/events"

    def share(self, offers: Sequence[Offer], text: str) -> Message:
        """Share the offered files in one message; *text* is as a person types it."""
        files = [
            self.slack.add_file(
                name=offer.name, content=offer.content, mimetype=offer.mimetype
            )
            for offer in offers
        ]
        return self.slack.share(files, text=from_plain(text))

    def wait_for_answer(
        self, message: Message, *, first: float, further: float
    ) -> str | None:
        """Return what the bot says below *message* in the end, None if it does not.

        The *first* word may take that many seconds, and each *further* one.

        Raises:
            BotEnded: it ended instead.
        """
        heard, patience = "", first
        while True:
            look = functools.partial(self._news, message, heard)
            words = self.slack.state.wait_for(look, patience)
            if words is None or _OPEN not in words:
                return words
            heard, patience = words, further

    def work_items(self) -> dict[str, WorkItem]:
        """Return every work item that Plane shows, by key."""
        state = self.plane.state
        projects = state.projects.where(lambda row: not row.archived)
        identifiers = {row.id: row.identifier for row in projects}
        rows = state.work_items.where(
            lambda row: (
                row.project_id in identifiers
                and not (row.archived or row.draft or row.triage)
            )
        )
        return {f"{identifiers[row.project_id]}-{row.sequence_id}": row for row in rows}

    def attachments_of(self, key: str, file: File) -> list[Attachment]:
        """Return the finished attachments on a work item that *file* became."""
        found = self.plane.state.attachments(key, uploaded_only=True)
        return [each for each in found if each.external_id == file.id]

    def destinations(self, message: Message) -> list[str]:
        """Return the keys of the work items that the message's files are on."""
        return [
            key
            for key in self.work_items()
            if any(self.attachments_of(key, file) for file in message.files)
        ]

    def _news(self, message: Message, heard: str) -> str | None:
        root = message.thread_ts or message.ts
        replies = self.slack.replies_by_bot(message.channel_id, root)
        words = "\n".join(reply.text for reply in replies)
        if words and words != heard:
            return words
        if not self.bot.is_running:
            raise BotEnded("Loadmaster has ended")
        return None


@contextlib.contextmanager
def open_stage(environment: Mapping[str, str]) -> Iterator[Stage]:
    """Start the servers; the bot is not started yet, but ended when this is left."""
    with (
        tempfile.TemporaryDirectory(prefix="loadmaster-") as folder,
        StoreServer() as store,
        PlaneServer(store=store, rate_limit=None) as plane,
        SlackServer() as slack,
    ):
        # A .env file is looked for in the parent folders too, up to the first.
        (Path(folder) / ".env").touch()
        settings = _settings(slack, plane, folder)
        bot = BotProcess(
            clean_environment(environment) | settings,
            Path(folder),
            on_end=lambda: _wake(slack),
        )
        try:
            yield Stage(slack, plane, bot)
        finally:
            bot.stop()


def _settings(slack: SlackServer, plane: PlaneServer, folder: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "PLANE_API_URL": plane.origin,
        "PLANE_APP_URL": plane.origin,
        "PLANE_API_KEY": "plane_api_alice",
        "PLANE_WORKSPACE": plane.state.workspace,
        "PLANE_RATE_LIMIT": "100000",
        "DATABASE_URL": f"sqlite:///{folder}/loadmaster.db",
        "HOST": "127.0.0.1",
        "PORT": "0",
    }


def _wake(slack: SlackServer) -> None:
    with slack.state.lock():
        """Whoever waits for Slack looks again."""
