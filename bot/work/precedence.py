"""Lets what receives from Slack go before what works: Slack waits for three seconds.

The threads of a process share one interpreter, which takes no notice of who is waited
for. So those that work stand back by themselves, wherever they write to the ledger or
pass bytes on, while there are requests to answer.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

#: Seconds for which work stands back after an answer: the next request may be on its
#: way through the server, which has to get hold of the interpreter for it, too.
LINGER_SECONDS = 0.01
#: Work stands back for no longer than this, in seconds, from the moment since which
#: there was always somebody to answer: else it would never get on.
LONGEST_SECONDS = 10.0

GiveWay = Callable[[], None]


class Precedence:
    """Those that receive take turns; those that work give way to all of them."""

    def __init__(self, *, longest: float = LONGEST_SECONDS) -> None:
        self._longest = longest
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._in_hand = 0
        self._quiet_at = 0.0
        self._until = 0.0
        self._thread = threading.local()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Answer when it is this thread's turn; before that, it only waits."""
        self._arrive()
        try:
            with self._turn:
                self._thread.answers = True
                yield
        finally:
            self._thread.answers = False
            self._leave()

    def give_way(self) -> None:
        """Return once there is nobody to answer; at once in a thread that answers."""
        if self._wait_time() <= 0 or getattr(self._thread, "answers", False):
            return
        with self._changed:
            while (wait := self._wait_time()) > 0:
                self._changed.wait(wait)
            self._changed.notify_all()

    def _wait_time(self) -> float:
        """Return the seconds for which to stand back if nothing changes."""
        end = self._until if self._in_hand else min(self._until, self._quiet_at)
        return end - time.monotonic()

    def _arrive(self) -> None:
        with self._changed:
            now = time.monotonic()
            if not self._in_hand and now >= self._quiet_at:
                self._until = now + self._longest
            self._in_hand += 1

    def _leave(self) -> None:
        with self._changed:
            self._in_hand -= 1
            if not self._in_hand:
                self._quiet_at = time.monotonic() + LINGER_SECONDS
                # One is enough: once it is quiet, that one tells the others.
                self._changed.notify()
