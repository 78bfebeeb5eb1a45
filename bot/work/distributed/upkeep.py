"""What the workers do for each other: take over, and sweep up what has no job.

As Procrastinate advises, by a periodic task that any worker runs
(procrastinate.readthedocs.io, "Retry stalled jobs").
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from procrastinate import App, JobContext, PsycopgConnector, exceptions

from bot.errors import LedgerUnavailable
from bot.work.distributed.jobs import UPKEEP
from bot.work.distributed.leases import Leases
from bot.work.distributed.pace import Pace
from bot.work.distributed.patience import PatientJobs
from bot.work.recovery import SWEEP_SECONDS

logger = logging.getLogger(__name__)

#: Any number, the same in every version: whoever takes over does so alone.
_TAKE_TURN = "SELECT pg_try_advisory_xact_lock(5021976132)"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The periodic tasks, for an app that runs workers."""

    connector: PsycopgConnector
    jobs: PatientJobs
    leases: Leases
    pace: Pace
    sweep: Callable[[], object]

    def register(self, app: App) -> None:
        """Have the app's workers do it."""
        _have_done(app, self._take_over, "take-over", every=self.pace.look)
        _have_done(app, self._sweep, "sweep", every=SWEEP_SECONDS)

    async def _take_over(self, context: JobContext, timestamp: int) -> None:
        async with self._alone() as is_ours:
            if is_ours:
                await self._free_stalled(context.job.worker_id)
                await self.jobs.prune_stalled_workers(self.pace.stalled)

    async def _free_stalled(self, own_id: int | None) -> None:
        stalled = await self.jobs.get_stalled_jobs(
            seconds_since_heartbeat=self.pace.stalled
        )
        for job in stalled:
            if not self.leases.is_held(own_id):
                return  # frozen meanwhile: somebody may run them by now
            logger.warning("Taking over %s of a worker that is gone", job.lock)
            await self.jobs.free(job)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        """Tell whether nobody else is at it; two would free what runs again already."""
        async with self.connector.pool.connection() as connection:
            row = await (await connection.execute(_TAKE_TURN)).fetchone()
            yield row is not None and bool(row[0])

    def _sweep(self, context: JobContext, timestamp: int) -> None:
        with contextlib.suppress(LedgerUnavailable, exceptions.ConnectorException):
            self.sweep()


def _have_done(
    app: App, function: Callable[..., object], name: str, *, every: int
) -> None:
    """Have it done every so many seconds, which are cron's sixth field."""
    made = app.task(name=name, queue=UPKEEP, queueing_lock=name, pass_context=True)
    app.periodic(cron=f"* * * * * */{every}")(made(function))
