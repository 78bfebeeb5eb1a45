"""What is done only where something else takes long."""

import threading

import pytest

from bot.work.delays import after

SOON = 20.0


def test_what_takes_long_is_told_of_while_it_lasts():
    told = threading.Event()

    with after(0.01, told.set):
        assert told.wait(SOON)


def test_of_what_is_soon_over_nothing_is_told():
    told = threading.Event()

    with after(SOON, told.set):
        pass

    assert not told.is_set()


def test_an_error_leaves_nobody_waiting():
    told = threading.Event()

    with pytest.raises(LookupError), after(SOON, told.set):
        raise LookupError

    assert not told.is_set()


def test_what_is_being_told_is_told_when_the_block_is_left():
    begun, go, told = threading.Event(), threading.Event(), threading.Event()

    def tell():
        begun.set()
        go.wait(SOON)
        told.set()

    with after(0.0, tell):
        assert begun.wait(SOON)
        threading.Timer(0.05, go.set).start()

    assert told.is_set()
