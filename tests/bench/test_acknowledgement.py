"""How soon Slack has its answer, while what was shared before is being attached.

The bot and an empty Bolt app on the same server take turns.
"""

import contextlib
import itertools
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.bench.figures import Rounds
from tests.bench.loaded import open_loaded_world, write_events, write_posts
from tests.bench.posting import post_all

RATE = 40
SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))
ROUNDS = 3
#: One event in so many is a share; the others are messages that ask nothing.
ONE_IN = 10
BURST = 500
MS = 1000


@pytest.fixture(scope="module")
def busy():
    """A world whose bot has work to do."""
    with open_loaded_world() as world:
        yield world


@contextlib.contextmanager
def open_empty_app(secret):
    """Run the empty app; yield its address."""
    command = [sys.executable, "-m", "tests.bench.empty_app", secret]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def empty_app(busy):
    with open_empty_app(busy.slack.signing_secret) as url:
        yield url


def write_day(world, number):
    """Return *number* events, one in ten a share."""
    shares = iter(write_events(world, number // ONE_IN, text="OPS-1"))
    posts = iter(write_posts(world, number - number // ONE_IN))
    return [
        next(shares if place % ONE_IN == ONE_IN - 1 else posts)
        for place in range(number)
    ]


def deliver(world, url, events, *, over=0.0):
    """Deliver the events; return the milliseconds until each was acknowledged."""
    bodies = [json.dumps(each) for each in events]
    answers = post_all(url, bodies, secret=world.slack.signing_secret, over=over)
    assert {status for status, _ in answers} == {200}
    world.settle(600)
    return [seconds * MS for _, seconds in answers]


def percentile(values, hundredths):
    """Return the least value that so many hundredths of *values* do not exceed."""
    return sorted(values)[-(-len(values) * hundredths // 100) - 1]


def play_day(world, url):
    """Deliver events for a while; return what shares and other messages took."""
    events = write_day(world, int(RATE * SECONDS))
    taken = deliver(world, url, events, over=SECONDS)
    shares = taken[ONE_IN - 1 :: ONE_IN]
    others = [ms for n, ms in enumerate(taken) if n % ONE_IN != ONE_IN - 1]
    return {
        f"{name} p{hundredths}": percentile(values, hundredths)
        for (name, values), hundredths in itertools.product(
            (("shares", shares), ("others", others)), (50, 99)
        )
    }


@pytest.mark.timeout(900)
def test_slack_is_answered_at_once_while_work_is_done(busy, empty_app, tell):
    contenders = {
        "bot": partial(play_day, busy, busy.slack.request_url),
        "empty": partial(play_day, busy, empty_app),
    }
    play_day(busy, busy.slack.request_url)  # to warm up

    rounds = Rounds.play(contenders, number=ROUNDS)

    goals = {"shares p50": 10, "shares p99": 100, "others p50": 2, "others p99": None}
    for figure, goal in goals.items():
        tell(
            f"{RATE} events a second, {figure}",
            f"≤ {goal} ms" if goal else "",
            f"{rounds.show('bot', figure)} ms;"
            f" empty Bolt app {rounds.show('empty', figure)} ms",
        )
    for figure, goal in goals.items():
        assert goal is None or rounds.median("bot", figure) <= goal


def play_burst(world, url):
    """Deliver many shares at one moment; return what the slowest took."""
    events = write_events(world, BURST, text="OPS-1")
    return {"slowest": max(deliver(world, url, events))}


@pytest.mark.timeout(900)
def test_five_hundred_shares_at_once_are_answered_in_time(busy, empty_app, tell):
    contenders = {
        "bot": partial(play_burst, busy, busy.slack.request_url),
        "empty": partial(play_burst, busy, empty_app),
    }

    rounds = Rounds.play(contenders, number=ROUNDS)

    tell(
        f"{BURST} shares at once, the slowest answer",
        "≤ 3000 ms",
        f"{rounds.show('bot', 'slowest', 0)} ms;"
        f" empty Bolt app {rounds.show('empty', 'slowest', 0)} ms",
    )
    assert max(rounds.values("bot", "slowest")) <= 3000
