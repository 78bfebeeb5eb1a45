"""Takes up at a start what an earlier process left."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.work.runner import Job, JobKind, Runner
from bot.work.steady_clock import credible


class Unfinished(Protocol):
    """A part of the ledger that knows what is left to do."""

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time (epoch seconds) of each row to work on."""


def take_up(
    ledgers: Mapping[JobKind, Unfinished],
    runner: Runner,
    *,
    clock: Callable[[], float],
) -> int:
    """Submit every unfinished row; return how many there were."""
    number = 0
    for kind, ledger in ledgers.items():
        for row_id, channel_id, due_at in ledger.unfinished():
            at = credible(due_at, clock())
            runner.submit(Job(kind, row_id, channel_id), at=at)
            number += 1
    return number
