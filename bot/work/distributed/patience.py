"""Procrastinate's job manager, bearing with a database that is away for a while.

By itself a worker ends with the first call that fails, and what it was about to store
is lost; a job whose end was not stored stays in hand for ever, as its worker lives.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, LiteralString

from procrastinate import exceptions, jobs, manager

from bot.work.distributed.fences import END, FREE
from bot.work.distributed.jobs import now
from bot.work.distributed.leases import Leases

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0


class PatientJobs(manager.JobManager):
    """Waits for the database, for as long as the worker's lease lasts."""

    def __init__(self, connector: Any, leases: Leases) -> None:
        super().__init__(connector)
        self._leases = leases
        self._in_hand: dict[int, jobs.Job] = {}
        self._unsure: set[int] = set()

    async def register_worker(self) -> int:
        """Register a worker, and begin its lease."""
        asked = self._leases.read_clock()
        worker_id = await super().register_worker()
        self._leases.begin(worker_id, asked)
        return worker_id

    async def unregister_worker(self, worker_id: int) -> None:
        """End its lease; jobs that it has in hand yet are free to be taken over."""
        self._leases.end(worker_id)
        await super().unregister_worker(worker_id)

    async def update_heartbeat(self, worker_id: int) -> None:
        """Renew the worker's lease.

        Raises:
            ConnectorException: it ran out; this ends the worker, and another begins.
        """
        asked = self._leases.read_clock()
        try:
            await super().update_heartbeat(worker_id)
        except exceptions.ConnectorException as error:
            logger.warning("No heartbeat: %s", error.__cause__ or error)
            if self._leases.is_held(worker_id):
                return
        else:
            if self._leases.renew(worker_id, asked):
                return
        raise exceptions.ConnectorException("The heartbeat was away for too long")

    async def fetch_job(
        self, queues: Iterable[str] | None, worker_id: int
    ) -> jobs.Job | None:
        """Return a job to run; none while there is no database."""
        if not self._leases.is_held(worker_id):
            return None
        try:
            await self._give_back_unknown(worker_id)
            job = await super().fetch_job(queues, worker_id)
        except exceptions.ConnectorException as error:
            logger.warning("No jobs: %s", error.__cause__ or error)
            self._unsure.add(worker_id)
            return None
        if job is not None and job.id is not None:
            self._in_hand[job.id] = job
        return job

    async def finish_job(
        self, job: jobs.Job, status: jobs.Status, delete_job: bool
    ) -> None:
        """Store that the job has ended, unless it may be another's by now."""
        while self._leases.is_held(job.worker_id):
            try:
                await self._end(job, status, delete_job=delete_job)
            except exceptions.ConnectorException:
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                break
        self._in_hand.pop(job.id or 0, None)

    async def defer_periodic_job(
        self, job: jobs.Job, periodic_id: str, defer_timestamp: int
    ) -> int | None:
        """Have what is due at this time done; the next time is as good."""
        try:
            return await super().defer_periodic_job(job, periodic_id, defer_timestamp)
        except exceptions.ConnectorException:
            return None

    async def listen_for_jobs(
        self,
        *,
        on_notification: manager.NotificationCallback,
        queues: Iterable[str] | None = None,
    ) -> None:
        """Listen; after a break, anew."""
        while True:
            try:
                await super().listen_for_jobs(
                    on_notification=on_notification, queues=queues
                )
            except exceptions.ConnectorException:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def give_back(self) -> None:
        """Let others have what is in hand; nobody here acts for it any more."""
        self._leases.end_all()
        for job in list(self._in_hand.values()):
            await self.free(job)

    async def free(self, job: jobs.Job) -> None:
        """Have a job run again, unless it is another worker's by now."""
        try:
            await self._free(job)
        except exceptions.ConnectorException as error:
            reason = error.__cause__ or error
            logger.warning("%s is not given back: %s", job.lock, reason)

    async def _free(self, job: jobs.Job) -> None:
        try:
            await self._change(FREE, job, retry_at=now())
        except exceptions.UniqueViolation:  # it was submitted again meanwhile
            await self._end(job, jobs.Status.FAILED, delete_job=True)

    async def _give_back_unknown(self, worker_id: int) -> None:
        """Free the job that was fetched when the answer did not come."""
        if worker_id not in self._unsure:
            return
        doing = jobs.Status.DOING.value
        for job in await self.list_jobs_async(status=doing, worker_id=worker_id):
            if job.id not in self._in_hand:
                await self.free(job)
        self._unsure.discard(worker_id)

    async def _end(
        self, job: jobs.Job, status: jobs.Status, *, delete_job: bool
    ) -> None:
        await self._change(END, job, status=status.value, delete_job=delete_job)

    async def _change(self, query: LiteralString, job: jobs.Job, **how: Any) -> None:
        await self.connector.execute_query_async(
            query, job_id=job.id, worker_id=job.worker_id, **how
        )
