"""How long a person at a terminal waits for what others do, and what they are told."""

import time
from collections.abc import Callable, Sequence

from bot.domain.outcomes import Outcome
from bot.domain.reports import Report
from bot.entrypoints.console import Console
from bot.work.ledger.followed import Followed

#: After the files, the comment is waited for so long; seconds.
_REST_SECONDS = 10.0
#: Where nothing is in the way, nor done, it may be that others' files go first; but
#: also that nobody is at work. For that, no less than this is waited; seconds.
_IDLE_SECONDS = 60.0


class Watch:
    """Decides when there is nothing to wait for any more, and tells what there is."""

    def __init__(
        self,
        patience: float,
        console: Console,
        *,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._console = console
        self._timer = timer
        self._seen: list[Followed] = []
        self._idle_since = 0.0
        self._final_since: float | None = None
        self._stuck_since: float | None = None
        self._told: Outcome | None = None

    def is_over(self, seen: Sequence[Followed]) -> bool:
        """Whether everything came to an end, or has been stuck for too long."""
        now = self._timer()
        if all(each.report.is_final for each in seen):
            self._final_since = now if self._final_since is None else self._final_since
            is_late = now - self._final_since > _REST_SECONDS
            return is_late or not any(each.has_rest for each in seen)
        problem = _find_stuck(seen)
        if problem is None:
            self._stuck_since = self._told = None
            return self._is_idle(seen, now)
        if problem != self._told:
            self._told = problem
            self._console.say_waiting("the message")(problem, None)
        self._stuck_since = now if self._stuck_since is None else self._stuck_since
        return now - self._stuck_since > self._patience

    def _is_idle(self, seen: Sequence[Followed], now: float) -> bool:
        """Whether nothing at all has happened for too long."""
        if list(seen) != self._seen:
            self._seen, self._idle_since = list(seen), now
        return now - self._idle_since > max(self._patience, _IDLE_SECONDS)


class Seldom:
    """Asks *question* once in *every* seconds; yes meanwhile."""

    def __init__(self, question: Callable[[], bool], *, every: float) -> None:
        self._question = question
        self._every = every
        self._next = 0.0

    def __call__(self) -> bool:
        """Return the answer; yes where it is not yet time to ask."""
        now = time.monotonic()
        if now < self._next:
            return True
        self._next = now + self._every
        return self._question()


def _find_stuck(seen: Sequence[Followed]) -> Outcome | None:
    """Return what everything that is open waits for; None while something moves."""
    problems: list[Outcome | None] = []
    for each in seen:
        if each.report.is_final:
            continue
        open_ = [
            line.waiting_for
            for item in each.report.items
            for line in item.files
            if line.outcome is None
        ]
        problems += open_ or [each.waiting_for]
    return problems[0] if problems and all(problems) else None


def count_relayed(report: Report) -> int:
    """Return how many bytes of a share have gone through."""
    return sum(
        (line.size or 0) if line.outcome else line.relayed
        for item in report.items
        for line in item.files
    )
