"""What stands in Slack's conversations: messages with their files, threads, latest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

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
    """A message as it stands in a conversation now."""

    ts: str
    thread_ts: str
    user_id: str
    team_id: str | None
    text: str
    files: tuple[SharedFile, ...]
    is_by_bot: bool


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
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = call(
                self._reader.conversations_replies,
                channel=channel_id,
                ts=ts,
                latest=until,
                inclusive=True,
                limit=_PER_PAGE,
                cursor=cursor,
            )
            yield from _parse(answer)
            cursor = next_cursor(answer)
            if not cursor:
                return

    def read_latest(self, channel_id: str, *, since: float) -> Iterator[WrittenMessage]:
        """Yield the messages since *since* (epoch seconds), newest first."""
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = call(
                self._reader.conversations_history,
                channel=channel_id,
                oldest=f"{since:.6f}",
                limit=_PER_PAGE,
                cursor=cursor,
            )
            yield from _parse(answer)
            cursor = next_cursor(answer)
            if not cursor:
                return

    def find_posting(self, channel_id: str, file_id: str) -> str | None:
        """Return the ts of the message that shared a file here; None without one."""
        try:
            file = call(self._reader.files_info, file=file_id).get("file")
        except SlackRejected:
            return None
        shares = file.get("shares") if isinstance(file, Mapping) else None
        for kind in ("public", "private"):
            for posting in _postings(shares, kind, channel_id):
                if isinstance(posting, Mapping) and isinstance(posting.get("ts"), str):
                    return str(posting["ts"])
        return None

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


def _postings(shares: object, kind: str, channel_id: str) -> list[object]:
    channels = shares.get(kind) if isinstance(shares, Mapping) else None
    postings = channels.get(channel_id) if isinstance(channels, Mapping) else None
    return postings if isinstance(postings, list) else []


def _parse(answer: Mapping[str, Any]) -> list[WrittenMessage]:
    return [message for each in read_messages(answer) if (message := _parse_one(each))]


def _parse_one(raw: Mapping[str, Any]) -> WrittenMessage | None:
    try:
        ts, user_id = read_ts(raw.get("ts")), read_text(raw, "user")
        return WrittenMessage(
            ts=ts,
            thread_ts=read_ts(raw.get("thread_ts") or ts),
            user_id=user_id,
            team_id=read_text(raw, "user_team") or read_text(raw, "team") or None,
            text=read_text(raw, "text"),
            files=parse_files(raw.get("files") or [], shared_by=user_id or None),
            is_by_bot=bool(raw.get("bot_id")),
        )
    except MalformedEvent:
        return None  # one of another kind, of which there are many
