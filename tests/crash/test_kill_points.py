"""Nothing lost, nothing twice: the bot is killed, or cut off, at each outside call.

Each call is struck before and after it took effect on the other side. Whatever the
instant, the file ends up on the work item once with its bytes, the thread has one
reply, and Plane keeps no record that was never uploaded.
"""

import threading

import pytest

from bot.sandbox.wire import ConnectionCut, Fault
from tests.crash.striking import start_later, strike
from tests.world import open_world

#: What the bot calls for a file, in this order.
CALLS = [
    "plane.projects",
    "plane.work_item",
    "plane.instances",
    "plane.create_attachment",
    "slack.files.download",
    "storage.post",
    "plane.complete_attachment",
    "slack.chat.postMessage",
]
CONTENT = bytes(range(256)) * 1500


def share(world):
    file = world.slack.add_file(name="plan.bin", content=CONTENT)
    return file, world.slack.share([file], text="for WEB-1")


def assert_attached_once(world, file, message):
    assert "`plan.bin` is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("plan.bin", file.content.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", CALLS)
def test_a_kill_at_any_call_loses_and_doubles_nothing(world, operation, phase):
    struck = strike(world, operation, phase)

    file, message = share(world)
    assert struck.wait(20)
    start_later(world)

    assert_attached_once(world, file, message)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", CALLS)
def test_a_cut_at_any_call_loses_and_doubles_nothing(world, operation, phase):
    struck = strike(world, operation, phase, lambda: None)

    file, message = share(world)
    assert struck.wait(20)

    assert_attached_once(world, file, message)


def test_a_kill_in_the_middle_of_the_bytes_loses_and_doubles_nothing(world):
    file = world.slack.add_file(name="plan.bin", content=CONTENT)
    killed = threading.Event()

    def read_some(request):
        request.stream.read(1000)
        world.bot.kill()
        killed.set()
        raise ConnectionCut

    world.store.server.fail(Fault("storage.post", read_some))
    message = world.slack.share([file], text="for WEB-1")
    assert killed.wait(20)
    start_later(world)

    assert_attached_once(world, file, message)


def test_a_burst_of_shares_survives_a_bot_that_is_killed_again_and_again(tmp_path):
    # Slack would come again after 1 and 5 minutes; here its time runs faster.
    delays = (0.0, 0.3, 0.3, *[1.0] * 20)
    with open_world(tmp_path, retry_delays=delays) as world:
        world.start_bot()
        shares = []
        for number in range(60):
            if number % 10 == 5:
                world.bot.kill()
                start_later(world)
            content = CONTENT[number:] * 2
            file = world.slack.add_file(name=f"{number}.bin", content=content)
            shares.append((file, world.slack.share([file], text="for WEB-1")))
        for _, message in shares:
            assert "is attached." in world.reply(message, timeout=60)
        world.slack.wait_idle(30)
        world.settle()

        expected = sorted((file.name, file.content.sha256) for file, _ in shares)
        assert sorted(world.attached("WEB-1")) == expected
        assert world.half_made("WEB-1") == []
        assert [len(world.replies(message)) for _, message in shares] == [1] * 60
