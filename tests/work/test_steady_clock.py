"""Whatever is done to the wall clock, what is due is done."""

import threading
import time

from bot.work.local_runner import LocalRunner
from bot.work.runner import Job, JobKind
from bot.work.steady_clock import SteadyClock, credible
from tests.work.values import Clock


class Hands:
    """A wall clock and a timer, to be moved together or not."""

    def __init__(self):
        self.wall = Clock()
        self.timer = Clock()
        self.clock = SteadyClock(wall=self.wall, timer=self.timer)

    def pass_(self, seconds):
        self.wall.now += seconds
        self.timer.now += seconds


def test_time_goes_on_after_the_wall_clock_is_set_back():
    hands = Hands()
    start = hands.clock()

    hands.pass_(10)
    assert hands.clock() == start + 10
    hands.wall.now -= 3600
    assert hands.clock() == start + 10
    hands.pass_(5)
    assert hands.clock() == start + 15
    assert hands.clock() == start + 15


def test_a_clock_that_is_set_forward_is_believed():
    hands = Hands()
    start = hands.clock()

    hands.wall.now += 3600
    assert hands.clock() == start + 3600
    hands.pass_(1)
    assert hands.clock() == start + 3601


def test_a_job_is_run_in_its_time_though_the_clock_is_set_back_meanwhile():
    wall = Clock()
    clock = SteadyClock(wall=wall, timer=time.monotonic)
    runner, ran = LocalRunner(clock=clock), threading.Event()
    runner.start(dict.fromkeys(JobKind, lambda job: ran.set()))

    runner.submit(Job(JobKind.REPLY, 1), at=clock() + 0.3)
    wall.now -= 3600

    assert ran.wait(10)
    assert runner.stop(timeout=5)


def test_only_what_is_put_off_for_longer_than_anything_is_due_now():
    assert credible(1000.0, 5.0) == 1000.0
    assert credible(3605.0, 5.0) == 3605.0
    assert credible(3606.0, 5.0) == 5.0
    assert credible(0.0, 5.0) == 0.0
