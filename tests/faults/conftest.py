"""Counts the faults of the outside world that the bot was exposed to."""

import pytest


@pytest.fixture(autouse=True)
def _fault(tally):
    tally("faults")
