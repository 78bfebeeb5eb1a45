"""What was answered before is known for as long as its signature is good."""

import pytest

from bot.entrypoints.replays import Replays
from tests.work.values import Clock


@pytest.mark.parametrize("body", [{"type": "block_actions"}, {"command": "/attach"}])
def test_what_slack_sends_once_is_known_when_it_comes_twice(body):
    replays = Replays()

    assert not replays.has(body, "v0=a")
    replays.add(body, "v0=a")

    assert replays.has(body, "v0=a")
    assert not replays.has(body, "v0=b")


@pytest.mark.parametrize("kind", ["event_callback", "block_suggestion"])
def test_an_event_and_what_is_typed_into_a_menu_may_come_again(kind):
    replays = Replays()
    replays.add({"type": kind}, "v0=a")

    assert not replays.has({"type": kind}, "v0=a")


def test_it_is_forgotten_once_its_signature_is_too_old():
    clock = Clock()
    replays = Replays(timer=clock)
    replays.add({}, "v0=a")

    clock.now += 599
    assert replays.has({}, "v0=a")

    clock.now += 2
    assert not replays.has({}, "v0=a")
