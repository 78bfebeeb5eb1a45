"""The gate in front of Plane: its calls a minute, used to the full and never passed.

Plane counts the calls of the last 60 seconds for each key (observed, Plane CE 1.3.1,
`X-RateLimit-Remaining`). A call counts there from somewhere between its sending and
its answer; here a place is taken at the first and falls free 60 seconds after the
second, so that no call comes too early however long they take.
"""

import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.errors import PlaneThrottled

WINDOW_SECONDS = 60.0


class RateGate:
    """Lets *limit* calls through in any 60 seconds, first come, first served."""

    def __init__(
        self,
        limit: int,
        *,
        window: float = WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Condition, float | None], object] = (
            threading.Condition.wait
        ),
    ) -> None:
        self.limit = limit
        self._window = window
        self._clock = clock
        self._wait = wait
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._behind: deque[object] = deque()
        self._answered: deque[float] = deque()
        self._under_way = 0
        self._closed_until = 0.0
        self._refusals = 0
        self._at_once = math.inf

    @contextlib.contextmanager
    def passage(self, *, patience: float | None = None) -> Iterator[None]:
        """Wait for a place and hold it for one call.

        Raises:
            PlaneThrottled: there was none for *patience* seconds.
        """
        refusals = self._enter(self._queue, patience)
        try:
            yield
        finally:
            self._leave(refusals)

    @contextlib.contextmanager
    def passage_behind(self, *, patience: float | None = None) -> Iterator[None]:
        """Let all who wait for a `passage` go first, then do the same."""
        refusals = self._enter(self._behind, patience)
        try:
            yield
        finally:
            self._leave(refusals)

    @property
    def is_open(self) -> bool:
        """Whether a call would go through at once."""
        with self._changed:
            return not self._queue and self._time_to_place() == 0.0

    @property
    def left(self) -> int:
        """How many calls would go through at once."""
        with self._changed:
            if self._time_to_place() != 0.0:
                return 0
            used = self._under_way + len(self._answered)
            return int(min(self.limit - used, self._at_once - self._under_way))

    @property
    def waiting(self) -> int:
        """How many calls wait for a place."""
        with self._changed:
            return len(self._queue) + len(self._behind)

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*: Plane said so, in answer to a call.

        Somebody else uses the key, too, or an earlier process did: how much is left is
        not known. So one call goes first then, and after each answer twice as many.
        """
        with self._changed:
            until = self._clock() + seconds
            self._closed_until = max(self._closed_until, until)
            self._refusals += 1
            self._at_once = 1

    def _enter(self, queue: deque[object], patience: float | None) -> int:
        """Wait for a place; return how many calls had been refused by then."""
        until = math.inf if patience is None else self._clock() + patience
        # A lock's waiters have no order: the queue keeps that of arrival.
        turn = object()
        with self._changed:
            queue.append(turn)
            try:
                while (wait := self._wait_time(turn)) is None or wait > 0:
                    self._wait(self._changed, self._shorten(wait, until))
                self._under_way += 1
                return self._refusals
            finally:
                queue.remove(turn)
                self._changed.notify_all()

    def _shorten(self, wait: float | None, until: float) -> float | None:
        if until == math.inf:
            return wait
        left = until - self._clock()
        if left <= 0:
            raise PlaneThrottled(retry_after=wait)
        return left if wait is None else min(wait, left)

    def _wait_time(self, turn: object) -> float | None:
        """Return the seconds to wait; None until something changes."""
        is_next = (self._queue or self._behind)[0] is turn
        return self._time_to_place() if is_next else None

    def _time_to_place(self) -> float | None:
        """Return the seconds until a place is free; None if that is not known."""
        now = self._clock()
        if now < self._closed_until:
            return self._closed_until - now
        if self._under_way >= self._at_once:
            return None
        while self._answered and self._answered[0] <= now - self._window:
            self._answered.popleft()
        if self._under_way + len(self._answered) < self.limit:
            return 0.0
        if not self._answered:
            return None
        return self._answered[0] + self._window - now

    def _leave(self, refusals: int) -> None:
        with self._changed:
            self._under_way -= 1
            if refusals == self._refusals:
                is_many = self._at_once >= self.limit
                self._at_once = math.inf if is_many else self._at_once * 2
            self._answered.append(self._clock())
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class LastInLine:
    """The *gate* for calls that can wait: they use what the others leave."""

    gate: RateGate

    def passage(
        self, *, patience: float | None = None
    ) -> contextlib.AbstractContextManager[None]:
        """Wait for a place that nobody else waits for, and hold it for one call."""
        return self.gate.passage_behind(patience=patience)

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*: Plane said so."""
        self.gate.push_back(seconds)
