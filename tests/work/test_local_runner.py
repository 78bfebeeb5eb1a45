"""The contract of a runner, held against each implementation; then the local one's own.

A second implementation joins by a parameter of `open_runner`.
"""

import contextlib
import threading
import time
from collections import defaultdict

import pytest

from bot.work.local_runner import RETRY_SECONDS, LocalRunner
from bot.work.runner import Job, JobKind

SOON = 10.0
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

    def wait_for(self, job, *, times=1):
        """Wait until *job* began to run for the so-manieth time."""
        with self._changed:
            ran = self._changed.wait_for(lambda: self.ran.count(job) >= times, SOON)
        assert ran, f"{job} ran {self.ran.count(job)} times"

    def end(self):
        for job in list(self._holding):
            self.release(job)


@pytest.fixture
def work():
    return Work()


@pytest.fixture(params=["local"])
def open_runner(request, work):
    """How to open a runner that is stopped after the test."""
    with contextlib.ExitStack() as stack:

        def open_(**options):
            runner = {"local": LocalRunner}[request.param](**options)
            stack.callback(runner.stop, timeout=SOON)
            stack.callback(work.end)
            return runner

        yield open_


@pytest.fixture
def runner(open_runner):
    return open_runner()


def job(row_id, kind=JobKind.ATTACHMENT, group="C1"):
    return Job(kind, row_id, group)


def settle(runner, work, *, row_id=999):
    """Return when all that was due before now has begun."""
    last = job(row_id)
    runner.submit(last)
    work.wait_for(last)


# --- every runner -------------------------------------------------------------


def test_what_is_submitted_is_run(runner, work):
    runner.start(work.handlers)

    for kind in JobKind:
        runner.submit(job(1, kind))

    for kind in JobKind:
        work.wait_for(job(1, kind))


def test_what_was_submitted_before_the_start_is_run_after_it(runner, work):
    runner.submit(job(1))

    runner.start(work.handlers)

    work.wait_for(job(1))


def test_a_job_that_waits_is_run_once_however_often_it_was_submitted(runner, work):
    for _ in range(5):
        runner.submit(job(1))

    runner.start(work.handlers)
    work.wait_for(job(1))

    assert runner.stop(timeout=SOON)
    assert work.ran.count(job(1)) == 1


def test_a_job_never_runs_twice_at_once_and_what_came_meanwhile_is_run_after(
    runner, work
):
    runner.start(work.handlers)
    work.hold(job(1))
    runner.submit(job(1))
    work.wait_for(job(1))

    for _ in range(5):
        runner.submit(job(1))
    settle(runner, work)

    assert work.ran.count(job(1)) == 1
    work.release(job(1))
    work.wait_for(job(1), times=2)
    assert runner.stop(timeout=SOON)
    assert work.ran.count(job(1)) == 2
    assert work.most_at_once[job(1)] == 1


def test_a_job_does_not_run_before_its_time(runner, work):
    runner.start(work.handlers)
    at = time.time() + 0.2

    runner.submit(job(1), at=at)
    work.wait_for(job(1))

    assert time.time() >= at


def test_a_job_with_a_time_does_not_hold_up_others(runner, work):
    runner.start(work.handlers)
    runner.submit(job(1), at=time.time() + FAR)

    runner.submit(job(2))

    work.wait_for(job(2))
    assert job(1) not in work.ran


@pytest.mark.parametrize("order", [(FAR, 0.0), (0.0, FAR)])
def test_the_earlier_of_two_times_wins(runner, work, order):
    runner.start(work.handlers)
    work.hold(job(1))
    runner.submit(job(1))
    work.wait_for(job(1))

    # Once for a job that runs, once for one that waits.
    for later in order:
        runner.submit(job(1), at=time.time() + later if later else 0.0)
    work.release(job(1))
    work.wait_for(job(1), times=2)
    for later in order:
        runner.submit(job(2), at=time.time() + later if later else 0.0)
    work.wait_for(job(2))


def test_a_job_that_ran_before_its_later_time_does_not_run_at_it_again(runner, work):
    at = time.time() + 0.1
    runner.submit(job(1), at=at)
    runner.submit(job(1))

    runner.start(work.handlers)
    work.wait_for(job(1))
    runner.submit(job(2), at=at + 0.001)
    work.wait_for(job(2))

    assert runner.stop(timeout=SOON)
    assert work.ran.count(job(1)) == 1


def test_one_kind_of_work_does_not_wait_for_another(runner, work):
    runner.start(work.handlers)
    for row_id in range(50):
        work.hold(job(row_id))
        runner.submit(job(row_id))

    runner.submit(job(1, JobKind.REPLY))

    work.wait_for(job(1, JobKind.REPLY))


