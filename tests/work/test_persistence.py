"""What passes by itself is waited out, for as long as somebody wants to wait."""

import pytest

from bot.errors import FileEmpty, PlaneThrottled, PlaneUnavailable
from bot.work.persistence import Persistence
from tests.work.values import Clock


class Try:
    """Fails with each of *problems*, then succeeds."""

    def __init__(self, *problems):
        self.problems = list(problems)
        self.clock = Clock()
        self.waits = []
        self.said = []

    def __call__(self):
        if self.problems:
            raise self.problems.pop(0)
        return "done"

    def run(self, seconds):
        def wait(length):
            self.clock.now += length
            self.waits.append(length)

        def say(problem, length):
            self.said.append((problem.code, length))

        return Persistence(seconds, say, clock=self.clock, wait=wait).run(self)


def test_what_goes_through_at_once_is_not_waited_for():
    attempt = Try()

    assert attempt.run(0) == "done"
    assert attempt.said == []


def test_each_wait_is_told_and_longer_than_the_last():
    attempt = Try(*[PlaneUnavailable()] * 5)

    assert attempt.run(300) == "done"
    assert attempt.said == [("PlaneUnavailable", each) for each in attempt.waits]
    assert len(attempt.waits) == 5
    assert 0.25 <= attempt.waits[0] <= 0.5
    assert 4 <= attempt.waits[4] <= 8


def test_what_was_asked_for_is_obeyed():
    attempt = Try(PlaneThrottled(retry_after=42.0))

    assert attempt.run(60) == "done"
    assert attempt.waits == [42.0]


def test_a_wait_that_would_be_too_long_is_not_begun():
    attempt = Try(PlaneThrottled(retry_after=42.0))

    with pytest.raises(PlaneThrottled):
        attempt.run(41)
    assert attempt.waits == []


def test_patience_is_for_all_tries_together():
    attempt = Try(*[PlaneUnavailable()] * 1000)

    with pytest.raises(PlaneUnavailable):
        attempt.run(100)
    assert 20 < sum(attempt.waits) <= 100


def test_what_does_not_pass_is_raised_at_once():
    attempt = Try(FileEmpty())

    with pytest.raises(FileEmpty):
        attempt.run(300)
    assert attempt.said == []
