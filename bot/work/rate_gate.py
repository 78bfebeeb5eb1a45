"""The gate in front of Plane: its calls a minute, used to the full and never passed."""

import contextlib
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.errors import LedgerUnavailable, PlaneThrottled
from bot.work.budgets import Budget, Place

logger = logging.getLogger(__name__)

Learn = Callable[[int], None]


class RateGate:
    """Lets calls through as *budget* has places for them; first come, first served.

    What a passage gives is to be told how many calls Plane has left after its one.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Condition, float | None], object] = (
            threading.Condition.wait
        ),
    ) -> None:
        self._budget = budget
        self._clock = clock
        self._wait = wait
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._behind: deque[object] = deque()

    def passage(
        self, *, patience: float | None = None
    ) -> contextlib.AbstractContextManager[Learn]:
        """Wait for a place and hold it for one call.

        Raises:
            PlaneThrottled: there was none for *patience* seconds, or none can be had.
        """
        return self._passage(self._queue, patience)

    def passage_behind(
        self, *, patience: float | None = None
    ) -> contextlib.AbstractContextManager[Learn]:
        """Let all who wait for a `passage` go first, then do the same."""
        return self._passage(self._behind, patience)

    @property
    def is_open(self) -> bool:
        """Whether a call would go through at once."""
        with self._changed:
            try:
                return not self._queue and self._budget.is_free()
            except LedgerUnavailable:
                return False

    @property
    def limit(self) -> int:
        """How many calls Plane allows in its window."""
        return self._budget.limit

    @property
    def left(self) -> int:
        """How many calls would go through at once."""
        with self._changed:
            try:
                return self._budget.count_free()
            except LedgerUnavailable:
                return 0

    @property
    def waiting(self) -> int:
        """How many calls wait for a place."""
        with self._changed:
            return len(self._queue) + len(self._behind)

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*: Plane said so, in answer to a call."""
        with self._changed:
            self._budget.push_back(seconds)

    @contextlib.contextmanager
    def _passage(self, queue: deque[object], patience: float | None) -> Iterator[Learn]:
        place = self._enter(queue, patience)
        try:
            yield lambda remaining: self._learn(place, remaining)
        finally:
            self._leave(place)

    def _enter(self, queue: deque[object], patience: float | None) -> Place:
        until = math.inf if patience is None else self._clock() + patience
        # A lock's waiters have no order: the queue keeps that of arrival.
        turn = object()
        with self._changed:
            queue.append(turn)
            try:
                return self._await_place(turn, until)
            except LedgerUnavailable as error:
                raise PlaneThrottled from error
            finally:
                queue.remove(turn)
                self._unbook()
                self._changed.notify_all()

    def _await_place(self, turn: object, until: float) -> Place:
        while not isinstance(found := self._look(turn), Place):
            self._wait(self._changed, self._shorten(found, until))
        return found

    def _look(self, turn: object) -> Place | float | None:
        """Return a place, or the seconds to wait; None until something changes."""
        if (self._queue or self._behind)[0] is not turn:
            return None
        found = self._budget.take(books=bool(self._queue))
        return found if isinstance(found, Place) else found.seconds

    def _unbook(self) -> None:
        """Give up the next place unless somebody waits for it here."""
        if not self._queue:
            with contextlib.suppress(LedgerUnavailable):  # it is forgotten in time
                self._budget.unbook()

    def _shorten(self, wait: float | None, until: float) -> float | None:
        if until == math.inf:
            return wait
        left = until - self._clock()
        if left <= 0:
            raise PlaneThrottled(retry_after=wait)
        return left if wait is None else min(wait, left)

    def _learn(self, place: Place, remaining: int) -> None:
        with self._changed, contextlib.suppress(LedgerUnavailable):
            self._budget.learn(place, remaining)

    def _leave(self, place: Place) -> None:
        with self._changed:
            try:
                self._budget.give_back(place)
            except LedgerUnavailable as error:
                logger.warning("A place in Plane's budget falls free late: %s", error)
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class LastInLine:
    """The *gate* for calls that can wait: they use what the others leave."""

    gate: RateGate

    def passage(
        self, *, patience: float | None = None
    ) -> contextlib.AbstractContextManager[Learn]:
        """Wait for a place that nobody else waits for, and hold it for one call."""
        return self.gate.passage_behind(patience=patience)

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*: Plane said so."""
        self.gate.push_back(seconds)
