"""What Slack asked to be left alone with, for all threads.

Slack counts the calls of each method by workspace; after a 429 all calls of that method
are refused for as long as its Retry-After says. Only posts are counted by channel,
about one a second (docs.slack.dev/apis/web-api/rate-limits).
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import SlackThrottled

_BY_CHANNEL = "chat.postMessage"


class SlackLimits:
    """Holds back calls that Slack would refuse; safe to use from many threads."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def check(self, scope: str) -> None:
        """Return if calls within *scope* may be made now.

        Raises:
            SlackThrottled: not yet.
            LoadmasterError: the *guard* lets this thread call nobody any more.
        """
        self._guard()
        with self._lock:
            left = self._until.get(scope, 0.0) - self._clock()
            if left > 0:
                raise SlackThrottled(retry_after=left)
            self._until.pop(scope, None)

    def push_back(self, scope: str, seconds: float) -> None:
        """Let no call within *scope* be made for *seconds*: Slack said so."""
        with self._lock:
            until = self._clock() + seconds
            self._until[scope] = max(self._until.get(scope, 0.0), until)


def find_scope(method: str, arguments: Mapping[str, Any] | None) -> str:
    """Return what Slack counts a call of *method* under."""
    if method == _BY_CHANNEL and arguments:
        return f"{method} {arguments.get('channel')}"
    return method
