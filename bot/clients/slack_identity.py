"""Who Slack takes the bot token for, and what the app was granted."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from bot.clients.http import read_date
from bot.clients.slack_calls import call_with_headers


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot and its workspace, in Slack's own words, which may hold anything.

    *skew* is by how many seconds Slack's clock is ahead of ours. It and *scopes* are
    None where Slack does not tell.
    """

    team: str
    user: str
    scopes: frozenset[str] | None
    skew: float | None


class SlackIdentity:
    """Asks Slack about the bot token itself."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def look_up(self) -> Identity:
        """Return whose token it is (docs.slack.dev/reference/methods/auth.test).

        The scopes are in a header of the answer (docs.slack.dev/authentication/
        installing-with-oauth, "Scopes").

        Raises:
            Problem: Slack does not take the token, or does not answer.
        """
        raw, headers = call_with_headers(self._client.auth_test)
        sent_at = read_date(headers.get("date"))
        return Identity(
            team=_text(raw, "team"),
            user=_text(raw, "user"),
            scopes=_scopes(headers.get("x-oauth-scopes")),
            skew=None if sent_at is None else sent_at - time.time(),
        )


def _scopes(header: str | None) -> frozenset[str] | None:
    if header is None:
        return None
    return frozenset(scope.strip() for scope in header.split(",")) - {""}


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""
