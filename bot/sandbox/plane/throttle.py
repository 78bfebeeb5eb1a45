"""Plane's rate limit: a sliding window per API key.

From plane/api/rate_limit.py and Django REST framework's `SimpleRateThrottle`; observed,
Plane CE 1.3.1. The real one is not atomic and lets a few more through when many threads
ask at once; this one is exact, the stricter of the two.
"""

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

#: The window, in seconds.
WINDOW = 60.0
#: Calls a window for service tokens, whatever the server's setting.
SERVICE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call may go on; *wait* is in whole seconds when it may not."""

    remaining: int
    reset: int
    wait: int | None = None


class Throttle:
    """Counts calls by key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: dict[str, deque[float]] = {}

    def admit(self, key: str, limit: int) -> Verdict:
        """Count one call with *key*; a refused call counts nothing."""
        now = self._clock()
        with self._lock:
            calls = self._calls.setdefault(key, deque())
            _forget_old(calls, now)
            reset = int(now + WINDOW)  # always a minute ahead, so no use to a client
            if len(calls) >= limit:
                # `wait()`: until the window's youngest call lets the limit down again
                free_at = calls[len(calls) - limit] + WINDOW
                return Verdict(0, reset, max(0, math.ceil(free_at - now)))
            calls.append(now)
            return Verdict(limit - len(calls), reset)

    def count_left(self, key: str, limit: int) -> int:
        """Return how many calls *key* has left now; nothing is counted."""
        with self._lock:
            calls = self._calls.setdefault(key, deque())
            _forget_old(calls, self._clock())
            return max(0, limit - len(calls))


def _forget_old(calls: deque[float], now: float) -> None:
    while calls and calls[0] <= now - WINDOW:
        calls.popleft()
