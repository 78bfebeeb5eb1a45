"""An emulated Plane and its store, with a clock that stands still until told."""

import pytest

from bot.sandbox.plane import PlaneServer
from bot.sandbox.store import StoreServer


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    with StoreServer(clock=clock) as store:
        yield store


@pytest.fixture
def plane(store, clock):
    with PlaneServer(store=store, rate_limit=None, clock=clock) as plane:
        yield plane
