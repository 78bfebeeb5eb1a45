"""chat.*: post, edit and delete messages.

Source: docs.slack.dev/reference/methods/chat.postMessage, chat.update, chat.delete,
chat.postEphemeral and chat.getPermalink.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.block_kit.blocks import check_blocks
from bot.sandbox.slack.calls import ApiError, Call, RateLimited
from bot.sandbox.slack.composing import compose, read_metadata
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json, Message, message_json, permalink
from bot.sandbox.slack.methods.access import visible_channel, writable_channel
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import Method
from bot.sandbox.slack.workspace import Channel

#: "The text field cannot exceed 4,000 characters": chat.update refuses where
#: chat.postMessage does not (docs.slack.dev/reference/methods/chat.update; measured in
#: pymc-labs/daimon PR 106 and NousResearch/hermes-agent PR 111336).
LONGEST_EDIT = 4_000


class Chat:
    """The methods of chat.*; *pace* is the shortest time between two posts."""

    def __init__(self, state: State, events: Events) -> None:
        #: Seconds between two posts in one channel; about 1 at Slack, None for no limit
        #: (docs.slack.dev/apis/web-api/rate-limits).
        self.pace: float | None = None
        self._state = state
        self._events = events
        self._posted_at: dict[str, float] = {}

    def methods(self) -> Mapping[str, Method]:
        """Name the methods."""
        return {
            "chat.postMessage": self.post_message,
            "chat.update": self.update,
            "chat.delete": self.delete,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.getPermalink": self.get_permalink,
        }

    def post_message(self, call: Call) -> Json:
        """Post a message as the bot."""
        with self._state.lock():
            channel = writable_channel(self._state, call)
            self._keep_pace(channel)
            message = compose(self._state, call, channel.id)
            self._thread(call, message)
            message.metadata = read_metadata(call)
            self._state.add(message)
        self._events.posted(message)
        return {
            "channel": channel.id,
            "ts": message.ts,
            "message": self._show(message),
        }

    def update(self, call: Call) -> Json:
        """Edit one of the bot's messages."""
        with self._state.lock():
            channel = visible_channel(self._state, call)
            if channel.is_archived:
                raise ApiError("is_inactive")
            message = self._own(channel, call, "cant_update_message")
            before = self._events.snapshot(message)
            self._edit(call, message)
        self._events.changed(message, before)
        return {
            "channel": channel.id,
            "ts": message.ts,
            "text": message.text,
            "message": self._show(message),
        }

    def delete(self, call: Call) -> Json:
        """Delete one of the bot's messages."""
        with self._state.lock():
            channel = visible_channel(self._state, call)
            message = self._own(channel, call, "cant_delete_message")
            before = self._events.snapshot(message)
            self._state.remove(message)
        self._events.deleted(message, before)
        return {"channel": channel.id, "ts": message.ts}

    def post_ephemeral(self, call: Call) -> Json:
        """Show a message to one person; it is in no history."""
        with self._state.lock():
            channel = writable_channel(self._state, call)
            user = call.text("user")
            if user not in channel.members:
                raise ApiError("user_not_in_channel")
            message = compose(self._state, call, channel.id)
            message.thread_ts = call.text("thread_ts") or None
            self._state.add_ephemeral(message, user)
        return {"message_ts": message.ts}

    def get_permalink(self, call: Call) -> Json:
        """Return the link to a message."""
        channel = visible_channel(self._state, call)
        message = self._state.message(channel.id, call.text("message_ts"))
        if message is None:
            raise ApiError("message_not_found")
        return {"channel": channel.id, "permalink": permalink(message)}

    def _thread(self, call: Call, message: Message) -> None:
        ts = call.text("thread_ts")
        if not ts:
            return
        # The ts of a reply is taken as it is and the message is then in no thread that
        # anyone sees: "Avoid using a reply's ts value; use its parent instead."
        if self._state.message(message.channel_id, ts) is None:
            raise ApiError("thread_not_found")
        message.thread_ts = ts
        if call.flag("reply_broadcast"):
            message.subtype = "thread_broadcast"

    def _edit(self, call: Call, message: Message) -> None:
        given = {name: call.json(name) for name in ("blocks", "attachments")}
        text, metadata = call.args.get("text"), call.json("metadata")
        if text is None and all(value is None for value in given.values()):
            raise ApiError("no_text")
        if len(call.text("text")) > LONGEST_EDIT:
            raise ApiError("msg_too_long")
        blocks = check_blocks(given["blocks"], self._state.next_id)
        if metadata is not None:  # what is not sent stays, {} removes it
            message.metadata = read_metadata(call)
        if given["attachments"] is not None:
            message.attachments = given["attachments"]
        self._rewrite(message, text, blocks, keeps_blocks=given["blocks"] is None)

    def _rewrite(
        self, message: Message, text: Any, blocks: list[Json], *, keeps_blocks: bool
    ) -> None:
        # "Previous blocks will only be retained if the text argument is not provided";
        # "if blocks are used, the edited flag will not be displayed".
        if text is not None or not keeps_blocks:
            message.blocks = blocks
        if text is not None:
            message.text = str(text)
        if not blocks:
            user, ts = self._state.bot_user, self._state.next_ts()
            message.edited = {"user": user, "ts": ts}
        message.remember(self._state.clock())

    def _own(self, channel: Channel, call: Call, otherwise: str) -> Message:
        message = self._state.message(channel.id, call.text("ts"))
        if message is None:
            raise ApiError("message_not_found")
        if message.bot_id != self._state.bot_id:
            raise ApiError(otherwise)
        return message

    def _keep_pace(self, channel: Channel) -> None:
        now = self._state.clock()
        last = self._posted_at.get(channel.id, float("-inf"))
        if self.pace is not None and now - last < self.pace:
            raise RateLimited(max(1, round(self.pace)))
        self._posted_at[channel.id] = now

    def _show(self, message: Message) -> Json:
        return message_json(message, self._events.show_file, metadata=True)
