"""The one place that decides whether something is tried again, and when."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import TransientProblem
from bot.work.ledger.shares import Attempts

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 300.0
#: Who asks for shorter waits, time after time, gets longer ones, up to this.
CALM_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """When to try again: exponentially later, spread by chance, or as asked for."""

    clock: Callable[[], float]
    chance: Callable[[], float] = random.random

    def next_try(self, problem: TransientProblem, attempts: Attempts) -> float | None:
        """Return the time of the next try (epoch seconds); None to give up."""
        now = self.clock()
        since = now if attempts.since is None else attempts.since
        if now - since > problem.patience:
            return None
        doubled = FIRST_SECONDS * 2.0 ** min(attempts.number, 20)
        # Half of it at least, so that many do not come back at one moment.
        wait = min(doubled, LONGEST_SECONDS) * (0.5 + 0.5 * self.chance())
        if problem.retry_after is not None:
            wait = max(problem.retry_after, min(wait, CALM_SECONDS))
        return now + wait
