"""Has the ledger forget what is finished and older than the settings keep it."""

import logging
from collections.abc import Callable

from bot.work.ledger.pruning import PruningLedger
from bot.work.runner import Job, Runner

logger = logging.getLogger(__name__)

_DAY = 24 * 60 * 60
#: Seconds between two looks for what has grown old.
_LOOK_SECONDS = 60 * 60
#: Seconds in which others write to the ledger before more is forgotten.
_PAUSE_SECONDS = 0.1


class Retention:
    """Forgets, one batch for each run of its job, and has itself run again."""

    def __init__(
        self,
        ledger: PruningLedger,
        runner: Runner,
        *,
        days: int,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._runner = runner
        self._days = days
        self._clock = clock
        self._last = 0
        self._number = 0

    def run(self, job: Job) -> None:
        """Forget one batch; the next has its turn in a moment, or in an hour."""
        before = self._clock() - self._days * _DAY
        pruned = self._ledger.prune(before=before, after=self._last)
        self._number += pruned.number
        if pruned.last is None:
            self._finish()
        self._last = pruned.last or 0
        pause = _LOOK_SECONDS if pruned.last is None else _PAUSE_SECONDS
        self._runner.submit(job, at=self._clock() + pause)

    def _finish(self) -> None:
        if self._number:
            logger.info(
                "Forgot %d shares of more than %d days ago", self._number, self._days
            )
        self._number = 0
