"""Use shortcuts, of a message's menu and of the whole workspace.

Source: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
"""

from bot.sandbox.slack.app_requests import AppRequest
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.refusals import Refused


class Shortcuts:
    """What people do by menu."""

    _desk: Desk

    def shortcut(self, callback_id: str, *, user: str = "UANNA") -> AppRequest:
        """Use a global shortcut: it has no channel and no response URL."""
        payload = {
            **self._desk.payload("shortcut", user),
            "callback_id": callback_id,
            "action_ts": self._desk.state.next_ts(),
            **self._desk.trigger(user),
        }
        return self._desk.app.interact(payload)

    def message_shortcut(
        self, callback_id: str, message: Message, *, user: str = "UANNA"
    ) -> AppRequest:
        """Use a message's shortcut; the bot need not be in the channel.

        Raises:
            Refused: *user* does not see the message or is of another workspace, or
                the message is ephemeral or deleted.
        """
        desk, channel_id = self._desk, message.channel_id
        if message.only_for is not None or message.deleted:
            raise Refused("this message has no shortcuts")
        if user not in desk.state.channels[channel_id].members:
            raise Refused(f"{user} is not in {channel_id}")
        # docs.slack.dev/apis/slack-connect: only where the app is installed.
        if desk.state.users[user].is_stranger:
            raise Refused(f"{user} has no shortcuts of this workspace")
        payload = {
            **desk.payload("message_action", user),
            "callback_id": callback_id,
            "action_ts": desk.state.next_ts(),
            "message_ts": message.ts,
            "channel": desk.channel(channel_id),
            "message": self._whole(message),
            **desk.answer_at("app", user, channel_id),
            **desk.trigger(user),
        }
        return desk.app.interact(payload)

    def _whole(self, message: Message) -> Json:
        thread = self._desk.state.thread_fields(message)
        return {**self._desk.events.snapshot(message), **thread}
