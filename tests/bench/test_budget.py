"""Plane's 60 calls a minute, used to the full: three minutes, in real time."""

import math
import time

import pytest

from bot.sandbox.plane import PlaneServer
from tests.world import open_world

FILES = 90
LIMIT = 60
WINDOW = 60.0


def throttled(**options):
    """Make a Plane that really counts (plane/api/rate_limit.py)."""
    return PlaneServer(**{**options, "rate_limit": LIMIT})


@pytest.mark.timeout(420)
def test_ninety_files_take_as_long_as_their_calls_and_no_longer(tmp_path, tell):
    with open_world(tmp_path, plane_class=throttled) as world:
        world.start_bot(PLANE_RATE_LIMIT=str(LIMIT))
        begun = time.monotonic()

        # Ten at a time is what Slack's people share.
        messages = [
            world.slack.share(
                [
                    world.slack.add_file(name=f"{batch}-{each}.pdf")
                    for each in range(10)
                ],
                text="WEB-1",
            )
            for batch in range(FILES // 10)
        ]
        for message in messages:
            assert "is attached." in world.reply(message, timeout=400)
        took = time.monotonic() - begun

        # Two calls for each file, and two to find the project and the work item.
        calls = 2 * FILES + 2
        least = (math.ceil(calls / LIMIT) - 1) * WINDOW
        refused = [e for e in world.plane.exchanges() if e.status == 429]
        assert len(world.attached("WEB-1")) == FILES
    tell(
        f"{FILES} files at {LIMIT} calls a minute, over the least that it can take",
        "≤ 5 %, ≤ 2 refusals",
        f"{took / least - 1:+.1%} ({took:.1f} s), {len(refused)} refusals",
    )
    assert took <= least * 1.05
    assert len(refused) <= 2
