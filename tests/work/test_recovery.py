"""What an earlier process left is taken up."""

from bot.work.recovery import RETENTION, LeftRows, Sweep
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


def sweep(**ledgers):
    """Return what is submitted, but for what always is."""
    runner = Runner()
    kinds = {JobKind(kind): ledger for kind, ledger in ledgers.items()}
    Sweep(LeftRows(kinds, clock=lambda: 5.0).find, runner)()
    assert runner.submitted.pop() == (RETENTION, 0.0)
    return runner.submitted


def test_every_unfinished_row_is_submitted_for_its_time(caplog):
    caplog.set_level("INFO")

    submitted = sweep(
        share=Ledger((1, "C1", 10.0)),
        attachment=Ledger((1, "C1", 20.0), (2, "C2", 30.0)),
        reply=Ledger(),
    )

    assert submitted == [
        (Job(JobKind.SHARE, 1, "C1"), 10.0),
        (Job(JobKind.ATTACHMENT, 1, "C1"), 20.0),
        (Job(JobKind.ATTACHMENT, 2, "C2"), 30.0),
    ]
    assert caplog.messages == ["Taking up 3 jobs that were left"]


def test_where_nothing_is_left_nothing_is_submitted(caplog):
    caplog.set_level("INFO")

    assert sweep(share=Ledger()) == []
    assert caplog.messages == []


def test_what_a_wrong_clock_put_off_by_years_is_due_now():
    assert sweep(reply=Ledger((1, "C1", 9e9))) == [(Job(JobKind.REPLY, 1, "C1"), 5.0)]
