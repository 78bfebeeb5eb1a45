"""How long a Plane that hangs is waited for, in real time: a minute."""

import time

import pytest

from tests.faults.line import Line
from tests.world import open_world


@pytest.mark.timeout(180)
def test_after_a_minute_the_thread_learns_that_plane_hangs(tmp_path):
    with open_world(tmp_path) as world, Line(world.plane.origin) as line:
        world.start_bot(PLANE_API_URL=line.url)
        before = world.slack.share([world.slack.add_file()], text="OPS-1")
        world.reply(before)
        world.settle()
        line.fall_silent()
        file, begun = world.slack.add_file(), time.monotonic()

        message = world.slack.share([file], text="WEB-1")

        world.slack.wait_for_reply(
            "CGENERAL",
            message.ts,
            lambda reply: "Plane does not answer me" in reply.text,
            timeout=90,
        )
        assert time.monotonic() - begun < 66
        line.speak_again()
        assert "is attached." in world.reply(message, timeout=60)
        assert len(world.replies(message)) == 1
        assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
