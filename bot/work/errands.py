"""Runs what need not outlive the process: in threads, and once for all who ask at once.

The runner is for what the ledger holds. What is done here is lost with the process,
and somebody asks for it again.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)


class Errands(Generic[Key]):
    """Runs *run* for each key that is asked for, first come, first served.

    Never twice at once for one key: asked for while it runs, it is run once more
    afterwards, so that the last run began after the last time of asking.
    """

    def __init__(self, run: Callable[[Key], None], *, threads: int) -> None:
        self._run = run
        self._number = threads
        self._changed = threading.Condition()
        self._waiting: dict[Key, None] = {}
        self._running: set[Key] = set()
        self._stopping = False

    def ask(self, key: Key) -> None:
        """Have it run for *key*; return at once."""
        with self._changed:
            self._waiting[key] = None
            self._changed.notify()

    def start(self) -> None:
        """Begin to work, on what was asked for before, too."""
        for _ in range(self._number):
            threading.Thread(target=self._work, daemon=True).start()

    def stop(self) -> None:
        """Take up nothing new; what runs is not waited for."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            (key,) = taken
            try:
                self._run(key)
            except Exception:  # the loop must not end
                logger.exception("This was not foreseen")
            finally:
                self._done(key)

    def _take(self) -> tuple[Key] | None:
        with self._changed:
            while not self._stopping:
                for key in self._waiting:
                    if key not in self._running:
                        del self._waiting[key]
                        self._running.add(key)
                        return (key,)
                self._changed.wait()
        return None

    def _done(self, key: Key) -> None:
        with self._changed:
            self._running.discard(key)
            self._changed.notify()
