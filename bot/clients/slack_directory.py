"""Who and what there is in Slack, remembered for a while: people, channels, links."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache, cachedmethod
from slack_sdk import WebClient

from bot.clients.slack_calls import call
from bot.domain.permalinks import write_permalink
from bot.errors import FinalProblem, SlackUnavailable

_TEAM_ID = re.compile(r"[A-Z0-9]{2,64}", re.ASCII)
_SECONDS = 600
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """A person as Slack shows them; *is_external* if of another organisation.

    A guest sees only the conversations that they are a member of.
    """

    name: str
    is_external: bool
    is_guest: bool = False


class SlackDirectory:
    """Looks up what Slack's events name by ids only."""

    def __init__(
        self, reader: WebClient, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reader = reader
        self._workspace: TTLCache[object, Mapping[str, Any]] = TTLCache(
            1, _SECONDS, clock
        )
        self._workspace_changed = threading.Condition()
        self._people: TTLCache[object, Person] = TTLCache(_MANY, _SECONDS, clock)
        self._people_changed = threading.Condition()
        self._channels: TTLCache[object, str | None] = TTLCache(_MANY, _SECONDS, clock)
        self._channels_changed = threading.Condition()

    def link_message(self, channel_id: str, ts: str, thread_ts: str | None) -> str:
        """Return the link to a message, as Slack's "Copy link" gives it.

        chat.getPermalink gives the same, with a call for each message.

        Raises:
            SlackUnavailable: the workspace's address is not known.
        """
        url = self._identify().get("url")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise SlackUnavailable
        return write_permalink(url, channel_id, ts, thread_ts)

    def get_team_id(self) -> str:
        """Return the workspace's id.

        Raises:
            SlackUnavailable: Slack does not tell it.
        """
        team_id = self._identify().get("team_id")
        if not isinstance(team_id, str) or not _TEAM_ID.fullmatch(team_id):
            raise SlackUnavailable
        return team_id

    @cachedmethod(
        lambda self: self._people, condition=lambda self: self._people_changed
    )
    def get_person(self, user_id: str) -> Person:
        """Return a person.

        Raises:
            SlackRejected: the bot does not see such a person.
            SlackScopeMissing: the app lacks users:read.
        """
        user = call(self._reader.users_info, user=user_id).get("user")
        if not isinstance(user, Mapping):
            raise SlackUnavailable
        return Person(
            _name(user) or user_id,
            is_external=user.get("is_stranger") is True or self._is_elsewhere(user),
            # docs.slack.dev/reference/objects/user-object: of many channels, or of one
            is_guest=user.get("is_restricted") is True
            or user.get("is_ultra_restricted") is True,
        )

    @cachedmethod(
        lambda self: self._channels, condition=lambda self: self._channels_changed
    )
    def find_channel_name(self, channel_id: str) -> str | None:
        """Return a public channel's name; None for any other conversation.

        Of others the bot's scopes tell nothing, and their names are nobody's business.
        """
        try:
            answer = call(self._reader.conversations_info, channel=channel_id)
        except FinalProblem:
            return None
        channel = answer.get("channel")
        if not isinstance(channel, Mapping) or channel.get("is_private") is not False:
            return None
        name = channel.get("name")
        return name if isinstance(name, str) and name else None

    @cachedmethod(
        lambda self: self._workspace, condition=lambda self: self._workspace_changed
    )
    def _identify(self) -> Mapping[str, Any]:
        return call(self._reader.auth_test)

    def _is_elsewhere(self, user: Mapping[str, Any]) -> bool:
        """Whether the person's organisation is known and not ours.

        It may have many workspaces (Enterprise Grid), of which ours is only one.
        """
        home = self._identify()
        grid = user.get("enterprise_user")
        theirs = [user.get("team_id")]
        theirs += [grid.get("enterprise_id")] if isinstance(grid, Mapping) else []
        known = [each for each in theirs if isinstance(each, str)]
        ours = (home.get("team_id"), home.get("enterprise_id"))
        return bool(known) and not any(each in ours for each in known)


def _name(user: Mapping[str, Any]) -> str:
    """Return the name that Slack shows: the one that the person chose, if any."""
    profile = user.get("profile")
    shown = profile if isinstance(profile, Mapping) else {}
    names = (
        shown.get("display_name"),
        shown.get("real_name"),
        user.get("real_name"),
        user.get("name"),
    )
    return next((each for each in names if isinstance(each, str) and each.strip()), "")
