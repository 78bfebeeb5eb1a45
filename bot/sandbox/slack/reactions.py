"""React to messages with emoji, as people do and as the bot does.

Source: docs.slack.dev/reference/events/reaction_added and reaction_removed, and
/reference/methods/reactions.add. An emoji is named as it was chosen: an alias stays one
(`thumbsup`, not `+1`), and a skin tone belongs to the name (`wave::skin-tone-3`).
"""

import re
from typing import Literal

from bot.sandbox.slack.calls import ApiError
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.state import State

NAME = re.compile(r"[\w'+-]+(::skin-tone-[2-6])?")

Kind = Literal["reaction_added", "reaction_removed"]


def add_reaction(state: State, message: Message, emoji: str, user: str) -> None:
    """Note that *user* reacted.

    Raises:
        ApiError: there is no such emoji, or they did so before.
    """
    if not NAME.fullmatch(emoji):
        raise ApiError("invalid_name")
    with state.lock():
        people = message.reactions.setdefault(emoji, [])
        if user in people:
            raise ApiError("already_reacted")
        people.append(user)


def take_reaction(state: State, message: Message, emoji: str, user: str) -> None:
    """Note that *user* took a reaction back.

    Raises:
        ApiError: there is none of theirs.
    """
    with state.lock():
        people = message.reactions.get(emoji, [])
        if user not in people:
            raise ApiError("no_reaction")
        people.remove(user)
        if not people:
            del message.reactions[emoji]


def announce(
    state: State, events: Events, kind: Kind, message: Message, emoji: str, user: str
) -> Delivery | None:
    """Publish that *user* reacted or took a reaction back."""
    item = {"type": "message", "channel": message.channel_id, "ts": message.ts}
    event: Json = {"type": kind, "user": user, "reaction": emoji, "item": item}
    # "Some messages aren't authored by users … these do not have an item_user."
    if message.bot_id is None:
        event["item_user"] = message.user
    event["event_ts"] = state.next_ts()
    return events.publish(event, channel_id=message.channel_id)


class Reacting:
    """What people do with emoji below a message."""

    _state: State
    _events: Events

    def react(
        self, message: Message, emoji: str, *, user: str = "UANNA"
    ) -> Delivery | None:
        """React with *emoji* (no colons); return the event's delivery if it has one.

        Raises:
            Refused: there is no such emoji, or *user* reacted with it before.
        """
        try:
            add_reaction(self._state, message, emoji, user)
        except ApiError as error:
            raise Refused(error.error) from error
        return self._announce("reaction_added", message, emoji, user)

    def unreact(
        self, message: Message, emoji: str, *, user: str = "UANNA"
    ) -> Delivery | None:
        """Take a reaction back; return the event's delivery if it has one.

        Raises:
            Refused: *user* did not react with it.
        """
        try:
            take_reaction(self._state, message, emoji, user)
        except ApiError as error:
            raise Refused(error.error) from error
        return self._announce("reaction_removed", message, emoji, user)

    def _announce(
        self, kind: Kind, message: Message, emoji: str, user: str
    ) -> Delivery | None:
        return announce(self._state, self._events, kind, message, emoji, user)
