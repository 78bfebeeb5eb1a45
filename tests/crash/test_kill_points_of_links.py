"""Nothing lost, nothing twice: the bot is killed at the calls that a link takes.

Each call is struck before and after it took effect in Plane.
"""

import pytest

from tests.crash.striking import start_later, strike

#: What the bot calls for a remote file, in this order.
CALLS = ["plane.list_links", "plane.work_item_by_id", "plane.create_link"]


def share(world, name):
    url = f"https://docs.example.com/{name}"
    file = world.slack.add_file(name=name, mode="external", external_url=url)
    return url, world.slack.share([file], text="WEB-1")


def wait_for(world, message, text):
    found = world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: text in reply.text, timeout=20
    )
    world.settle()
    assert len(world.replies(message)) == 1
    return found


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_loses_and_doubles_no_link_and_keeps_whose_it_is(world, phase):
    for operation in CALLS:
        struck = strike(world, operation, phase)

        url, message = share(world, operation)
        assert struck.wait(20), operation
        start_later(world)

        reply = wait_for(world, message, "is linked")
        assert world.linked("WEB-1") == [(operation, url)]
        world.slack.press(reply, "undo")
        wait_for(world, message, "was removed again.")
        assert world.linked("WEB-1") == []


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_loses_and_doubles_nothing_of_a_links_undo(world, phase):
    _, message = share(world, "plan")
    reply = wait_for(world, message, "is linked")
    struck = strike(world, "plane.delete_link", phase)

    world.slack.press(reply, "undo")
    assert struck.wait(20)
    start_later(world)

    wait_for(world, message, "was removed again.")
    assert world.linked("WEB-1") == []
