"""How long a person at a terminal waits for what others do, and what they are told."""

import time
from collections.abc import Callable, Sequence

from bot.domain.outcomes import Outcome
from bot.domain.reports import Report
from bot.entrypoints.console import Console
from bot.work.ledger.followed import Followed

#: After the files, the comment is waited for so long; seconds.
_REST_SECONDS = 10.0


class Watch:
    """Decides when there is nothing to wait for any more, and tells what there is."""

    def __init__(self, patience: float, console: Console) -> None:
        self._patience = patience
        self._console = console
        self._final_since: float | None = None
        self._stuck_since: float | None = None
        self._told: Outcome | None = None

    def is_over(self, seen: Sequence[Followed]) -> bool:
        """Whether everything came to an end, or has been stuck for too long."""
        now = time.monotonic()
        if all(each.report.is_final for each in seen):
            self._final_since = now if self._final_since is None else self._final_since
            is_late = now - self._final_since > _REST_SECONDS
            return is_late or not any(each.has_rest for each in seen)
        problem = _find_stuck(seen)
        if problem is None:
            self._stuck_since = self._told = None
            return False
        if problem != self._told:
            self._told = problem
            self._console.say_waiting("the message")(problem, None)
        self._stuck_since = now if self._stuck_since is None else self._stuck_since
        return now - self._stuck_since > self._patience


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
