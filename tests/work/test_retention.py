"""The job that has old shares forgotten: a batch at a time, again and again."""

import pytest

from bot.work.ledger.pruning import Pruned
from bot.work.retention import Retention
from bot.work.runner import Job, JobKind
from tests.work.values import Clock

JOB = Job(JobKind.RETENTION, 0)
DAY, HOUR = 24 * 60 * 60, 60 * 60


class Ledger:
    """Notes what it is asked to forget."""

    def __init__(self, *results):
        self.results = list(results)
        self.asked = []

    def prune(self, *, before, after):
        self.asked.append((before, after))
        return self.results.pop(0)


class Runner:
    """Notes what it is asked to run."""

    def __init__(self):
        self.submitted = []

    def submit(self, job, *, at=0.0):
        self.submitted.append((job, at))


@pytest.fixture
def runner():
    return Runner()


def run(runner, *results, days=30):
    clock, ledger = Clock(), Ledger(*results)
    retention = Retention(ledger, runner, days=days, clock=clock)
    for _ in results:
        retention.run(JOB)
    return clock.now, ledger.asked


def test_it_looks_again_in_an_hour(runner):
    now, asked = run(runner, Pruned(0, None))

    assert asked == [(now - 30 * DAY, 0)]
    assert runner.submitted == [(JOB, now + HOUR)]


def test_between_two_batches_others_have_their_turn(runner):
    now, asked = run(runner, Pruned(100, 140), Pruned(7, None), Pruned(0, None))

    assert [after for _, after in asked] == [0, 140, 0]
    waits = [at - now for _, at in runner.submitted]
    assert 0 < waits[0] < 1
    assert waits[1:] == [HOUR, HOUR]


def test_what_it_forgot_is_in_the_log(runner, caplog):
    with caplog.at_level("INFO"):
        run(runner, Pruned(100, 140), Pruned(7, None), Pruned(0, None))

    assert [record.message for record in caplog.records] == [
        "Forgot 107 shares of more than 30 days ago"
    ]
