"""Takes up what has no job: what an earlier process left, or could not hand over."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from bot.work.runner import Job, JobKind, Runner
from bot.work.steady_clock import credible

logger = logging.getLogger(__name__)

#: Where several processes work on one ledger, seconds between two looks for rows
#: that have no job.
SWEEP_SECONDS = 20
#: It has no row: it is always there to be done.
RETENTION = Job(JobKind.RETENTION, 0)

#: Jobs, and when each is due (epoch seconds).
Due = Iterable[tuple[Job, float]]


class Unfinished(Protocol):
    """A part of the ledger that knows what is left to do."""

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time (epoch seconds) of each row to work on."""


class LeftRows:
    """All that is not done, where one process has the ledger, and just starts."""

    def __init__(
        self, ledgers: Mapping[JobKind, Unfinished], *, clock: Callable[[], float]
    ) -> None:
        self._ledgers = ledgers
        self._clock = clock

    def find(self) -> Due:
        """Return a job for each row, and the one that has none."""
        now = self._clock()
        left = [
            (Job(kind, row_id, channel_id), credible(due_at, now))
            for kind, ledger in self._ledgers.items()
            for row_id, channel_id, due_at in ledger.unfinished()
        ]
        return [*left, (RETENTION, 0.0)]


class Sweep:
    """Takes up all that *find* finds, once for each call."""

    def __init__(self, find: Callable[[], Due], runner: Runner) -> None:
        self._find = find
        self._runner = runner

    def __call__(self) -> None:
        """Submit what has no job."""
        found = list(self._find())
        for job, at in found:
            self._runner.submit(job, at=at)
        left = sum(job != RETENTION for job, _ in found)
        if left:
            logger.info("Taking up %d jobs that were left", left)
