"""Tries something until it goes through, while a person at a terminal waits for it."""

import time
from collections.abc import Callable
from typing import TypeVar

from bot.errors import TransientProblem
from bot.work.attempts import Patience
from bot.work.ledger.attempts import Attempts

Value = TypeVar("Value")
#: Tells a person what is waited for, and for how many seconds.
Say = Callable[[TransientProblem, float], None]


class Persistence:
    """Waits out what passes by itself, for *seconds* since it began."""

    def __init__(
        self,
        seconds: float,
        say: Say,
        *,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._say = say
        self._patience = Patience(clock)
        self._clock = clock
        self._wait = wait

    def run(self, action: Callable[[], Value]) -> Value:
        """Return what *action* returns.

        Raises:
            FinalProblem: trying again would not help.
            TransientProblem: it lasts longer than is waited.
        """
        attempts = Attempts()
        while True:
            try:
                return action()
            except TransientProblem as problem:
                attempts = self._wait_out(problem, attempts)

    def _wait_out(self, problem: TransientProblem, attempts: Attempts) -> Attempts:
        now = self._clock()
        since = now if attempts.since is None else attempts.since
        at = self._patience.next_try(problem, attempts)
        if at is None or at > since + self._seconds:
            raise problem
        self._say(problem, at - now)
        self._wait(at - now)
        is_same = attempts.cause == problem.code
        cause_since = attempts.cause_since if is_same else now
        return Attempts(attempts.number + 1, since, problem.code, cause_since)
