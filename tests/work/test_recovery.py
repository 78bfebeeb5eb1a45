"""What an earlier process left is taken up."""

from bot.work.recovery import take_up
from bot.work.runner import Job, JobKind


class Ledger:
    def __init__(self, *rows):
        self._rows = rows

    def unfinished(self):
        return self._rows


class Runner:
    def __init__(self):
        self.submitted = []

    def submit(self, job, *, at=0.0):
        self.submitted.append((job, at))


def test_every_unfinished_row_is_submitted_for_its_time():
    runner = Runner()

    number = take_up(
        {
            JobKind.SHARE: Ledger((1, "C1", 10.0)),
            JobKind.ATTACHMENT: Ledger((1, "C1", 20.0), (2, "C2", 30.0)),
            JobKind.REPLY: Ledger(),
        },
        runner,
        clock=lambda: 5.0,
    )

    assert number == 3
    assert runner.submitted == [
        (Job(JobKind.SHARE, 1, "C1"), 10.0),
        (Job(JobKind.ATTACHMENT, 1, "C1"), 20.0),
        (Job(JobKind.ATTACHMENT, 2, "C2"), 30.0),
    ]


def test_where_nothing_is_left_nothing_is_submitted():
    runner = Runner()

    assert take_up({JobKind.SHARE: Ledger()}, runner, clock=lambda: 5.0) == 0
    assert runner.submitted == []


def test_what_a_wrong_clock_put_off_by_years_is_due_now():
    runner = Runner()

    take_up({JobKind.REPLY: Ledger((1, "C1", 9e9))}, runner, clock=lambda: 5.0)

    assert runner.submitted == [(Job(JobKind.REPLY, 1, "C1"), 5.0)]


def test_what_has_a_job_in_time_is_left_alone():
    runner = Runner()
    rows = (1, "C1", 1_000.0), (2, "C1", 1_060.0), (3, "C1", 1_000.0), (4, "C1", 0.0)

    number = take_up(
        {JobKind.SHARE: Ledger(*rows)},
        runner,
        clock=lambda: 1_000.0,
        waits=lambda: {
            (JobKind.SHARE, 1): 0.0,
            (JobKind.SHARE, 2): 60.0,
            (JobKind.SHARE, 3): 60.0,  # by an earlier time, which was mended since
            (JobKind.REPLY, 4): 0.0,
        },
    )

    assert number == 2
    assert [job.row_id for job, _ in runner.submitted] == [3, 4]
