"""Run things later, on one thread, until closed."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Agenda:
    """Calls functions at their time; the calls must be short."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="agenda", daemon=True)

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def close(self) -> None:
        """Call nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Run *call* when *seconds* have passed."""
        with self._changed:
            due = time.monotonic() + seconds
            heapq.heappush(self._due, (due, next(self._order), call))
            self._changed.notify_all()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            call()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closed:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)
        return None
