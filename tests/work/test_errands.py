"""Errands: run in threads, once for all who ask at once."""

import threading

import pytest

from bot.work.errands import Errands

SOON = 10.0


class Held:
    """Notes what is run, and holds each run until it is let go."""

    def __init__(self):
        self.began = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.ended = threading.Semaphore(0)
        self.keys = []
        self.fault = None

    def __call__(self, key):
        self.keys.append(key)
        self.began.release()
        assert self.go.acquire(timeout=SOON)
        self.ended.release()
        if self.fault:
            raise self.fault


@pytest.fixture
def held():
    return Held()


@pytest.fixture
def open_errands(held):
    opened = []

    def open_(threads):
        errands = Errands(held, threads=threads)
        opened.append(errands)
        return errands

    yield open_
    for errands in opened:
        errands.stop()
    held.go.release(100)


def test_what_was_asked_for_before_the_start_is_run(open_errands, held):
    errands = open_errands(1)
    errands.ask("a")

    errands.start()

    assert held.began.acquire(timeout=SOON)
    assert held.keys == ["a"]


def test_what_is_asked_for_while_it_runs_is_run_once_more(open_errands, held):
    errands = open_errands(2)
    errands.start()
    errands.ask("a")
    assert held.began.acquire(timeout=SOON)

    for _ in range(3):
        errands.ask("a")
    errands.ask("b")
    assert held.began.acquire(timeout=SOON)
    assert held.keys == ["a", "b"]  # the second thread had no second "a"
    held.go.release(10)

    assert held.began.acquire(timeout=SOON)
    assert held.keys == ["a", "b", "a"]
    for _ in range(3):
        assert held.ended.acquire(timeout=SOON)
    assert not held.began.acquire(timeout=0.05)


def test_no_more_run_at_once_than_there_are_threads(open_errands, held):
    errands = open_errands(2)
    errands.start()
    for key in "abc":
        errands.ask(key)
    for _ in range(2):
        assert held.began.acquire(timeout=SOON)

    assert not held.began.acquire(timeout=0.05)
    held.go.release()

    assert held.began.acquire(timeout=SOON)
    assert held.keys == ["a", "b", "c"]


def test_an_errand_that_fails_keeps_the_others_from_nothing(open_errands, held, caplog):
    held.fault = RuntimeError("out of luck")
    errands = open_errands(1)
    errands.start()
    held.go.release(2)

    errands.ask("a")
    errands.ask("b")

    for _ in range(2):
        assert held.ended.acquire(timeout=SOON)
    errands.ask("a")
    assert held.began.acquire(timeout=SOON)
    assert "out of luck" in caplog.text


def test_after_the_stop_nothing_is_taken_up(open_errands, held):
    errands = open_errands(1)
    errands.start()
    errands.ask("a")
    assert held.began.acquire(timeout=SOON)
    errands.ask("b")

    errands.stop()
    held.go.release(2)

    assert held.ended.acquire(timeout=SOON)
    assert not held.began.acquire(timeout=0.05)
    assert held.keys == ["a"]
