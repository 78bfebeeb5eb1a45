"""Who may act still, by the age of a heartbeat."""

import contextlib
import threading

import pytest

from bot.errors import JobLost
from bot.work.distributed.leases import Leases


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def leases(clock):
    return Leases(seconds=10.0, clock=clock)


def test_who_acts_for_nobody_may(leases):
    leases.check()


def test_a_lease_lasts_for_its_seconds(leases, clock):
    leases.begin(1, clock.now)

    with leases.acting_for(1):
        clock.now += 9.9
        leases.check()
        clock.now += 0.1
        with pytest.raises(JobLost):
            leases.check()
    leases.check()


def test_it_lasts_longer_once_it_is_renewed(leases, clock):
    leases.begin(1, clock.now)
    clock.now += 9

    assert leases.renew(1, clock.now)
    clock.now += 9

    assert leases.is_held(1)


def test_who_comes_too_late_never_has_it_again(leases, clock):
    leases.begin(1, clock.now)
    clock.now += 11

    assert not leases.renew(1, clock.now)
    assert not leases.renew(1, clock.now)
    assert not leases.is_held(1)


def test_it_lasts_from_the_time_of_asking(leases, clock):
    leases.begin(1, clock.now)
    asked = clock.now
    clock.now += 9
    leases.renew(1, asked)
    clock.now += 2

    assert not leases.is_held(1)


def test_one_worker_s_end_leaves_the_others_theirs(leases, clock):
    for worker_id in 1, 2:
        leases.begin(worker_id, clock.now)

    leases.end(1)

    assert [leases.is_held(each) for each in (1, 2, 3, None)] == [0, 1, 0, 0]
    assert leases.count() == 1
    leases.end_all()
    assert leases.count() == 0


def test_a_thread_acts_for_its_own_worker(leases, clock):
    leases.begin(1, clock.now)
    checked = []

    def check():
        with leases.acting_for(2), contextlib.suppress(JobLost):
            leases.check()
            checked.append(2)

    with leases.acting_for(1):
        thread = threading.Thread(target=check)
        thread.start()
        thread.join()
        leases.check()

    assert checked == []
