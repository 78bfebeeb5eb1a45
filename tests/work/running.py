"""Handlers that tell what ran, and the jobs they run, for tests of runners."""

import threading
from collections import defaultdict

from bot.work.distributed.pace import Pace
from bot.work.runner import Job, JobKind

SOON = 30.0
FAR = 3600.0


class Work:
    """Handlers that tell what ran, and hold what the test wants to be held."""

    def __init__(self):
        self.ran = []
        self.most_at_once = defaultdict(int)
        self._now = defaultdict(int)
        self._held = defaultdict(threading.Event)
        self._holding = set()
        self._changed = threading.Condition()

    @property
    def handlers(self):
        return dict.fromkeys(JobKind, self.handle)

    def hold(self, job):
        """Let every run of *job* last until it is released."""
        self._holding.add(job)

    def release(self, job):
        self._holding.discard(job)
        self._held[job].set()

    def handle(self, job):
        with self._changed:
            self._now[job] += 1
            self.most_at_once[job] = max(self.most_at_once[job], self._now[job])
            self.ran.append(job)
            self._changed.notify_all()
        if job in self._holding:
            assert self._held[job].wait(SOON)
        with self._changed:
            self._now[job] -= 1
            self._changed.notify_all()

    def occupy(self, runner, jobs, *, running):
        """Submit *jobs* that are held; return once the first *running* of them run."""
        for each in jobs:
            self.hold(each)
            runner.submit(each)
        for each in jobs[:running]:
            self.wait_for(each)

    def wait_for(self, job, *, times=1):
        """Wait until *job* began to run for the so-manieth time."""
        with self._changed:
            ran = self._changed.wait_for(lambda: self.ran.count(job) >= times, SOON)
        assert ran, f"{job} ran {self.ran.count(job)} times"

    def end(self):
        for job in list(self._holding):
            self.release(job)


def job(row_id, kind=JobKind.ATTACHMENT, group="C1", is_large=False):
    return Job(kind, row_id, group, is_large)


def settle(runner, work, *, row_id=999):
    """Return when all that was due before now has begun."""
    last = job(row_id)
    runner.submit(last)
    work.wait_for(last)


class Alone:
    """A line in which nobody waits."""

    def count_earlier(self, job):
        return 0


#: Of a distributed runner in a hurry.
PACE = Pace(poll=0.05)
