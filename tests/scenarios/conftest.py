"""A world for each scenario, with the bot on both of its ways to hear from Slack."""

import pytest

from tests.world import open_world


@pytest.fixture(params=["http", "socket"])
def either_stopped(request, tmp_path):
    """A world whose bot the scenario starts; once over HTTP, once over Socket Mode."""
    with open_world(tmp_path, socket_mode=request.param == "socket") as world:
        yield world


@pytest.fixture
def either(either_stopped):
    """A world whose bot runs; once over HTTP and once over Socket Mode."""
    world = either_stopped
    world.start_bot()
    world.wait_for_socket()
    return world


@pytest.fixture
def world(tmp_path):
    """A world whose bot runs, over HTTP."""
    with open_world(tmp_path) as world:
        world.start_bot()
        yield world


@pytest.fixture
def stopped(tmp_path):
    """A world whose bot the scenario starts."""
    with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def socket_world(tmp_path):
    """A world for Socket Mode, whose bot the scenario starts."""
    with open_world(tmp_path, socket_mode=True) as world:
        yield world
