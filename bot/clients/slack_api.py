"""Slack's Web API, as far as it is needed: values out, or a typed error."""

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from bot.clients.slack_calls import (
    call,
    next_cursor,
    read_messages,
    unclear_seconds,
)
from bot.domain.files import SharedFile, parse_file
from bot.errors import (
    FileDeleted,
    FileInvisible,
    MalformedEvent,
    SlackRejected,
    SlackUnavailable,
)

#: Marks the bot's replies, with what they answer in `event_payload`.
REPLY_EVENT = "loadmaster_reply"

# History and replies may be limited to 15 messages a call (docs.slack.dev/changelog,
# 2025-05-29).
_REPLIES_PER_PAGE = 15

Blocks = Sequence[Mapping[str, Any]]


class SlackApi:
    """Looks files up, and writes the bot's messages."""

    def __init__(self, *, reader: WebClient, writer: WebClient) -> None:
        self._reader = reader
        self._writer = writer

    def get_file(self, file_id: str) -> SharedFile:
        """Return what files.info tells about a file.

        Raises:
            FileDeleted: it is gone.
            FileInvisible: the bot may not see it.
        """
        try:
            answer = call(self._reader.files_info, file=file_id)
            return parse_file(answer.get("file"))
        except SlackRejected as problem:
            if problem.error in ("file_deleted", "file_not_found"):
                raise FileDeleted from problem
            if problem.error in ("access_denied", "not_visible"):
                raise FileInvisible from problem
            raise
        except MalformedEvent as error:
            raise SlackUnavailable from error

    def post_reply(
        self,
        *,
        channel_id: str,
        thread_ts: str | None,
        text: str,
        blocks: Blocks,
        marker: str,
    ) -> str:
        """Post a message, in the thread if there is one, and return its ts.

        *marker* is what `find_reply` finds the message by.

        Raises:
            SlackUnavailable: whether it was posted is not known, nor before its
                *retry_after* is over.
        """
        metadata = {"event_type": REPLY_EVENT, "event_payload": {"share": marker}}
        with _in_doubt():
            answer = call(
                self._writer.chat_postMessage,
                channel=channel_id,
                thread_ts=thread_ts,
                text=text,
                blocks=blocks,
                unfurl_links=False,
                unfurl_media=False,
                metadata=metadata,
            )
        return _text(answer, "ts")

    def edit_reply(
        self, *, channel_id: str, ts: str, text: str, blocks: Blocks
    ) -> None:
        """Replace what a message of the bot's says.

        Raises:
            SlackUnavailable: whether it was is not known, nor before its *retry_after*
                is over; the next edit would come before this one.
        """
        with _in_doubt():
            call(
                self._writer.chat_update,
                channel=channel_id,
                ts=ts,
                text=text,
                blocks=blocks,
            )

    def tell_privately(
        self,
        *,
        channel_id: str,
        user_id: str,
        text: str,
        blocks: Blocks | None = None,
        thread_ts: str | None = None,
    ) -> None:
        """Show *text* in the conversation, or in a thread of it, to one person only.

        A thread without a visible reply shows it to nobody, and who is not at Slack
        just then may never see it (docs.slack.dev/reference/methods/
        chat.postEphemeral).

        Raises:
            SlackRejected: it cannot be shown to that person there.
        """
        call(
            self._writer.chat_postEphemeral,
            channel=channel_id,
            user=user_id,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
        )

    def write_to(self, user_id: str, text: str) -> None:
        """Write *text* to a person in their direct messages with the bot.

        Their id stands for that conversation, which is opened if need be
        (docs.slack.dev/reference/methods/chat.postMessage).
        """
        call(self._writer.chat_postMessage, channel=user_id, text=text)

    def find_reply(
        self, *, channel_id: str, thread_ts: str | None, after: str, marker: str
    ) -> str | None:
        """Return the ts of the bot's reply with *marker*; None where it has none.

        It is looked for in the thread, else among all messages of the conversation,
        later than the ts *after*.
        """
        read = (
            functools.partial(self._reader.conversations_replies, ts=thread_ts)
            if thread_ts
            else self._reader.conversations_history
        )
        own_id = _text(call(self._reader.auth_test), "user_id")
        cursor = ""
        while True:
            answer = call(
                read,
                channel=channel_id,
                oldest=after,
                limit=_REPLIES_PER_PAGE,
                include_all_metadata=True,
                cursor=cursor,
            )
            for message in read_messages(answer):
                if message.get("user") == own_id and _marker(message) == marker:
                    return str(message.get("ts"))
            cursor = next_cursor(answer)
            if not cursor:
                return None


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise SlackUnavailable
    return value


@contextlib.contextmanager
def _in_doubt() -> Iterator[None]:
    """Have what may be on its way still given time to come to something."""
    try:
        yield
    except SlackUnavailable as problem:
        wait = max(problem.retry_after or 0.0, unclear_seconds(problem))
        raise SlackUnavailable(retry_after=wait or None) from problem


def _marker(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != REPLY_EVENT:
        return None
    payload = metadata.get("event_payload")
    return payload.get("share") if isinstance(payload, Mapping) else None
