"""auth.test, users.info, files.info and apps.connections.open.

Source: docs.slack.dev/reference/methods/<method>.
"""

from collections.abc import Callable, Mapping

from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.files import File, shares_json
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import Method
from bot.sandbox.slack.workspace import DOMAIN


class Lookups:
    """Methods that tell about the app, a person or a file."""

    def __init__(
        self, state: State, events: Events, open_socket: Callable[[], str]
    ) -> None:
        self._state = state
        self._events = events
        self._open_socket = open_socket

    def methods(self) -> Mapping[str, Method]:
        """Name the methods."""
        return {
            "api.test": lambda call: {"args": dict(call.args)},
            "auth.test": self.auth_test,
            "users.info": self.users_info,
            "files.info": self.files_info,
            "apps.connections.open": self.connections_open,
        }

    def auth_test(self, call: Call) -> Json:
        """Tell whose token it is."""
        state = self._state
        return {
            "url": f"https://{DOMAIN}.slack.com/",
            "team": DOMAIN,
            "user": state.users[state.bot_user].name,
            "team_id": state.team_id,
            "user_id": state.bot_user,
            "bot_id": state.bot_id,
            "is_enterprise_install": False,
        }

    def users_info(self, call: Call) -> Json:
        """Tell about a person."""
        user = self._state.users.get(call.text("user"))
        if user is None:
            raise ApiError("user_not_found")
        return {"user": user.as_json()}

    def files_info(self, call: Call) -> Json:
        """Tell about a file; a stub from a shared channel is looked up here."""
        with self._state.lock():
            file = self._find_file(call)
            shown = self._events.show_file(file)
            file.lookups_without_url = max(0, file.lookups_without_url - 1)
            shares = {"shares": shares_json(file)}
        return {"file": {**shown, **shares}, "comments": [], "paging": {}}

    def connections_open(self, call: Call) -> Json:
        """Hand out the URL for one Socket Mode connection."""
        return {"url": self._open_socket()}

    def _find_file(self, call: Call) -> File:
        file = self._state.files.get(call.text("file"))
        if file is None or not self._sees(file):
            raise ApiError("file_not_found")
        if file.deleted:
            raise ApiError("file_deleted")
        if file.info_error is not None:
            raise ApiError(file.info_error)
        return file

    def _sees(self, file: File) -> bool:
        # A file that is shared nowhere can be looked up: tests of a client need no
        # channel then. Slack would answer file_not_found.
        channels = [self._state.channels[each.channel_id] for each in file.postings]
        public = any(channel.kind == "channel" for channel in channels)
        return not channels or public or any(channel.has_bot for channel in channels)
