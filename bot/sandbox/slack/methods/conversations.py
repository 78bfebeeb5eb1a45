"""conversations.*: read threads and channels.

Source: docs.slack.dev/reference/methods/conversations.replies, conversations.history,
conversations.info, conversations.join, conversations.members and conversations.open.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence

from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json, Message, message_json
from bot.sandbox.slack.methods.access import (
    readable_channel,
    scoped_channel,
    visible_channel,
)
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import Method


class Conversations:
    """The methods of conversations.*."""

    def __init__(self, state: State, events: Events) -> None:
        #: The most messages in one answer; 15 for new apps that are distributed but not
        #: in Slack's Marketplace (docs.slack.dev/changelog/2025/05/29).
        self.most_messages = 1000
        self._state = state
        self._events = events

    def methods(self) -> Mapping[str, Method]:
        """Name the methods."""
        return {
            "conversations.replies": self.replies,
            "conversations.history": self.history,
            "conversations.info": self.info,
            "conversations.join": self.join,
            "conversations.members": self.members,
            "conversations.open": self.open,
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

    def members(self, call: Call) -> Json:
        """Return the ids of a channel's members."""
        with self._state.lock():
            found = sorted(scoped_channel(self._state, call, "read").members)
        start = _read_cursor(call.text("cursor"))
        end = start + max(1, min(call.number("limit", 100), 1000))
        cursor = _write_cursor(end) if end < len(found) else ""
        metadata = {"next_cursor": cursor}
        return {"members": found[start:end], "response_metadata": metadata}

    def open(self, call: Call) -> Json:
        """Return the direct messages with a person."""
        users = [each for each in call.text("users").split(",") if each]
        if call.text("channel"):
            return {"channel": {"id": visible_channel(self._state, call).id}}
        if len(users) != 1:
            # Slack makes a group of several; the sandbox has one group for all.
            raise ApiError("users_list_not_supplied" if not users else "not_supported")
        user = self._state.users.get(users[0])
        if user is None or user.deleted:
            raise ApiError("user_not_found" if user is None else "user_disabled")
        return {"channel": {"id": self._state.direct(user.id).id}}

    def _page(self, call: Call, found: Sequence[Message], *, default: int) -> Json:
        start = _read_cursor(call.text("cursor"))
        limit = min(call.number("limit", default), self.most_messages)
        end = start + max(1, limit)
        more = end < len(found)
        page = {
            "messages": [self._show(call, each) for each in found[start:end]],
            "has_more": more,
        }
        if more:
            page["response_metadata"] = {"next_cursor": _write_cursor(end)}
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


def _write_cursor(end: int) -> str:
    return base64.b64encode(f"next:{end}".encode()).decode()


def _read_cursor(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:") or 0)
    except (binascii.Error, ValueError):
        raise ApiError("invalid_cursor") from None
