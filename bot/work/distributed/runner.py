"""The runner for many processes: workers of Procrastinate, in a thread of their own."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, exceptions

from bot.errors import JobLost, LedgerUnavailable
from bot.work.distributed.connections import build_parameters, open_handover
from bot.work.distributed.handover import Handover, Line
from bot.work.distributed.jobs import LARGE_FILES
from bot.work.distributed.lanes import ALL_THREADS, LANES, Lane
from bot.work.distributed.leases import Leases
from bot.work.distributed.pace import Pace
from bot.work.distributed.patience import PatientJobs
from bot.work.distributed.upkeep import Upkeep
from bot.work.local_runner import LEDGER_SECONDS, RETRY_SECONDS
from bot.work.runner import Handler, Handlers, Job, JobKind

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0
_GIVING_BACK_SECONDS = 2.0


class DistributedRunner:
    """Runs, with others on this machine or elsewhere, what was handed over."""

    def __init__(
        self,
        url: str,
        line: Line,
        *,
        clock: Callable[[], float],
        pace: Pace,
    ) -> None:
        self._clock = clock
        self._pace = pace
        self._handing, self._pool = open_handover(url)
        self._handover = Handover(self._handing, line, clock=clock)
        self.leases = Leases(seconds=self._pace.lease)
        self._connector = PsycopgConnector(
            min_size=1, max_size=4, **build_parameters(url, longest=pace.call)
        )
        self._jobs = PatientJobs(self._connector, self.leases)
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def submit(self, job: Job, *, at: float = 0.0) -> None:
        """Run *job*, here or elsewhere, but not before *at* (epoch seconds)."""
        self._handover.submit(job, at=at)

    def start(
        self, handlers: Handlers, *, sweep: Callable[[], object] = lambda: None
    ) -> None:
        """Begin to work; now and then, one of all processes calls its *sweep*."""
        with contextlib.suppress(LedgerUnavailable):  # the next finds it
            sweep()
        self._app = App(connector=self._connector)
        self._app.job_manager = self._jobs
        for kind, handler in handlers.items():
            self._add_task(kind, handler)
        upkeep = Upkeep(self._connector, self._jobs, self.leases, self._pace, sweep)
        upkeep.register(self._app)
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self, *, timeout: float) -> bool:
        """Take up nothing new; return whether all that runs ended in *timeout* seconds.

        What did not end is given back: others may begin it at once, so this process
        must end. Until then it has no more effects.
        """
        if self._loop is not None and not self._end(self._loop, timeout):
            self._give_back(self._loop)
            return False
        self._pool.close()
        return True

    def faults(self) -> list[str]:
        """Return why nothing can be handed over, or worked on here."""
        faults = self._handover.faults()
        if self._loop is not None and self.leases.count() < len(LANES):
            faults.append("not all workers have a heartbeat in the database")
        return faults

    def _add_task(self, kind: JobKind, handler: Handler) -> None:
        def work(context: JobContext, *, row: int, group: str) -> None:
            with self.leases.acting_for(context.job.worker_id):
                is_large = context.job.queue in LARGE_FILES
                self._run(handler, Job(kind, row, group, is_large))

        self._app.task(name=kind.value, pass_context=True)(work)

    def _run(self, handler: Handler, job: Job) -> None:
        try:
            handler(job)
        except JobLost:
            logger.warning("%s %d is another worker's by now", *job[:2])
        except LedgerUnavailable:  # which it has logged itself
            self.submit(job, at=self._clock() + LEDGER_SECONDS)
        except Exception:  # the one loop that must not end
            logger.exception("Job failed, next try in %d s: %s", RETRY_SECONDS, job)
            self.submit(job, at=self._clock() + RETRY_SECONDS)

    def _serve(self) -> None:
        assert self._loop is not None, "this thread was started with it"
        self._loop.set_default_executor(ThreadPoolExecutor(ALL_THREADS))
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._work_in_lanes())

    def _end(self, loop: asyncio.AbstractEventLoop, timeout: float) -> bool:
        with contextlib.suppress(RuntimeError):  # it has ended before
            loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    async def _work_in_lanes(self) -> None:
        # Where there is no database yet, the pool goes on to look for it.
        with contextlib.suppress(psycopg.Error):
            await self._connector.open_async()
        lanes = [asyncio.create_task(self._keep(lane)) for lane in LANES]
        await self._stopping.wait()
        for lane in lanes:
            lane.cancel()
        await asyncio.wait(lanes)
        await self._connector.close_async()

    async def _keep(self, lane: Lane) -> None:
        """Have a worker in the lane, and another one after it."""
        while True:
            try:
                await self._app.run_worker_async(
                    queues=lane.queues,
                    concurrency=lane.threads,
                    listen_notify=lane.listens,
                    fetch_job_polling_interval=self._pace.poll,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._pace.heartbeat,
                    stalled_worker_timeout=self._pace.stalled,
                )
            except exceptions.ConnectorException as error:
                logger.warning("A worker ended: %s", error.__cause__ or error)
            except Exception:  # the one loop that must not end
                logger.exception("A worker ended")
            await asyncio.sleep(_AGAIN_SECONDS)

    def _give_back(self, loop: asyncio.AbstractEventLoop) -> None:
        giving = asyncio.run_coroutine_threadsafe(self._jobs.give_back(), loop)
        with contextlib.suppress(TimeoutError):
            giving.result(_GIVING_BACK_SECONDS)
