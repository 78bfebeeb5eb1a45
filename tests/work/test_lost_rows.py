"""What is due and has no job is found in the database, however much has one."""

import pytest
from sqlalchemy import Engine, event, text

from bot.domain.outcomes import ATTACHED
from bot.errors import PlaneUnavailable
from bot.work.distributed.connections import open_handover
from bot.work.distributed.handover import Handover
from bot.work.distributed.lost import LostRows
from bot.work.recovery import RETENTION
from bot.work.runner import Job, JobKind
from tests.work.running import Alone
from tests.work.values import item_id, make_share

KINDS = [JobKind.SHARE, JobKind.ATTACHMENT, JobKind.REPLY, JobKind.COMMENT]


@pytest.fixture
def kind():
    return "postgres"


@pytest.fixture
def handover(ledger, clock, own_url):
    """What hands rows over to the queue in the ledger's own database."""
    jobs, pool = open_handover(own_url)
    yield Handover(jobs, Alone(), clock=clock)
    pool.close()


@pytest.fixture
def database(own_database):
    return own_database


@pytest.fixture
def find(database, clock):
    """How to find what has no job, but for the retention, which has one."""
    rows = LostRows(database, KINDS, clock=clock)
    return lambda: [job for job, _ in rows.find() if job != RETENTION]


#: And what the planner knows of them.
MANY_JOBS = """
INSERT INTO procrastinate_jobs (task_name, queue_name, lock, queueing_lock, status)
SELECT 'share', 'share', 'share/' || number, 'share/' || number, 'todo'
  FROM generate_series(1000, 1500) AS number; ANALYZE procrastinate_jobs
"""


def run(database, job):
    """Have a worker take the row's job in hand."""
    with database.write() as connection:
        connection.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = :lock"),
            {"lock": f"{job.kind}/{job.row_id}"},
        )


def test_of_each_kind_what_is_due_and_has_no_job_is_found(ledger, find, handover):
    share_id = ledger.shares.add(make_share(ts="1.000001"))
    planned, (attachment_id,) = ledger.plan(make_share(ts="1.000002", channel_id="C2"))
    share = Job(JobKind.SHARE, share_id, "C1")
    attachment = Job(JobKind.ATTACHMENT, attachment_id, "C2")
    reply = Job(JobKind.REPLY, planned, "C2")

    assert find() == [share, attachment, reply]
    handover.submit(attachment)
    assert find() == [share, reply]
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
    assert find() == [share, reply, Job(JobKind.COMMENT, 1, "C2")]


def test_what_waits_or_runs_in_time_is_left_alone(
    ledger, database, clock, find, handover
):
    share_id = ledger.shares.add(make_share())
    job = Job(JobKind.SHARE, share_id, "C1")

    handover.submit(job)
    assert find() == []
    run(database, job)
    assert find() == []


def test_what_is_due_later_is_found_then(ledger, clock, find):
    share_id = ledger.shares.add(make_share())
    ledger.shares.postpone(share_id, PlaneUnavailable(), until=clock.now + 60, told={})

    assert find() == []
    clock.now += 60
    assert find() == [Job(JobKind.SHARE, share_id, "C1")]


def test_what_a_wrong_clock_put_off_by_years_is_due_now(ledger, clock, find):
    share_id = ledger.shares.add(make_share())
    ledger.shares.postpone(share_id, PlaneUnavailable(), until=9e9, told={})

    assert find() == [Job(JobKind.SHARE, share_id, "C1")]


def test_a_job_that_comes_much_too_late_counts_for_none(
    ledger, database, clock, find, handover
):
    share_id = ledger.shares.add(make_share())
    job = Job(JobKind.SHARE, share_id, "C1")

    handover.submit(job, at=clock.now + 60)
    with database.write() as connection:  # its time is by the clock of the machine
        late = "UPDATE procrastinate_jobs SET scheduled_at = to_timestamp(:at)"
        connection.execute(text(late), {"at": clock.now + 4})
    assert find() == []
    with database.write() as connection:
        connection.execute(text(late), {"at": clock.now + 6})
    assert find() == [job]


def finish(database):
    """Have every job done, whatever became of its row."""
    with database.write() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))


def test_what_is_found_and_stays_due_hides_nothing_behind_it(
    ledger, database, clock, handover
):
    """A reply is due, and has no job, for as long as its share is under way."""
    shares = [ledger.plan(make_share(ts=f"1.00000{each}"))[0] for each in range(5)]
    rows = LostRows(database, [JobKind.REPLY], clock=clock, most=2)

    def find_and_run():
        found = [job for job, _ in rows.find() if job != RETENTION]
        for job in found:
            handover.submit(job)
        finish(database)
        return [job.row_id for job in found]

    once_round = [shares[:2], shares[2:4], shares[4:]]
    assert [find_and_run() for _ in range(6)] == once_round * 2


def test_what_has_no_row_has_one_job(database, clock, handover):
    rows = LostRows(database, [], clock=clock)

    assert rows.find() == [(RETENTION, clock.now)]
    handover.submit(RETENTION, at=clock.now + 3600)
    assert rows.find() == []
    run(database, RETENTION)
    assert rows.find() == []


def test_each_row_is_looked_up_by_the_queue_s_indexes(ledger, database, clock):
    """Else a sweep of a long queue would take as long as its length squared."""
    with database.write() as connection:
        connection.execute(text(MANY_JOBS))
    asked = {}

    def note(connection, cursor, statement, parameters, context, many):
        asked[statement] = parameters

    event.listen(Engine, "before_cursor_execute", note)
    LostRows(database, KINDS, clock=clock).find()
    event.remove(Engine, "before_cursor_execute", note)

    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = [
            "\n".join(connection.exec_driver_sql(f"EXPLAIN {each}", given).scalars())
            for each, given in asked.items()
            if "procrastinate_jobs" in each
        ]
    assert len(plans) == len(KINDS) + 1
    for plan in plans:
        assert "Seq Scan" not in plan
        assert "Index Cond: (queueing_lock = " in plan
        assert "Index Cond: (lock = " in plan
