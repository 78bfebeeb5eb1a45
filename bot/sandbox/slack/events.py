"""Turn what happens in the workspace into events and envelopes, and hand them on.

Source: docs.slack.dev/apis/events-api (envelope) and /reference/events/message.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.files import File, connect_stub, file_json, tombstone
from bot.sandbox.slack.messages import Json, Message, message_json
from bot.sandbox.slack.state import State

FIRST_SUBSCRIPTIONS = frozenset(
    {
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "app_home_opened",
    }
)

Deliver = Callable[[Json], Delivery]


class Events:
    """Publishes events; only those subscribed to, from channels that the bot is in."""

    def __init__(
        self, state: State, deliver: Deliver, origin: Callable[[], str]
    ) -> None:
        self.subscriptions: set[str] = set(FIRST_SUBSCRIPTIONS)
        self._state = state
        self._deliver = deliver
        self._origin = origin

    def publish(self, event: Json, *, channel_id: str | None = None) -> Delivery | None:
        """Deliver *event* if the app would get it; return the delivery or None."""
        channel = self._state.channels.get(channel_id or "")
        if channel is not None and not channel.has_bot:
            return None
        prefix = channel.scope_prefix if channel else "channels"
        name = event["type"]
        wanted = f"message.{prefix}" if name == "message" else name
        if wanted not in self.subscriptions:
            return None
        return self._deliver(self.envelope(event, channel_id=channel_id))

    def envelope(self, event: Json, *, channel_id: str | None = None) -> Json:
        """Wrap *event* under a new event id."""
        state = self._state
        channel = state.channels.get(channel_id or "")
        return {
            "token": "deprecated",
            "team_id": state.team_id,
            "context_team_id": state.team_id,
            "context_enterprise_id": None,
            "api_app_id": state.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": state.next_id("Ev"),
            "event_time": int(state.clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": state.team_id,
                    "user_id": state.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": f"4-{uuid.uuid4().hex}",
        }

    def show_file(self, file: File) -> Json:
        """Build the full object of *file*."""
        return file_json(file, self._origin())

    def snapshot(self, message: Message) -> Json:
        """Build *message* as an event shows it now: without its metadata."""
        channel = self._state.channels[message.channel_id]
        with self._state.lock():
            show = self._stub if channel.is_ext_shared else self.show_file
            return message_json(message, show)

    def posted(self, message: Message) -> Delivery | None:
        """Publish that *message* was posted, and that its files were shared."""
        event = self.posted_event(message)
        delivery = self.publish(event, channel_id=message.channel_id)
        self._mentioned(message, event)
        for file in message.files:
            self._file_shared(message, file)
        return delivery

    def posted_event(self, message: Message) -> Json:
        """Build the event that announces *message*."""
        channel = self._state.channels[message.channel_id]
        parent = self._state.thread_fields(message) if message.is_reply else {}
        return {
            **parent,
            **self._root(message),
            **self.snapshot(message),
            "channel": channel.id,
            "channel_type": channel.kind,
            "event_ts": message.ts,
        }

    def changed(self, message: Message, previous: Mapping[str, Any]) -> Delivery | None:
        """Publish message_changed; *previous* is an earlier snapshot.

        Source: docs.slack.dev/reference/events/message/message_changed.
        """
        ts = self._state.next_ts()
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "message": self.snapshot(message),
            "previous_message": previous,
            **self._hidden(message, ts),
        }
        return self.publish(event, channel_id=message.channel_id)

    def deleted(self, message: Message, previous: Mapping[str, Any]) -> Delivery | None:
        """Publish message_deleted.

        Source: docs.slack.dev/reference/events/message/message_deleted.
        """
        ts = self._state.next_ts()
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": message.ts,
            "previous_message": previous,
            **self._hidden(message, ts),
        }
        return self.publish(event, channel_id=message.channel_id)

    def _root(self, message: Message) -> Json:
        """Build the parent that a thread_broadcast carries.

        Source: docs.slack.dev/reference/events/message/thread_broadcast.
        """
        parent = self._state.message(message.channel_id, message.thread_ts or "")
        if message.subtype != "thread_broadcast" or parent is None:
            return {}
        fields = self._state.thread_fields(parent)
        return {"root": {**self.snapshot(parent), **fields}}

    def _hidden(self, message: Message, ts: str) -> Json:
        channel = self._state.channels[message.channel_id]
        return {
            "channel": channel.id,
            "channel_type": channel.kind,
            "ts": ts,
            "event_ts": ts,
        }

    def _stub(self, file: File) -> Json:
        return tombstone(file) if file.deleted else connect_stub(file)

    def _mentioned(self, message: Message, event: Json) -> None:
        """Publish app_mention beside the message, under an event id of its own.

        Source: docs.slack.dev/reference/events/app_mention (not in direct messages).
        """
        channel = self._state.channels[message.channel_id]
        bot = self._state.bot_user
        called = f"<@{bot}>" in message.text or f"<@{bot}|" in message.text
        if not called or channel.kind == "im" or message.user == bot:
            return
        # It came without files as late as 2026 (NousResearch/hermes-agent PR 77141).
        unknown = ("subtype", "files", "upload", "display_as_bot", "channel_type")
        rest = {name: each for name, each in event.items() if name not in unknown}
        self.publish({**rest, "type": "app_mention"}, channel_id=channel.id)

    def _file_shared(self, message: Message, file: File) -> None:
        # Not sent for shared channels (github.com/integrations/slack issue 1003).
        if self._state.channels[message.channel_id].is_ext_shared:
            return
        event = {
            "type": "file_shared",
            "channel_id": message.channel_id,
            "file_id": file.id,
            "user_id": message.user,
            "file": {"id": file.id},
            "event_ts": message.ts,
        }
        self.publish(event, channel_id=message.channel_id)
