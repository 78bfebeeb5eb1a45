"""A message is deleted, and the bot killed as it takes back what it began in Plane."""

import threading

import pytest

from bot.sandbox.wire import Fault
from tests.crash.striking import start_later, strike


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", ["storage.post", "plane.delete_attachment"])
def test_a_kill_after_a_deletion_leaves_nothing(world, operation, phase):
    deleted = threading.Event()
    hold = Fault("slack.files.download", lambda request: deleted.wait(20) and None)
    world.slack.fail(hold)
    struck = strike(world, operation, phase)
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.wait(lambda: hold.times == 0)

    world.slack.delete(message)
    world.slack.wait_idle()
    deleted.set()
    assert struck.wait(20)
    start_later(world)
    world.settle()

    assert world.plane.state.attachments() == []
    assert world.replies(message) == []
