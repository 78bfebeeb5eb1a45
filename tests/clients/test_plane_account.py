"""Plane tells whose key it is, what is left to it, and what time it is there."""

import pytest

from bot import errors
from bot.clients.plane_account import Account, PlaneAccount
from bot.clients.plane_calls import PlaneCalls
from bot.sandbox.plane import PlaneServer
from bot.sandbox.wire import Fault, answer, cut

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def open_account(plane, gate):
    """How to ask *server* about a key."""

    def open_(server=plane, key="plane_api_alice"):
        calls = PlaneCalls(
            api_url=server.origin,
            api_key=key,
            workspace="no-such",
            gate=gate,
            threads=1,
        )
        return PlaneAccount(calls)

    return open_


def test_the_user_is_told_whatever_the_workspace_is(open_account, gate):
    found = open_account().look_up()

    assert (found.name, found.email) == ("alice", "alice@example.com")
    assert found.remaining is None
    assert abs(found.skew) < 30
    assert gate.passed == 1


def test_what_is_left_of_the_minute_is_told(open_account, store):
    with PlaneServer(store=store, rate_limit=60) as plane:
        assert open_account(plane).look_up().remaining == 59


def test_what_plane_does_not_tell_is_not_made_up(open_account, plane):
    headers = JSON | {"X-RateLimit-Remaining": "-1"}
    plane.fail(Fault("plane.me", answer(200, b"{}", headers)))

    found = open_account().look_up()

    assert found == Account("", "", None, found.skew)


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (cut, errors.PlaneUnavailable),
        (answer(200, b"[]", JSON), errors.PlaneUnavailable),
        (answer(429, b"{}"), errors.PlaneThrottled),
        (answer(500, b'{"error":"Something went wrong"}'), errors.PlaneFailed),
        (answer(404, b'{"error":"Page not found."}'), errors.PlaneRejected),
    ],
)
def test_what_is_no_answer_is_a_problem(open_account, plane, action, problem):
    plane.fail(Fault("plane.me", action))

    with pytest.raises(problem):
        open_account().look_up()


def test_a_wrong_key_is_a_problem(open_account):
    with pytest.raises(errors.PlaneKeyRefused):
        open_account(key="plane_api_nobody").look_up()
