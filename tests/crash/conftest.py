"""A world for each test, whose bot runs and will be killed."""

import pytest

from tests.world import open_world


@pytest.fixture
def world(tmp_path):
    """A world whose bot runs, over HTTP."""
    with open_world(tmp_path) as world:
        world.start_bot()
        yield world
