"""What the distributed runner does beyond the contract of all (test_runners.py)."""

import asyncio
import contextlib
import json
import logging
import threading
import time
from collections import defaultdict
from types import SimpleNamespace

import pytest
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException

from bot.errors import JobLost, LedgerUnavailable
from bot.work.distributed.connections import build_parameters
from bot.work.distributed.jobs import FIRST_FILES, MORE_FILES, queue_of
from bot.work.distributed.lanes import LANES
from bot.work.distributed.pace import Pace
from bot.work.distributed.patience import PatientJobs
from bot.work.distributed.runner import DistributedRunner
from bot.work.distributed.upkeep import Upkeep
from bot.work.runner import JobKind
from tests import postgres
from tests.migrated import lend_postgres_queue
from tests.work.running import PACE, SOON, Alone, Work, job

HASTE = Pace(stalled=3.0, poll=0.05)


class Line:
    """Counts what was submitted for a channel before."""

    def __init__(self):
        self._numbers = defaultdict(int)

    def count_earlier(self, job):
        self._numbers[job.kind, job.group] += 1
        return self._numbers[job.kind, job.group] - 1


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def url():
    return lend_postgres_queue()


@pytest.fixture
def queue(url):
    """A connection to look into the queue, and to change it."""
    with postgres.connect(url) as connection:
        yield connection


@pytest.fixture
def open_runner(url, work):
    """How to open a runner, one of several, that is stopped after the test."""
    with contextlib.ExitStack() as stack:

        def open_(*, line=None, pace=PACE):
            runner = DistributedRunner(url, line or Alone(), clock=time.time, pace=pace)
            stack.callback(runner.stop, timeout=SOON)
            stack.callback(work.end)
            return runner

        yield open_


def wait(is_so):
    """Look again and again until *is_so*."""
    deadline = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def leave_behind(queue, each):
    """Make *each* what a worker that is gone had in hand."""
    (worker,) = queue.execute("SELECT procrastinate_register_worker_v1()").fetchone()
    queue.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        " WHERE id = %s",
        [worker],
    )
    queue.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s"
        " WHERE lock = %s AND status = 'todo'",
        [worker, f"{each.kind}/{each.row_id}"],
    )


def count(queue):
    """Return how many jobs of rows there are."""
    query = "SELECT count(*) FROM procrastinate_jobs WHERE lock IS NOT NULL"
    return queue.execute(query).fetchone()[0]


def test_a_job_runs_in_one_process_at_a_time(open_runner, work):
    runners = [open_runner(), open_runner()]
    for runner in runners:
        runner.start(work.handlers)
    work.hold(job(1))
    runners[0].submit(job(1))
    work.wait_for(job(1))

    for runner in runners:
        runner.submit(job(1))
    runners[0].submit(job(2))
    work.wait_for(job(2))
    assert work.ran.count(job(1)) == 1

    work.release(job(1))
    work.wait_for(job(1), times=2)
    assert work.most_at_once[job(1)] == 1


def test_what_a_worker_that_is_gone_had_in_hand_is_run(open_runner, work, queue):
    runner = open_runner(pace=HASTE)
    runner.submit(job(1))
    leave_behind(queue, job(1))

    runner.start(work.handlers)

    work.wait_for(job(1))
    wait(lambda: count(queue) == 0)
    workers = "SELECT count(*) FROM procrastinate_workers"
    assert queue.execute(workers).fetchone()[0] == len(LANES)


def test_what_was_submitted_again_meanwhile_is_run_once(open_runner, work, queue):
    runner = open_runner(pace=HASTE)
    runner.submit(job(1))
    leave_behind(queue, job(1))
    runner.submit(job(1))

    runner.start(work.handlers)

    work.wait_for(job(1))
    wait(lambda: count(queue) == 0)
    assert work.ran == [job(1)]


