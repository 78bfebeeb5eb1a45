"""Requests that were answered before, known while their signatures are good."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import TTLCache

#: Signatures are good from five minutes before their time to five after it.
_SECONDS = 600
_MANY = 10_000
#: What Slack delivers again itself, in the same second perhaps, and the ledger knows;
#: and what is typed into a menu, which changes nothing.
_HARMLESS = (
    *("event_callback", "url_verification", "app_rate_limited"),
    "block_suggestion",
)


class Replays:
    """Tells commands and interactions that come twice; Slack sends each once.

    docs.slack.dev/interactivity/handling-user-interaction has no retries. Not for
    several threads at once, but for those with what is harmless.
    """

    def __init__(self, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._known: TTLCache[str, None] = TTLCache(_MANY, _SECONDS, timer)

    def has(self, body: Mapping[str, Any], signature: str) -> bool:
        """Whether a request with this *body* and *signature* was answered before."""
        return body.get("type") not in _HARMLESS and signature in self._known

    def add(self, body: Mapping[str, Any], signature: str) -> None:
        """Keep that the request was answered."""
        if body.get("type") not in _HARMLESS:
            self._known[signature] = None
