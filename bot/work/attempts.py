"""The one place that decides whether something is tried again, and when."""

import contextlib
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.errors import DAY, LedgerUnavailable, Problem, TransientProblem, Unexpected
from bot.work.ledger.attempts import Attempts

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 300.0
#: Who asks for shorter waits, time after time, gets longer ones, up to this.
CALM_SECONDS = 10.0

Note = Callable[[TransientProblem, float | None], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """When to try again: exponentially later, spread by chance, or as asked for."""

    clock: Callable[[], float]
    chance: Callable[[], float] = random.random
    #: Is told of each decision.
    note: Note = lambda problem, at: None
    is_endless: bool = False

    def next_try(self, problem: TransientProblem, attempts: Attempts) -> float | None:
        """Return the time of the next try (epoch seconds); None to give up."""
        now = self.clock()
        is_over = _is_over(problem, attempts, now) and not self.is_endless
        at = None if is_over else now + self._wait_time(problem, attempts)
        self.note(problem, at)
        return at

    def _wait_time(self, problem: TransientProblem, attempts: Attempts) -> float:
        doubled = FIRST_SECONDS * 2.0 ** min(attempts.number, 20)
        # Half of it at least, so that many do not come back at one moment.
        wait = min(doubled, LONGEST_SECONDS) * (0.5 + 0.5 * self.chance())
        if problem.retry_after is not None:
            wait = max(problem.retry_after, min(wait, CALM_SECONDS))
        return wait


def _is_over(problem: TransientProblem, attempts: Attempts, now: float) -> bool:
    if now - _since(problem, attempts, now) > problem.patience:
        return True
    return attempts.since is not None and now - attempts.since > DAY


def _since(problem: TransientProblem, attempts: Attempts, now: float) -> float:
    """Return since when it has been this *problem*, whatever it was before."""
    if attempts.cause != problem.code or attempts.cause_since is None:
        return now
    return attempts.cause_since


@contextlib.contextmanager
def foreseeing(logger: logging.Logger) -> Iterator[None]:
    """Make a problem that is waited out of whatever nobody foresaw.

    Raises:
        Unexpected: something else than a problem was raised; the log has it.
        LedgerUnavailable: it is not for a person to hear, nor could it be stored.
    """
    try:
        yield
    except (Problem, LedgerUnavailable):
        raise
    except Exception as error:
        logger.exception("This was not foreseen")
        raise Unexpected from error
