"""The contract of a runner, held against each implementation."""

import contextlib
import time

import pytest

from bot.work.distributed.runner import DistributedRunner
from bot.work.local_runner import LocalRunner
from bot.work.runner import JobKind
from tests.migrated import lend_postgres_queue
from tests.work.running import FAR, PACE, SOON, Alone, Work, job, settle


@pytest.fixture
def work():
    return Work()


@pytest.fixture(params=["local", "distributed"])
def runner(request, work):
    """A runner that is stopped after the test."""
    with contextlib.ExitStack() as stack:
        if request.param == "local":
            runner = LocalRunner()
        else:
            url = lend_postgres_queue()
            runner = DistributedRunner(url, Alone(), clock=time.time, pace=PACE)
        stack.callback(runner.stop, timeout=SOON)
        stack.callback(work.end)
        yield runner


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
