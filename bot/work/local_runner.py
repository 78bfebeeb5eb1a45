"""The runner for one process: threads that are woken, and no polling."""

import heapq
import itertools
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

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
#: One thread in so many is kept for groups that have none: another's files may
#: hold the others for long.
_KEPT = 4
#: And one in so many may hold a large file: all else goes on in the others, whatever
#: number of groups has large ones.
_LARGE = 2
#: So many threads more has a worker beside others, for large files.
MORE_FOR_LARGE = 8
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


class _Turn(NamedTuple):
    """What takes turns: a group, with its large files apart from all else it has."""

    group: str
    is_large: bool


class _Lane:
    """The jobs of one kind, with threads of its own."""

    def __init__(self, *, threads: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._due: dict[int, float] = {}
        self._later: list[tuple[float, int, Job]] = []
        self._ready: OrderedDict[_Turn, deque[Job]] = OrderedDict()
        self._running: dict[int, _Turn] = {}
        self._again: dict[int, tuple[float, Job]] = {}
        self._order = itertools.count()
        self._stopping = False
        self._number = threads
        self._number_for_large = max(1, threads // _LARGE)
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
                if (turn := self._choose()) is not None:
                    return self._pop(turn)
                self._changed.wait(self._next_wait())
        return None

    def _mature(self) -> None:
        """Move the jobs whose time has come to their turns."""
        now = self._clock()
        while self._later and self._later[0][0] <= now:
            at, _, job = heapq.heappop(self._later)
            if self._due.get(job.row_id) == at:  # else it was put to an earlier time
                self._due[job.row_id] = -1.0
                self._ready.setdefault(_turn_of(job), deque()).append(job)

    def _choose(self) -> _Turn | None:
        """Return whose turn it is; None if there is nobody to serve now."""
        busy = list(self._running.values())
        large = [turn for turn in busy if turn.is_large]
        groups = {turn.group for turn in busy}
        for turn in self._ready:
            is_first, is_first_large = turn.group not in groups, turn not in large
            if _is_left(self._number, busy, is_first=is_first) and (
                not turn.is_large
                or _is_left(self._number_for_large, large, is_first=is_first_large)
            ):
                return turn
        return None

    def _pop(self, turn: _Turn) -> Job:
        """Take one job of *turn*, and let it wait for its next."""
        jobs = self._ready.pop(turn)
        job = jobs.popleft()
        if jobs:
            self._ready[turn] = jobs
        del self._due[job.row_id]
        self._running[job.row_id] = turn
        if self._ready:
            self._changed.notify()
        return job

    def _next_wait(self) -> float | None:
        return max(0.0, self._later[0][0] - self._clock()) if self._later else None

    def _done(self, job: Job) -> None:
        with self._changed:
            del self._running[job.row_id]
            if again := self._again.pop(job.row_id, None):
                self._put(again[1], again[0])
            self._changed.notify()


def _turn_of(job: Job) -> _Turn:
    return _Turn(job.group, job.is_large)


def _is_left(number: int, running: Sequence[_Turn], *, is_first: bool) -> bool:
    """Tell whether of so many threads there is one for a turn.

    The last of them are for who has none: who *is_first*.
    """
    free = number - len(running)
    return free > number // _KEPT or (is_first and free > 0)
