"""A message is deleted, and the bot killed as it takes back what it began in Plane."""

import pytest

from tests.crash.striking import start_later, strike


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", ["storage.post", "plane.delete_attachment"])
def test_a_kill_after_a_deletion_leaves_nothing(world, operation, phase):
    file = world.slack.add_file(content=b"x" * 400_000)
    file.rate = 800_000
    struck = strike(world, operation, phase)
    message = world.slack.share([file], text="WEB-1")
    world.wait(lambda: file.downloads)

    world.slack.delete(message)
    assert struck.wait(20)
    start_later(world)
    world.slack.wait_idle()
    world.settle()

    assert world.plane.state.attachments() == []
    assert world.replies(message) == []
