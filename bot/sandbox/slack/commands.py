"""Type slash commands.

Source: docs.slack.dev/interactivity/implementing-slash-commands. There are none in
threads, and the bot need not be in the channel.
"""

from dataclasses import dataclass

from bot.sandbox.slack.app_requests import AppRequest
from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.desk import Desk, shown_name
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.responding import Place
from bot.sandbox.slack.workspace import DOMAIN


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What came of a slash command at once.

    *message* is what the app answered with, None if that was nothing. *error* is what
    the person reads instead (`operation_timeout`, …), else None.
    """

    request: AppRequest
    message: Message | None = None
    error: str | None = None

    @property
    def text(self) -> str:
        """The text of the answer; empty without one."""
        return self.message.text if self.message else ""

    @property
    def form(self) -> Json:
        """The fields that the app got."""
        return dict(self.request.payload)

    @property
    def trigger_id(self) -> str:
        """The trigger id that the app got."""
        return self.request.trigger_id

    @property
    def response_url(self) -> str:
        """The response URL that the app got."""
        return self.request.response_url


class Commands:
    """What people do in the message box."""

    _desk: Desk

    def command(
        self,
        text: str = "",
        *,
        user: str = "UANNA",
        channel: str = "CGENERAL",
        command: str = "/attach",
    ) -> CommandResult:
        """Type *command* with *text* after it, and wait for the app's answer.

        Raises:
            Refused: *user* is not in the channel or of another workspace, or the
                channel is archived.
        """
        state = self._desk.state
        where, is_stranger = state.channels[channel], state.users[user].is_stranger
        # docs.slack.dev/apis/slack-connect: only where the app is installed.
        if user not in where.members or is_stranger or where.is_archived:
            raise Refused(f"{user} cannot type a command in {channel}")
        request = self._desk.app.command(self._form(command, text, user, channel))
        return self._conclude(request, Place(user, channel))

    def _form(self, command: str, text: str, user: str, channel: str) -> Json:
        desk, state = self._desk, self._desk.state
        return {
            "token": "deprecated",
            "team_id": state.team_id,
            "team_domain": DOMAIN,
            "channel_id": channel,
            "channel_name": shown_name(state.channels[channel]),
            "user_id": user,
            "user_name": state.users[user].name,
            "command": command,
            "text": text.strip(),
            "api_app_id": state.app_id,
            "is_enterprise_install": "false",
            **desk.answer_at("commands", user, channel),
            **desk.trigger(user),
        }

    def _conclude(self, request: AppRequest, place: Place) -> CommandResult:
        answer = request.answer
        if request.error is not None or not answer:
            return CommandResult(request, error=request.error)
        args = answer if isinstance(answer, dict) else {"text": answer}
        try:
            call = Call("command", args, None)
            return CommandResult(request, self._desk.responder.respond(call, place))
        except ApiError as error:
            return CommandResult(request, error=error.error)
