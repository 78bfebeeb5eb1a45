"""conversations.*: read threads and channels.

Source: docs.slack.dev/reference/methods/conversations.replies, conversations.history,
conversations.info and conversations.join.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence

from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json, Message, message_json
from bot.sandbox.slack.methods.access import readable_channel, scoped_channel
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import Method


class Conversations:
    """The methods of conversations.*."""

    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def methods(self) -> Mapping[str, Method]:
        """Name the methods."""
        return {
            "conversations.replies": self.replies,
            "conversations.history": self.history,
            "conversations.info": self.info,
            "conversations.join": self.join,
        }

    def replies(self, call: Call) -> Json:
        """Return a thread, its parent first; for a reply's ts just that reply.

        The latter is from a maintainer in slackapi/bolt-python issue 783.
        """
        with self._state.lock():
            channel = readable_channel(self._state, call)
            message = self._state.message(channel.id, call.text("ts"))
            if message is None:
                raise ApiError("thread_not_found")
            below = self._state.replies(channel.id, message.ts)
            chosen = [each for each in below if _within(call, each)]
            return self._page(call, [message, *chosen], default=1000)

    def history(self, call: Call) -> Json:
        """Return a channel's messages, newest first, without replies in threads."""
        with self._state.lock():
            channel = readable_channel(self._state, call)
            chosen = [
                each
                for each in reversed(self._state.messages(channel.id))
                if _in_channel(each) and _within(call, each)
            ]
            return self._page(call, chosen, default=100)

    def info(self, call: Call) -> Json:
        """Return what is known of a channel."""
        return {"channel": scoped_channel(self._state, call, "read").as_json()}

    def join(self, call: Call) -> Json:
        """Make the bot a member of a public channel."""
        with self._state.lock():
            channel = self._state.channels.get(call.text("channel"))
            if channel is None or channel.kind == "group":
                raise ApiError("channel_not_found")
            if channel.kind != "channel":
                raise ApiError("method_not_supported_for_channel_type")
            if channel.is_archived:
                raise ApiError("is_archived")
            known = channel.has_bot
            channel.members.add(self._state.bot_user)
        warning = {"warning": "already_in_channel"} if known else {}
        return {"channel": channel.as_json(), **warning}

    def _page(self, call: Call, found: Sequence[Message], *, default: int) -> Json:
        start = _read_cursor(call.text("cursor"))
        end = start + max(1, min(call.number("limit", default), 1000))
        more = end < len(found)
        page = {
            "messages": [self._show(call, each) for each in found[start:end]],
            "has_more": more,
        }
        if more:
            cursor = base64.b64encode(f"next:{end}".encode()).decode()
            page["response_metadata"] = {"next_cursor": cursor}
        return page

    def _show(self, call: Call, message: Message) -> Json:
        metadata = call.flag("include_all_metadata")
        shown = message_json(message, self._events.show_file, metadata=metadata)
        return {**shown, **self._state.thread_fields(message)}


def _in_channel(message: Message) -> bool:
    return not message.is_reply or message.subtype == "thread_broadcast"


def _within(call: Call, message: Message) -> bool:
    inclusive = call.flag("inclusive")
    oldest, latest = call.text("oldest"), call.text("latest")
    ts = float(message.ts)
    after = not oldest or float(oldest) < ts or (inclusive and oldest == message.ts)
    before = not latest or ts < float(latest) or (inclusive and latest == message.ts)
    return after and before


def _read_cursor(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:") or 0)
    except (binascii.Error, ValueError):
        raise ApiError("invalid_cursor") from None
