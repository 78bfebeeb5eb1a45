"""Plane's calls a minute, used to the full: three minutes each, in real time."""

import math
import os
import time

import pytest

from bot.sandbox.plane import PlaneServer
from tests.world import open_world

WINDOW = 60.0
#: Minutes in which all is used up; one call more is made after them.
WINDOWS = int(os.environ.get("BENCH_WINDOWS", "3"))


@pytest.mark.timeout(60 * WINDOWS + 240)
@pytest.mark.parametrize("limit", [60, 300])
def test_files_take_as_long_as_their_calls_and_no_longer(tmp_path, tell, limit):
    def throttled(**options):
        """Make a Plane that really counts (plane/api/rate_limit.py)."""
        return PlaneServer(**{**options, "rate_limit": limit})

    # Ten at a time is what Slack's people share.
    batches = limit * WINDOWS // 20
    with open_world(tmp_path, plane_class=throttled) as world:
        world.start_bot(PLANE_RATE_LIMIT=str(limit))
        begun = time.monotonic()

        messages = [
            world.slack.share(
                [
                    world.slack.add_file(name=f"{batch}-{each}.pdf")
                    for each in range(10)
                ],
                text="WEB-1",
            )
            for batch in range(batches)
        ]
        for message in messages:
            text = world.reply(message, timeout=60 * WINDOWS + 120)
            assert "is attached." in text
        took = time.monotonic() - begun

        # Two calls for each file, and two to find the project and the work item.
        files = 10 * batches
        calls = 2 * files + 2
        least = (math.ceil(calls / limit) - 1) * WINDOW
        refused = [e for e in world.plane.exchanges() if e.status == 429]
        assert len(world.attached("WEB-1")) == files
    tell(
        f"{files} files at {limit} calls a minute, over the least that it can take",
        "≤ 5 %, ≤ 2 refusals",
        f"{took / least - 1:+.1%} ({took:.1f} s), {len(refused)} refusals",
    )
    assert took <= least * 1.05
    assert len(refused) <= 2
