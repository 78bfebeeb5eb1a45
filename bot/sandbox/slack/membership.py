"""Come into channels and leave them.

Source: docs.slack.dev/reference/events/member_joined_channel, member_left_channel,
channel_left and group_left.
"""

from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.state import State
from bot.sandbox.slack.workspace import Channel


class Membership:
    """What people do with the members of channels."""

    _state: State
    _events: Events

    def invite(
        self, user: str, channel: str, *, inviter: str = "UANNA"
    ) -> Delivery | None:
        """Make *user* a member; return the event's delivery if the bot hears of it."""
        with self._state.lock():
            found = self._state.channels[channel]
            found.members.add(user)
        event = {
            **self._event("member_joined_channel", user, found),
            "inviter": inviter,
        }
        return self._events.publish(event, channel_id=channel)

    def remove(self, user: str, channel: str) -> Delivery | None:
        """Take *user* out; return the event's delivery if the bot hears of it."""
        with self._state.lock():
            found = self._state.channels[channel]
            found.members.discard(user)
        event = self._event("member_left_channel", user, found)
        return self._events.publish(event, channel_id=channel)

    def invite_bot(self, channel: str, *, inviter: str = "UANNA") -> Delivery | None:
        """Make the bot a member: it hears of that, and of all that follows."""
        return self.invite(self._state.bot_user, channel, inviter=inviter)

    def remove_bot(self, channel: str, *, actor: str = "UANNA") -> Delivery | None:
        """Take the bot out: it hears of that (if subscribed), and then nothing more."""
        with self._state.lock():
            found = self._state.channels[channel]
            found.members.discard(self._state.bot_user)
        kind = "group_left" if found.kind == "group" else "channel_left"
        event = {
            "type": kind,
            "channel": channel,
            "actor_id": actor,
            "event_ts": self._state.next_ts(),
        }
        return self._events.publish(event)

    def _event(self, kind: str, user: str, channel: Channel) -> Json:
        # "channel_type": C for a public channel, G for a private one.
        return {
            "type": kind,
            "user": user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self._state.team_id,
            "event_ts": self._state.next_ts(),
        }
