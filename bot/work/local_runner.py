"""The runner for one process: threads that are woken, and no polling."""

import heapq
import itertools
import logging
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping

from bot.errors import LedgerUnavailable
from bot.work.runner import Handler, Handlers, Job, JobKind

logger = logging.getLogger(__name__)

#: Threads of each kind. They hide latency only; 16 relays fill two cores (measured).
THREADS: Mapping[JobKind, int] = {
    JobKind.SHARE: 4,
    JobKind.ATTACHMENT: 16,
    JobKind.REPLY: 4,
    JobKind.COMMENT: 2,
    JobKind.RETENTION: 1,
}
#: One thread in so many is kept for groups that have none: another's large files may
#: hold the others for long.
_KEPT = 4
#: Seconds until a job is run again whose handler failed in a way nobody foresaw.
RETRY_SECONDS = 30.0
#: And where the ledger could not be read or written.
LEDGER_SECONDS = 1.0


class LocalRunner:
    """Runs jobs in threads of this process; a restart takes them up from the ledger."""

    def __init__(
        self,
        *,
        threads: Mapping[JobKind, int] = THREADS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._lanes = {
            kind: _Lane(threads=number, clock=clock) for kind, number in threads.items()
        }

    def submit(self, job: Job, *, at: float = 0.0) -> None:
        """Run *job* as soon as possible, but not before *at* (epoch seconds)."""
        self._lanes[job.kind].submit(job, at)

    def start(
        self, handlers: Handlers, *, sweep: Callable[[], object] = lambda: None
    ) -> None:
        """Begin to work, on what was submitted before and what *sweep* finds, too."""
        sweep()
        for kind, lane in self._lanes.items():
            lane.start(handlers[kind])

    def faults(self) -> list[str]:
        """Return nothing: it is always able to work."""
        return []

    def stop(self, *, timeout: float) -> bool:
        """Take up nothing new; return whether all that runs ended in *timeout* seconds.

        What did not end is left to the next start, as after a crash.
        """
        deadline = time.monotonic() + timeout
        for lane in self._lanes.values():
            lane.stop()
        ended = [lane.join(deadline) for lane in self._lanes.values()]
        return all(ended)


class _Lane:
    """The jobs of one kind, with threads of its own."""

    def __init__(self, *, threads: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._due: dict[int, float] = {}
        self._later: list[tuple[float, int, Job]] = []
        self._ready: OrderedDict[str, deque[Job]] = OrderedDict()
        self._running: set[int] = set()
        self._busy: Counter[str] = Counter()
        self._again: dict[int, tuple[float, Job]] = {}
        self._order = itertools.count()
        self._stopping = False
        self._number = threads
        self._threads: list[threading.Thread] = []

    def submit(self, job: Job, at: float) -> None:
        with self._changed:
            self._put(job, at)
            self._changed.notify()

    def start(self, handler: Handler) -> None:
        for _ in range(self._number):
            thread = threading.Thread(target=self._work, args=(handler,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def join(self, deadline: float) -> bool:
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _put(self, job: Job, at: float) -> None:
        if job.row_id in self._running:
            earlier = self._again.get(job.row_id)
            if earlier is None or at < earlier[0]:
                self._again[job.row_id] = at, job
            return
        if job.row_id in self._due and self._due[job.row_id] <= at:
            return
        self._due[job.row_id] = at
        heapq.heappush(self._later, (at, next(self._order), job))

    def _work(self, handler: Handler) -> None:
        while (job := self._take()) is not None:
            try:
                handler(job)
            except LedgerUnavailable:  # which it has logged itself
                self.submit(job, self._clock() + LEDGER_SECONDS)
            except Exception:  # the one loop that must not end
                logger.exception("Job failed, next try in %d s: %s", RETRY_SECONDS, job)
                self.submit(job, self._clock() + RETRY_SECONDS)
            finally:
                self._done(job)

    def _take(self) -> Job | None:
        with self._changed:
            while not self._stopping:
                self._mature()
                if (group := self._choose()) is not None:
                    return self._pop(group)
                self._changed.wait(self._next_wait())
        return None

    def _mature(self) -> None:
        """Move the jobs whose time has come to their groups."""
        now = self._clock()
        while self._later and self._later[0][0] <= now:
            at, _, job = heapq.heappop(self._later)
            if self._due.get(job.row_id) == at:  # else it was put to an earlier time
                self._due[job.row_id] = -1.0
                self._ready.setdefault(job.group, deque()).append(job)

    def _choose(self) -> str | None:
        """Return the group whose turn it is; None if there is none to serve now."""
        if self._number - len(self._running) > self._number // _KEPT:
            return next(iter(self._ready), None)
        return next((group for group in self._ready if not self._busy[group]), None)

    def _pop(self, group: str) -> Job:
        """Take one job of *group*, and let it wait for its next turn."""
        jobs = self._ready.pop(group)
        job = jobs.popleft()
        if jobs:
            self._ready[group] = jobs
        del self._due[job.row_id]
        self._running.add(job.row_id)
        self._busy[group] += 1
        if self._ready:
            self._changed.notify()
        return job

    def _next_wait(self) -> float | None:
        return max(0.0, self._later[0][0] - self._clock()) if self._later else None

    def _done(self, job: Job) -> None:
        with self._changed:
            self._running.discard(job.row_id)
            self._busy -= Counter([job.group])
            if again := self._again.pop(job.row_id, None):
                self._put(again[1], again[0])
            self._changed.notify()
