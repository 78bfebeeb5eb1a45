"""How many calls Plane still allows, counted by the one process that makes them.

Plane counts the calls of the last 60 seconds for each key (observed, Plane CE 1.3.1,
`X-RateLimit-Remaining`). A call counts there from somewhere between its sending and
its answer; here a place is taken at the first and falls free 60 seconds after the
second, so that no call comes too early however long they take.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place for one call, taken at *since*; *refusals* is how many there were."""

    number: int
    since: float
    refusals: int


@dataclass(frozen=True, slots=True)
class Wait:
    """There is none for so many seconds; None until something changes."""

    seconds: float | None


class Budget(Protocol):
    """Places for calls; a gate asks it for one at a time, and never two at once."""

    @property
    def limit(self) -> int:
        """How many calls Plane allows in its window."""

    def take(self, *, books: bool) -> Place | Wait:
        """Take a place; with *books*, the next one is kept for who asks again."""

    def unbook(self) -> None:
        """Give up what was kept: nobody waits for it any more."""

    def give_back(self, place: Place) -> None:
        """Keep that the call was answered, or will not be."""

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*: Plane said so, in answer to a call.

        How much is left is not known then. So one call goes first afterwards, and
        after each answer twice as many.
        """

    def learn(self, place: Place, remaining: int) -> None:
        """Keep how many calls Plane had left when it counted that of *place*."""

    def is_free(self) -> bool:
        """Whether there is a place."""

    def count_free(self) -> int:
        """Return how many places there are."""


class LocalBudget:
    """The calls of this process: *limit* in any *window* of seconds."""

    def __init__(
        self,
        limit: int,
        *,
        window: float = WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit
        self._window = window
        self._clock = clock
        self._under_way: dict[int, float] = {}
        self._answered: deque[float] = deque()
        #: Answered a window ago, but later than the start of a call under way.
        self._past: deque[float] = deque()
        self._number = 0
        self._closed_until = 0.0
        self._refusals = 0
        self._at_once = math.inf

    def take(self, *, books: bool) -> Place | Wait:
        """Take a place; nobody else could take the next one."""
        seconds = self._time_to_place()
        if seconds != 0.0:
            return Wait(seconds)
        self._number += 1
        place = Place(self._number, self._clock(), self._refusals)
        self._under_way[place.number] = place.since
        return place

    def unbook(self) -> None:
        """Do nothing: nothing is kept."""

    def is_free(self) -> bool:
        """Whether there is a place."""
        return self._time_to_place() == 0.0

    def count_free(self) -> int:
        """Return how many places there are; after a refusal, how many at first."""
        if not self.is_free():
            return 0
        used = len(self._under_way) + len(self._answered)
        return int(min(self.limit - used, self._at_once - len(self._under_way)))

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*, and then one call first."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)
        self._refusals += 1
        self._at_once = 1

    def give_back(self, place: Place) -> None:
        """Keep that the call was answered."""
        del self._under_way[place.number]
        if place.refusals == self._refusals:
            is_many = self._at_once >= self.limit
            self._at_once = math.inf if is_many else self._at_once * 2
        self._answered.append(self._clock())

    def learn(self, place: Place, remaining: int) -> None:
        """Count the calls of others with the key, or of an earlier process, as ours.

        Whatever of ours Plane may have counted with that of *place* is none of theirs.
        """
        early = place.since - self._window
        ours = len(self._under_way) + len(self._answered)
        ours += sum(answered > early for answered in self._past)
        others = min(self.limit, self.limit - remaining - ours)
        self._answered.extend([self._clock()] * others)

    def _time_to_place(self) -> float | None:
        """Return the seconds until a place is free; None if that is not known."""
        now = self._clock()
        self._forget(now)
        if now < self._closed_until:
            return self._closed_until - now
        if len(self._under_way) >= self._at_once:
            return None
        if len(self._under_way) + len(self._answered) < self.limit:
            return 0.0
        if not self._answered:
            return None
        return self._free_one(now)

    def _free_one(self, now: float) -> float:
        """Return the seconds until enough places have fallen free."""
        needed = len(self._under_way) + len(self._answered) - self.limit
        last = self._answered[min(needed, len(self._answered) - 1)]
        return last + self._window - now

    def _forget(self, now: float) -> None:
        while self._answered and self._answered[0] <= now - self._window:
            self._past.append(self._answered.popleft())
        oldest = next(iter(self._under_way.values()), now)
        while self._past and self._past[0] <= oldest - self._window:
            self._past.popleft()
