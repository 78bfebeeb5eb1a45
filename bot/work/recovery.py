"""Takes up what has no job: what an earlier process left, or could not hand over."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.work.runner import Job, JobKind, Runner, Workforce
from bot.work.steady_clock import credible

logger = logging.getLogger(__name__)

#: A job that is late by so many seconds, by another machine's clock, is left alone.
_LATE_SECONDS = 5.0
#: Where several processes work on one ledger, seconds between two looks for rows
#: that have no job.
SWEEP_SECONDS = 20
_RETENTION = Job(JobKind.RETENTION, 0)


class Unfinished(Protocol):
    """A part of the ledger that knows what is left to do."""

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time (epoch seconds) of each row to work on."""


def take_up(
    ledgers: Mapping[JobKind, Unfinished],
    runner: Runner,
    *,
    clock: Callable[[], float],
    waits: Callable[[], Mapping[tuple[JobKind, int], float]] = dict,
) -> int:
    """Submit every unfinished row without a job in time; return how many there were."""
    found = [
        (Job(kind, row_id, channel_id), credible(due_at, clock()))
        for kind, ledger in ledgers.items()
        for row_id, channel_id, due_at in ledger.unfinished()
    ]
    known = waits()  # after the rows: what was stored and submitted meanwhile has one
    number = 0
    for job, at in found:
        wait = known.get((job.kind, job.row_id))
        if wait is None or wait > max(0.0, at - clock()) + _LATE_SECONDS:
            runner.submit(job, at=at)
            number += 1
    return number


class Sweep:
    """Takes up all kinds of work, once for each call."""

    def __init__(
        self,
        ledgers: Mapping[JobKind, Unfinished],
        runner: Workforce,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._ledgers = ledgers
        self._runner = runner
        self._clock = clock

    def __call__(self) -> None:
        """Submit what has no job."""
        left = take_up(
            self._ledgers, self._runner, clock=self._clock, waits=self._runner.waits
        )
        if left:
            logger.info("Taking up %d jobs that were left", left)
        if (_RETENTION.kind, _RETENTION.row_id) not in self._runner.waits():
            self._runner.submit(_RETENTION)
