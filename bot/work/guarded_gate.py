"""A gate that lets through only whoever may act still."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.clients.plane_calls import Gate

#: Raises where the thread that asks may have no effects any more.
Guard = Callable[[], None]


@dataclass(frozen=True, slots=True)
class GuardedGate:
    """Asks *guard* once a place is had: just before the call."""

    gate: Gate
    guard: Guard

    @contextlib.contextmanager
    def passage(
        self, *, patience: float | None = None
    ) -> Iterator[Callable[[int], None]]:
        """Hold a place for one call.

        Raises:
            LoadmasterError: the guard lets this thread call nobody any more.
        """
        with self.gate.passage(patience=patience) as learn:
            self.guard()
            yield learn

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*."""
        self.gate.push_back(seconds)


def unguarded() -> None:
    """Let everything pass: nobody else works on this ledger."""
