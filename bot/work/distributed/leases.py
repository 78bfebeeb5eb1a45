"""Which of this process's workers may act still: those whose heartbeat is young.

The jobs of a worker whose heartbeat is old are taken over. It may be alive: frozen, or
cut off from the database. Then it must do nothing more for them, also once it is back.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from bot.errors import JobLost


def read_running_time() -> float:
    """Return seconds that go on while the machine sleeps, where it can tell them."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(boot_time)


class Leases:
    """The heartbeats of the workers in this process; safe to use from many threads."""

    def __init__(
        self, *, seconds: float, clock: Callable[[], float] = read_running_time
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._renewed: dict[int, float] = {}
        self._thread = threading.local()

    def read_clock(self) -> float:
        """Return the time to begin or renew a lease with, before asking for it."""
        return self._clock()

    def begin(self, worker_id: int, at: float) -> None:
        """Let the worker act."""
        with self._lock:
            self._renewed[worker_id] = at

    def renew(self, worker_id: int, at: float) -> bool:
        """Let the worker act for longer; False, and never again, where that is late."""
        with self._lock:
            if not self._is_held(worker_id, at):
                self._renewed.pop(worker_id, None)
                return False
            self._renewed[worker_id] = at
            return True

    def end(self, worker_id: int) -> None:
        """Let the worker act no more."""
        with self._lock:
            self._renewed.pop(worker_id, None)

    def end_all(self) -> None:
        """Let no worker act any more."""
        with self._lock:
            self._renewed.clear()

    def is_held(self, worker_id: int | None) -> bool:
        """Tell whether the worker may act."""
        with self._lock:
            return worker_id is not None and self._is_held(worker_id, self._clock())

    def count(self) -> int:
        """Return how many workers may act."""
        with self._lock:
            now = self._clock()
            return sum(self._is_held(each, now) for each in self._renewed)

    @contextlib.contextmanager
    def acting_for(self, worker_id: int | None) -> Iterator[None]:
        """Have what this thread does meanwhile done for the worker."""
        self._thread.worker_id = worker_id
        try:
            yield
        finally:
            del self._thread.worker_id

    def check(self) -> None:
        """Return if this thread acts for nobody, or for one that may act.

        To be asked before each effect on the outside and on the ledger. A process that
        is frozen between this and the effect itself is not stopped.

        Raises:
            JobLost: the job may be another's by now.
        """
        if not hasattr(self._thread, "worker_id"):
            return
        if not self.is_held(self._thread.worker_id):
            raise JobLost("this worker's heartbeat is too old: others have its jobs")

    def _is_held(self, worker_id: int, now: float) -> bool:
        renewed = self._renewed.get(worker_id)
        return renewed is not None and now - renewed < self._seconds
