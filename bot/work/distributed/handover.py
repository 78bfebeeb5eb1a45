"""Hands rows over: puts one job for each into Procrastinate's queue."""

import logging
from collections.abc import Callable
from typing import Protocol

from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from bot.errors import LedgerUnavailable
from bot.work.distributed.jobs import lock_of, wait_of, write_job
from bot.work.runner import Job

logger = logging.getLogger(__name__)

_TRIES = 20


class Line(Protocol):
    """Knows what a channel has waiting."""

    def count_earlier(self, job: Job) -> int:
        """Return how many rows of the job's kind and channel are due before its own."""


class Handover:
    """Submits jobs from any thread of a process that may run none itself."""

    def __init__(
        self, jobs: JobManager, line: Line, *, clock: Callable[[], float]
    ) -> None:
        self._jobs = jobs
        self._line = line
        self._clock = clock

    def submit(self, job: Job, *, at: float = 0.0) -> None:
        """Have *job* run, not before *at* (epoch seconds).

        What cannot be handed over is not lost: the ledger has it, and a sweep finds it.
        """
        try:
            self._put(job, max(0.0, at - self._clock()))
        except (ConnectorException, LedgerUnavailable) as error:
            reason = error.__cause__ or error
            logger.warning("%s %d is left to a sweep: %s", *job[:2], reason)

    def faults(self) -> list[str]:
        """Return why nothing can be handed over."""
        try:
            has_tables = self._jobs.check_connection()
        except ConnectorException as error:
            return [f"work cannot be handed over: {error.__cause__ or error}"]
        return [] if has_tables else ["the tables of the job queue are missing"]

    def _put(self, job: Job, wait: float) -> None:
        earlier = self._line.count_earlier(job) if job.group else 0
        for _ in range(_TRIES):
            try:
                self._jobs.defer_job(write_job(job, wait=wait, earlier=earlier))
            except AlreadyEnqueued:
                if self._is_early_enough(job, wait):
                    return
            else:
                return
        logger.error("%s %d is left to a sweep: others submit it too", *job[:2])

    def _is_early_enough(self, job: Job, wait: float) -> bool:
        """Tell whether the job that waits is due by then; else remove it.

        A job that waits for its time keeps all others of its lock waiting, and is never
        put earlier (procrastinate.readthedocs.io, "Ensure jobs run sequentially").
        """
        lock = lock_of(job)
        for queued in self._jobs.list_jobs(
            queueing_lock=lock, status=Status.TODO.value
        ):
            if queued.id is None or wait_of(queued) <= wait:
                return True
            self._jobs.cancel_job_by_id(queued.id, delete_job=True)
        return False
