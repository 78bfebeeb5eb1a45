"""reactions.*: add, remove and read reactions.

Source: docs.slack.dev/reference/methods/reactions.add, reactions.remove, reactions.get.
"""

from collections.abc import Mapping

from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json, Message, message_json, permalink
from bot.sandbox.slack.methods.access import visible_channel
from bot.sandbox.slack.reactions import (
    Kind,
    add_reaction,
    announce,
    take_reaction,
)
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import Method


class Reactions:
    """The methods of reactions.*."""

    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def methods(self) -> Mapping[str, Method]:
        """Name the methods."""
        return {
            "reactions.add": self.add,
            "reactions.remove": self.remove,
            "reactions.get": self.get,
        }

    def add(self, call: Call) -> Json:
        """React as the bot."""
        message, emoji = self._message(call), call.text("name")
        add_reaction(self._state, message, emoji, self._state.bot_user)
        self._announce(call.method, message, emoji)
        return {}

    def remove(self, call: Call) -> Json:
        """Take a reaction of the bot's back."""
        message, emoji = self._message(call), call.text("name")
        take_reaction(self._state, message, emoji, self._state.bot_user)
        self._announce(call.method, message, emoji)
        return {}

    def get(self, call: Call) -> Json:
        """Return a message with its reactions."""
        with self._state.lock():
            message = self._message(call)
            shown = message_json(message, self._events.show_file)
        return {
            "type": "message",
            "channel": message.channel_id,
            "message": {**shown, "permalink": permalink(message)},
        }

    def _message(self, call: Call) -> Message:
        if not call.text("timestamp"):
            raise ApiError("no_item_specified")
        channel = visible_channel(self._state, call)
        if not channel.has_bot:
            raise ApiError("not_in_channel")
        if channel.is_archived and call.method != "reactions.get":
            raise ApiError("is_archived")
        message = self._state.message(channel.id, call.text("timestamp"))
        if message is None:
            raise ApiError("message_not_found")
        return message

    def _announce(self, method: str, message: Message, emoji: str) -> None:
        added = method == "reactions.add"
        kind: Kind = "reaction_added" if added else "reaction_removed"
        user = self._state.bot_user
        announce(self._state, self._events, kind, message, emoji, user)
