"""What the local runner does beyond the contract of all (test_runners.py)."""

import contextlib
import threading
import time

import pytest

from bot.work.local_runner import RETRY_SECONDS, LocalRunner
from bot.work.runner import JobKind
from tests.work.running import SOON, Work, job, settle


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def open_runner(work):
    """How to open a runner that is stopped after the test."""
    with contextlib.ExitStack() as stack:

        def open_(**options):
            runner = LocalRunner(**options)
            stack.callback(runner.stop, timeout=SOON)
            stack.callback(work.end)
            return runner

        yield open_


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
    work.occupy(runner, many, running=3)

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


def test_large_files_hold_half_of_the_threads_whatever_channels_they_are_of(
    open_runner, work
):
    runner = open_runner(threads=dict.fromkeys(JobKind, 4))
    runner.start(work.handlers)
    large = [job(row_id, group=f"C{row_id}", is_large=True) for row_id in range(8)]
    work.occupy(runner, large, running=2)

    small = [job(row_id, group="C9") for row_id in range(100, 110)]
    for each in small:
        runner.submit(each)

    work.wait_for(small[-1])
    assert [each for each in work.ran if each.is_large] == large[:2]
    work.release(large[0])
    work.wait_for(large[2])


def test_a_channel_s_large_files_leave_another_s_a_thread(open_runner, work):
    runner = open_runner(threads=dict.fromkeys(JobKind, 8))
    runner.start(work.handlers)
    many = [job(row_id, group="C1", is_large=True) for row_id in range(6)]
    work.occupy(runner, many, running=3)

    runner.submit(job(10, group="C2", is_large=True))

    work.wait_for(job(10, group="C2", is_large=True))
    assert work.ran.count(many[3]) == 0


def test_a_channel_s_large_files_take_no_thread_that_is_kept_for_others(
    open_runner, work
):
    runner = open_runner(threads=dict.fromkeys(JobKind, 4))
    many = [job(row_id, group="C1") for row_id in range(3)]
    large = job(9, group="C1", is_large=True)
    for each in [*many, large]:
        work.hold(each)
    for each in many:
        runner.submit(each)
    runner.start(work.handlers)
    for each in many:
        work.wait_for(each)

    runner.submit(large)
    runner.submit(job(10, group="C2"))

    work.wait_for(job(10, group="C2"))
    assert work.ran.count(large) == 0
