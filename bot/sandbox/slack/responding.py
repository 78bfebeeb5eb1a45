"""Show what the app answers to a command or an interaction where that happened.

Source: docs.slack.dev/interactivity/handling-user-interaction (message responses) and
/interactivity/implementing-slash-commands.
"""

from dataclasses import dataclass

from bot.sandbox.slack.calls import Call
from bot.sandbox.slack.composing import compose
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.state import State


@dataclass(frozen=True, slots=True)
class Place:
    """Where *user* did something, and the message whose element it was, if any."""

    user: str
    channel_id: str
    original: Message | None = None


class Responder:
    """Posts, replaces and deletes on behalf of the app; it need not be a member."""

    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def respond(self, call: Call, place: Place) -> Message | None:
        """Do what *call* says; return the message that is there now, if one is.

        Raises:
            ApiError: it shows nothing, or its blocks break a rule.
        """
        original = place.original
        if call.flag("delete_original"):
            self._delete(original)
            return None
        # "Responding … will replace the current message in its entirety by default"
        # (interactive messages, quoted in slack-go/slack PR 428). Today's pages do not
        # say what holds without the field: an app does well to send it.
        if original is not None and call.flag("replace_original", default=True):
            return self._replace(call, original)
        message = compose(self._state, call, place.channel_id)
        message.thread_ts = call.text("thread_ts") or None
        if call.text("response_type") == "in_channel":
            self._state.add(message)
            self._events.posted(message)
        else:
            self._state.add_ephemeral(message, place.user)
        return message

    def _replace(self, call: Call, original: Message) -> Message:
        with self._state.lock():
            before = self._events.snapshot(original)
            fresh = compose(self._state, call, original.channel_id)
            original.text, original.blocks = fresh.text, fresh.blocks
            original.attachments, original.values = fresh.attachments, {}
            original.remember(self._state.clock())
        if original.only_for is None:
            self._events.changed(original, before)
        return original

    def _delete(self, original: Message | None) -> None:
        if original is None:
            return
        with self._state.lock():
            before = self._events.snapshot(original)
            self._state.remove(original)
        if original.only_for is None:
            self._events.deleted(original, before)
