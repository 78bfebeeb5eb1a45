"""A clock that is never set back: what is due stays due."""

import threading
import time
from collections.abc import Callable

from bot.clients.http import LONGEST_WAIT


class SteadyClock:
    """Seconds since the epoch. Set forward, or after sleep, it follows the wall clock.

    When that is set back, this one goes on from where it was, else whatever waits
    would wait that much longer.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._timer = timer
        self._lock = threading.Lock()
        self._base = wall()
        self._since = timer()

    def __call__(self) -> float:
        """Return the time."""
        with self._lock:
            elapsed = self._timer() - self._since
            now = max(self._wall(), self._base + elapsed)
            self._base, self._since = now, self._since + elapsed
            return now


def credible(at: float, now: float) -> float:
    """Return the due time *at*; *now* where nothing is put off until as late as that.

    The clock was set back then since an earlier process kept it.
    """
    return now if at - now > LONGEST_WAIT else at