def test_where_the_ledger_is_away_a_job_runs_again_soon(open_runner, work):
    runner = open_runner()

    def handle(each):
        work.handle(each)
        raise LedgerUnavailable("away")

    runner.start(dict.fromkeys(JobKind, handle))
    runner.submit(job(1))

    work.wait_for(job(1), times=2)


def test_what_fails_unforeseen_is_tried_again_later(open_runner, work, queue, caplog):
    runner = open_runner()

    def handle(each):
        work.handle(each)
        raise ZeroDivisionError

    runner.start(dict.fromkeys(JobKind, handle))
    runner.submit(job(1))
    work.wait_for(job(1))

    query = "SELECT scheduled_at > now() + interval '20 s' FROM procrastinate_jobs"
    wait(lambda: (True,) in queue.execute(f"{query} WHERE lock = 'attachment/1'"))
    assert "ZeroDivisionError" in caplog.text


def test_a_job_that_others_took_over_is_left_to_them(open_runner, work, queue, caplog):
    runner = open_runner()

    def handle(each):
        work.handle(each)
        runner.leases.end_all()
        runner.leases.check()

    runner.start(dict.fromkeys(JobKind, handle))
    runner.submit(job(1))
    work.wait_for(job(1))

    wait(lambda: "another worker's by now" in caplog.text)
    assert count(queue) == 1  # not ended by who had no right to
    assert JobLost.__name__ not in caplog.text


def test_what_did_not_end_in_time_is_given_back(open_runner, work):
    one, other = open_runner(), open_runner()
    one.start(work.handlers)
    work.hold(job(1))
    one.submit(job(1))
    work.wait_for(job(1))

    assert not one.stop(timeout=0.01)
    other.start(work.handlers)

    work.wait_for(job(1), times=2)
    assert one.leases.count() == 0


def test_cut_connections_cost_nothing(open_runner, work, queue, url):
    runner = open_runner()
    runner.start(work.handlers)
    wait(lambda: runner.leases.count() == len(LANES))
    work.hold(job(1))
    runner.submit(job(1))
    work.wait_for(job(1))

    queue.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    work.release(job(1))
    runner.submit(job(2))

    work.wait_for(job(2))
    wait(lambda: count(queue) == 0)
    assert work.ran == [job(1), job(2)]
    assert runner.faults() == []


def test_where_nothing_can_be_handed_over_a_sweep_is_left_with_it(
    open_runner, url, caplog
):
    runner = open_runner()
    name = postgres.name_of(url)
    postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    try:
        postgres.end_connections(url)
        runner.submit(job(1))
        (fault,) = runner.faults()
    finally:
        postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)

    assert "left to a sweep" in caplog.text
    assert fault.startswith("work cannot be handed over")


@pytest.mark.parametrize("name", ["utils", "worker", "worker.worker"])
def test_a_database_that_is_away_is_no_fault_of_ours_with_a_traceback(name, caplog):
    logger = logging.getLogger(f"procrastinate.{name}")

    logger.error("away", exc_info=ConnectorException("cut"))
    logger.error("ours", exc_info=ValueError("told"))

    assert caplog.messages == ["ours"]


def test_a_sweep_is_made_at_the_start(open_runner, work):
    runner = open_runner()

    runner.start(work.handlers, sweep=lambda: runner.submit(job(1)))

    work.wait_for(job(1))


def test_a_channel_s_flood_of_large_files_leaves_others_a_thread(open_runner, work):
    runner = open_runner(line=Line())
    runner.start(work.handlers)
    flood = [job(row_id, group="C1") for row_id in range(30)]
    work.occupy(runner, flood, running=12)

    runner.submit(job(100, group="C2"))

    work.wait_for(job(100, group="C2"))


def test_a_channel_s_two_oldest_files_alone_find_the_threads_that_are_kept():
    queues = [queue_of(job(1), earlier) for earlier in range(4)]
    kept = [lane for lane in LANES if list(lane.queues) == [FIRST_FILES]]

    assert queues == [FIRST_FILES, FIRST_FILES, MORE_FILES, MORE_FILES]
    assert [lane.threads for lane in kept] == [4]


