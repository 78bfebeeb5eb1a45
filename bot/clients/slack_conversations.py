"""What stands in Slack's conversations: messages with their files, threads, latest."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.clients.slack_calls import call, next_cursor, read_messages
from bot.domain.envelopes import read_text, read_ts
from bot.domain.files import SharedFile
from bot.domain.shares import parse_files
from bot.errors import (
    MalformedEvent,
    SlackRejected,
    SlackScopeMissing,
    SlackUnavailable,
)

# Some apps get no more than 15 messages a call (docs.slack.dev/changelog, 2025-05-29).
_PER_PAGE = 15
#: Threads and histories are read no further than this many pages.
_MOST_PAGES = 40


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message as it stands in a conversation now.

    *latest_reply* is the ts of the last message in the thread below it, if there is one
    (docs.slack.dev/messaging/retrieving-messages).
    """

    ts: str
    thread_ts: str
    user_id: str
    team_id: str | None
    text: str
    files: tuple[SharedFile, ...]
    is_by_bot: bool
    latest_reply: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """Where a file was shared; *is_open* if everyone of the workspace can see that."""

    channel_id: str
    ts: str
    is_open: bool


class SlackConversations:
    """Reads conversations that the bot is a member of."""

    def __init__(self, reader: WebClient) -> None:
        self._reader = reader

    def find_message(self, channel_id: str, ts: str) -> WrittenMessage | None:
        """Return the message *ts*, in a thread or not; None where there is none.

        conversations.replies gives a reply too, conversations.history does not and
        hands out an older message instead (bolt-python#783): its ts is compared.
        """
        try:
            answer = call(
                self._reader.conversations_replies, channel=channel_id, ts=ts, limit=1
            )
        except SlackRejected as problem:
            if problem.error in ("thread_not_found", "message_not_found"):
                return None
            raise
        found = [message for message in _parse(answer) if message.ts == ts]
        return found[0] if found else None

    def read_thread(
        self, channel_id: str, ts: str, *, until: str
    ) -> Iterator[WrittenMessage]:
        """Yield the messages of a thread, oldest first, up to the message *until*."""
        read = self._reader.conversations_replies
        span = {"latest": until, "inclusive": True}
        return _read(read, channel=channel_id, ts=ts, **span)

    def read_replies(
        self, channel_id: str, ts: str, *, since: float
    ) -> Iterator[WrittenMessage]:
        """Yield a thread's root and its replies since *since* (epoch seconds)."""
        read = self._reader.conversations_replies
        return _read(read, channel=channel_id, ts=ts, oldest=_print_time(since))

    def read_latest(self, channel_id: str, *, since: float) -> Iterator[WrittenMessage]:
        """Yield the messages since *since* (epoch seconds), newest first."""
        read = self._reader.conversations_history
        return _read(read, channel=channel_id, oldest=_print_time(since))

    def read_earlier(
        self, channel_id: str, *, before: float
    ) -> Iterator[WrittenMessage]:
        """Yield the messages before *before* (epoch seconds), newest first."""
        read = self._reader.conversations_history
        return _read(read, channel=channel_id, latest=_print_time(before))

    def find_postings(self, file_id: str) -> tuple[Posting, ...]:
        """Return where a file was shared; nowhere if the bot does not see it."""
        try:
            file = call(self._reader.files_info, file=file_id).get("file")
        except SlackRejected:
            return ()
        shares = file.get("shares") if isinstance(file, Mapping) else None
        return tuple(_postings(shares, "public")) + tuple(_postings(shares, "private"))

    def open_direct(self, user_id: str) -> str:
        """Return the id of the direct messages with a person, opened if need be."""
        channel = call(self._reader.conversations_open, users=[user_id]).get("channel")
        channel_id = channel.get("id") if isinstance(channel, Mapping) else None
        if not isinstance(channel_id, str):
            raise SlackUnavailable
        return channel_id

    def is_public(self, channel_id: str) -> bool:
        """Whether everyone of the workspace may read the conversation.

        Of others than public channels the bot's scopes tell nothing.
        """
        try:
            answer = call(self._reader.conversations_info, channel=channel_id)
        except (SlackRejected, SlackScopeMissing):
            return False
        channel = answer.get("channel")
        return isinstance(channel, Mapping) and channel.get("is_private") is False


def _read(
    method: Callable[..., SlackResponse], **span: Any
) -> Iterator[WrittenMessage]:
    """Read page by page, each only when it is asked for."""
    cursor = ""
    for _ in range(_MOST_PAGES):
        answer = call(method, **span, limit=_PER_PAGE, cursor=cursor)
        yield from _parse(answer)
        cursor = next_cursor(answer)
        if not cursor:
            return


def _print_time(seconds: float) -> str:
    return f"{seconds:.6f}"


def _postings(shares: object, kind: str) -> Iterator[Posting]:
    """Read one half of `shares` (docs.slack.dev/reference/objects/file-object)."""
    channels = shares.get(kind) if isinstance(shares, Mapping) else None
    for channel_id, postings in _items(channels):
        for each in postings if isinstance(postings, list) else []:
            if isinstance(each, Mapping) and isinstance(each.get("ts"), str):
                yield Posting(str(channel_id), each["ts"], kind == "public")


def _items(raw: object) -> list[tuple[Any, Any]]:
    return list(raw.items()) if isinstance(raw, Mapping) else []


def _parse(answer: Mapping[str, Any]) -> list[WrittenMessage]:
    return [message for each in read_messages(answer) if (message := _parse_one(each))]


def _parse_one(raw: Mapping[str, Any]) -> WrittenMessage | None:
    try:
        ts, user_id = read_ts(raw.get("ts")), read_text(raw, "user")
        latest_reply = raw.get("latest_reply")
        return WrittenMessage(
            ts=ts,
            thread_ts=read_ts(raw.get("thread_ts") or ts),
            user_id=user_id,
            team_id=read_text(raw, "user_team") or read_text(raw, "team") or None,
            text=read_text(raw, "text"),
            files=parse_files(raw.get("files") or [], shared_by=user_id or None),
            is_by_bot=bool(raw.get("bot_id")),
            latest_reply=read_ts(latest_reply) if latest_reply else None,
        )
    except MalformedEvent:
        return None  # one of another kind, of which there are many
