"""What those that receive from Slack tell of themselves to whoever counts it."""

from collections.abc import Mapping
from typing import Any

#: What is counted by its name; all else is one kind.
_KINDS = frozenset(
    {
        *("app_home_opened", "message", "reaction_added"),
        *("block_actions", "block_suggestion", "message_action", "shortcut"),
        *("app_rate_limited", "command", "url_verification", "view_submission"),
    }
)
OTHER = "other"
#: Why a request is not let in.
UNSIGNED, MALFORMED_BODY, REPEATED = REASONS = ("unsigned", "malformed", "repeated")


class RequestMeter:
    """Is told of every request; this one takes no note of it."""

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Take note of a request that was answered *seconds* after it was whole."""

    def refused(self, reason: str) -> None:
        """Take note of a request that was not let in, for one of `REASONS`."""


def find_kind(body: Mapping[str, Any]) -> str:
    """Return what kind of request *body* is: an event's type, or an interaction's."""
    event = body.get("event")
    if isinstance(event, Mapping):
        kind = event.get("type")
    else:
        kind = "command" if "command" in body else body.get("type")
    return kind if isinstance(kind, str) and kind in _KINDS else OTHER
