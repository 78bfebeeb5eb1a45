"""What a trial plays on: a Slack, a Plane with its store, and the bot between them."""

import contextlib
import functools
import html
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox import wire
from bot.sandbox.bot_process import BotEnded, BotProcess, clean_environment
from bot.sandbox.local_file import Offer
from bot.sandbox.mrkdwn import from_plain
from bot.sandbox.plane import Attachment, PlaneServer, WorkItem
from bot.sandbox.sights import News, Sight, look_around
from bot.sandbox.slack import File, Message, SlackServer
from bot.sandbox.store import StoreServer

#: The bot's.
PLANE_API_KEY = "plane_api_alice"

#: How long nothing happens after an answer before it counts as the whole of it.
_CALM_SECONDS = 0.3
#: The same after what only one person was told: that may be the promise of an answer.
_PROMISE_SECONDS = 1.0
#: A comment follows the answer soon, if it comes at all.
_COMMENT_SECONDS = 5.0
_LOOK_SECONDS = 0.02


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
        self.slack.state.touch()  # whoever watches sees that it runs

    def share(
        self,
        offers: Sequence[Offer],
        text: str,
        *,
        channel: str = "CGENERAL",
    ) -> Message:
        """Share the offered files in one message; *text* is as a person types it."""
        files = [self.upload(offer) for offer in offers]
        return self.slack.share(files, text=from_plain(text), channel=channel)

    def upload(self, offer: Offer) -> File:
        """Upload one file without sharing it yet."""
        return self.slack.add_file(
            name=offer.name, content=offer.content, mimetype=offer.mimetype
        )

    def hear_out(self, before: Sight, *, first: float, further: float) -> Sight:
        """Return what there is to see once the bot has no more to say since *before*.

        It may take *first* seconds to begin, and *further* ones from word to word
        while it tells, or its calls show, that it is at work.

        Raises:
            BotEnded: it ended instead.
        """
        seen, patience, end = before, first, time.monotonic() + max(first, further)
        while True:
            calls = self._count_calls()
            look = functools.partial(self._see_other_than, seen)
            now = self.slack.state.wait_for(look, patience)
            if now is not None:
                seen, end = now, time.monotonic() + further
            elif time.monotonic() > end or not self._is_busy(calls):
                return seen
            patience = _patience(seen.news_since(before), further)

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

    def contents(self) -> Mapping[str, Sequence[str]]:
        """Return what hangs on each work item, by key, so that changes show."""
        state = self.plane.state
        return {
            key: [
                *(each.id for each in state.attachments(key, uploaded_only=True)),
                *(f"{each.id} {each.html}" for each in state.comments(key)),
                *(each.id for each in state.links(key)),
            ]
            for key in self.work_items()
        }

    def wait_for_comments(self, message: Message) -> None:
        """Wait a little until every work item with its files tells of *message*."""
        deadline = time.monotonic() + _COMMENT_SECONDS
        keys = self.destinations(message)
        while not all(self._tells_of(message, key) for key in keys):
            if time.monotonic() > deadline or not self.bot.is_running:
                return
            time.sleep(_LOOK_SECONDS)

    def _tells_of(self, message: Message, key: str) -> bool:
        link = self.slack.link(message)
        comments = self.plane.state.comments(key)
        return any(link in html.unescape(each.html) for each in comments)

    def _see_other_than(self, seen: Sight) -> Sight | None:
        now = look_around(self.slack, watched=seen.watched)
        if now != seen:
            return now
        if not self.bot.is_running:
            raise BotEnded("Loadmaster has ended")
        return None

    def _count_calls(self) -> int:
        return sum(server.begun for server in self._servers())

    def _is_busy(self, calls: int) -> bool:
        """Tell whether the bot made calls since *calls*, or waits for an answer."""
        waits = any(server.pending for server in self._servers())
        return waits or calls != self._count_calls()

    def _servers(self) -> tuple[wire.Server, ...]:
        return self.slack.wire, self.plane.server, self.plane.store.server


def _patience(news: News, further: float) -> float:
    if news.is_open:
        return further
    return _CALM_SECONDS if news.is_answer else _PROMISE_SECONDS


@contextlib.contextmanager
def open_stage(
    environment: Mapping[str, str],
    *,
    rate_limit: int | None = None,
    process: type[BotProcess] = BotProcess,
) -> Iterator[Stage]:
    """Start the servers; the bot is not started yet, but ended when this is left.

    *rate_limit* is how many calls a minute Plane takes, None for any number.
    """
    with (
        tempfile.TemporaryDirectory(prefix="loadmaster-") as folder,
        StoreServer() as store,
        PlaneServer(store=store, rate_limit=rate_limit) as plane,
        SlackServer() as slack,
    ):
        # A .env file is looked for in the parent folders too, up to the first.
        (Path(folder) / ".env").touch()
        settings = _settings(slack, plane, folder)
        bot = process(
            clean_environment(environment) | settings,
            Path(folder),
            on_end=slack.state.touch,
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
        "PLANE_API_KEY": PLANE_API_KEY,
        "PLANE_WORKSPACE": plane.state.workspace,
        "PLANE_RATE_LIMIT": str(plane.rate_limit or 100_000),
        "DATABASE_URL": f"sqlite:///{folder}/loadmaster.db",
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
