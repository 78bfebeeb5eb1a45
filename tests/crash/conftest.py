"""Counts the points at which the bot was struck."""

import pytest


@pytest.fixture(autouse=True)
def _kill_point(tally):
    tally("kill points")