def test_stopping_waits_for_what_runs_and_begins_nothing_more(runner, work):
    runner.start(work.handlers)
    work.hold(job(1))
    runner.submit(job(1))
    work.wait_for(job(1))

    assert not runner.stop(timeout=0.01)
    runner.submit(job(2))
    work.release(job(1))

    assert runner.stop(timeout=SOON)
    assert work.ran == [job(1)]


# --- the local one ------------------------------------------------------------


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


ONE_EACH = dict.fromkeys(JobKind, 1)


def test_jobs_of_one_group_run_in_their_order(open_runner, work):
    runner = open_runner(threads=ONE_EACH)
    jobs = [job(row_id) for row_id in range(5)]
    for each in jobs:
        runner.submit(each)

    runner.start(work.handlers)
    work.wait_for(jobs[-1])

    assert work.ran == jobs


def test_groups_take_turns(open_runner, work):
    runner = open_runner(threads=ONE_EACH)
    many = [job(row_id, group="C1") for row_id in range(5)]
    few = [job(10, group="C2"), job(11, group="C3"), job(12, group="C2")]
    for each in (*many, *few):
        runner.submit(each)

    runner.start(work.handlers)
    work.wait_for(many[-1])

    assert [each.row_id for each in work.ran] == [0, 10, 11, 1, 12, 2, 3, 4]


def test_a_group_with_nothing_under_way_finds_a_thread_whatever_another_has(
    open_runner, work
):
    runner = open_runner(threads=dict.fromkeys(JobKind, 4))
    runner.start(work.handlers)
    many = [job(row_id, group="C1") for row_id in range(6)]
    for each in many:
        work.hold(each)
        runner.submit(each)
    for each in many[:3]:
        work.wait_for(each)

    runner.submit(job(10, group="C2"))

    work.wait_for(job(10, group="C2"))
    assert work.ran.count(many[3]) == 0
    for each in many:
        work.release(each)
        work.wait_for(each)


def test_there_are_as_many_threads_as_asked_for(open_runner, work):
    runner = open_runner(threads=dict.fromkeys(JobKind, 3))
    runner.start(work.handlers)
    for row_id in range(4):
        work.hold(job(row_id))
        runner.submit(job(row_id))

    for row_id in range(3):
        work.wait_for(job(row_id))
    assert job(3) not in work.ran
    work.release(job(1))
    work.wait_for(job(3))


def test_what_is_not_due_by_the_clock_is_not_run(open_runner, work):
    clock = Clock()
    runner = open_runner(threads=ONE_EACH, clock=clock)
    runner.start(work.handlers)

    runner.submit(job(1), at=1_001.0)
    settle(runner, work, row_id=100)
    assert job(1) not in work.ran

    clock.now = 1_001.0
    settle(runner, work, row_id=101)
    work.wait_for(job(1))


def test_what_fails_unforeseen_is_tried_again_later(open_runner, work, caplog):
    clock = Clock()
    runner = open_runner(threads=ONE_EACH, clock=clock)
    broken = job(1)

    def handle(each):
        work.handle(each)
        if each == broken and work.ran.count(broken) == 1:
            raise ZeroDivisionError

    runner.start(dict.fromkeys(JobKind, handle))
    runner.submit(broken)
    work.wait_for(broken)
    settle(runner, work, row_id=100)
    assert work.ran.count(broken) == 1
    assert "ZeroDivisionError" in caplog.text

    clock.now += RETRY_SECONDS
    settle(runner, work, row_id=101)
    work.wait_for(broken, times=2)


def test_a_failing_job_that_is_submitted_again_need_not_wait(open_runner, work, caplog):
    runner = open_runner(threads=ONE_EACH)

    def handle(each):
        if work.ran.count(each) == 0:
            runner.submit(each)
            work.handle(each)
            raise ZeroDivisionError
        work.handle(each)

    runner.start(dict.fromkeys(JobKind, handle))
    runner.submit(job(1))

    work.wait_for(job(1), times=2)
    assert len(caplog.records) == 1


def test_every_job_runs_whoever_submits_it_and_when(open_runner, work):
    runner = open_runner(threads=dict.fromkeys(JobKind, 4))
    runner.start(work.handlers)

    def submit(first):
        for row_id in range(first, first + 50):
            runner.submit(job(row_id, group=f"C{row_id % 3}"), at=time.time() + 0.01)
            runner.submit(job(row_id, group=f"C{row_id % 3}"))

    threads = [threading.Thread(target=submit, args=(n * 50,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)

    for row_id in range(400):
        work.wait_for(job(row_id, group=f"C{row_id % 3}"))
    assert set(work.most_at_once.values()) == {1}