def test_large_files_leave_all_else_its_threads_whatever_channels_they_are_of(
    open_runner, work
):
    runner = open_runner(line=Line())
    runner.start(work.handlers)
    large = [job(row, group=f"C{row}", is_large=True) for row in range(10)]
    work.occupy(runner, large, running=8)

    small = [job(row, group="C99") for row in range(100, 110)]
    for each in small:
        runner.submit(each)

    for each in small:
        work.wait_for(each)
    assert sum(each.is_large for each in work.ran) == 8


def test_a_job_that_is_handed_back_as_a_large_one_is_run_as_one(open_runner, work):
    runner = open_runner(line=Line())

    def hand_back(each):
        work.handle(each)
        if not each.is_large:
            runner.submit(each._replace(is_large=True))

    runner.start(dict.fromkeys(JobKind, hand_back))
    runner.submit(job(1))

    work.wait_for(job(1, is_large=True))
    assert work.ran == [job(1), job(1, is_large=True)]


def test_channels_take_turns(open_runner, work):
    runner = open_runner(line=Line())
    for row_id in range(20):
        runner.submit(job(row_id, JobKind.SHARE, group="C1"))
    for row_id in range(20, 23):
        runner.submit(job(row_id, JobKind.SHARE, group="C2"))

    runner.start(work.handlers)
    work.wait_for(job(19, JobKind.SHARE, group="C1"))

    places = [each.group for each in work.ran][:12]
    assert places.count("C2") == 3


def test_a_job_holds_nothing_but_kind_row_and_channel(open_runner, queue):
    open_runner().submit(job(7, group="C0GENERAL"))

    (row,) = queue.execute("SELECT * FROM procrastinate_jobs").fetchall()

    texts = {value for value in row if isinstance(value, str)}
    assert texts == {"attachment", "attachment.first", "attachment/7", "todo"}
    (arguments,) = [value for value in row if isinstance(value, dict)]
    assert json.dumps(arguments) == '{"row": 7, "group": "C0GENERAL"}'


def test_who_was_frozen_while_taking_over_takes_nothing_over(open_runner, queue, url):
    runner = open_runner()
    runner.submit(job(1))
    leave_behind(queue, job(1))
    connector = PsycopgConnector(**build_parameters(url, longest=4))
    jobs = PatientJobs(connector, runner.leases)
    upkeep = Upkeep(connector, jobs, runner.leases, PACE, lambda: None)

    async def look_for(worker_id):
        await connector.open_async()
        await upkeep._free_stalled(worker_id)
        await connector.close_async()

    def status():
        return queue.execute("SELECT status FROM procrastinate_jobs").fetchone()[0]

    asyncio.run(look_for(1))
    assert status() == "doing"

    runner.leases.begin(1, runner.leases.read_clock())
    asyncio.run(look_for(1))
    assert status() == "todo"


def test_only_one_at_a_time_takes_over(open_runner, queue, url):
    """Two would free what runs again already."""
    runner = open_runner()
    runner.submit(job(1))
    leave_behind(queue, job(1))
    runner.leases.begin(1, runner.leases.read_clock())
    connector = PsycopgConnector(**build_parameters(url, longest=4))
    jobs = PatientJobs(connector, runner.leases)
    upkeep = Upkeep(connector, jobs, runner.leases, PACE, lambda: None)
    context = SimpleNamespace(job=SimpleNamespace(worker_id=1))

    async def take_over():
        await connector.open_async()
        async with upkeep._alone():
            await upkeep._take_over(context, 0)
            seen.append(status())
        await upkeep._take_over(context, 0)
        seen.append(status())
        await connector.close_async()

    def status():
        return queue.execute("SELECT status FROM procrastinate_jobs").fetchone()[0]

    seen = []
    asyncio.run(take_over())
    assert seen == ["doing", "todo"]
