"""The emulated Plane's rate limit (observed, Plane CE 1.3.1), with a clock of ours."""

import pytest
import requests

from bot.sandbox.plane import PlaneServer
from bot.sandbox.store import StoreServer


@pytest.fixture
def plane(clock):
    with (
        StoreServer(clock=clock) as store,
        PlaneServer(store=store, rate_limit=3, clock=clock) as plane,
    ):
        yield plane


def ask(plane, path="users/me/", key="plane_api_alice", method="GET"):
    return requests.request(
        method,
        f"{plane.origin}/api/v1/{path}",
        headers={"X-API-Key": key},
        allow_redirects=False,
        timeout=10,
    )


def test_calls_over_the_limit_get_429_in_a_shape_of_its_own(plane, clock):
    answers = [ask(plane) for _ in range(3)]
    clock.now += 4.5

    refused = ask(plane)

    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == [
        "2",
        "1",
        "0",
    ]
    assert refused.status_code == 429
    assert refused.json() == {
        "error_code": 5900,
        "error_message": "RATE_LIMIT_EXCEEDED",
    }
    assert refused.headers["Retry-After"] == "56"
    assert not [name for name in refused.headers if name.startswith("X-RateLimit")]


def test_the_reset_header_is_always_a_minute_ahead(plane, clock):
    ask(plane)
    clock.now += 30

    assert ask(plane).headers["X-RateLimit-Reset"] == str(int(clock.now) + 60)


def test_after_retry_after_there_is_room_again(plane, clock):
    for _ in range(3):
        ask(plane)
    clock.now += int(ask(plane).headers["Retry-After"])

    assert ask(plane).status_code == 200


def test_the_window_slides(plane, clock):
    ask(plane)
    clock.now += 50
    ask(plane)
    ask(plane)
    clock.now += 10

    assert [ask(plane).status_code, ask(plane).status_code] == [200, 429]


def test_refused_calls_do_not_prolong_the_wait(plane, clock):
    for _ in range(3):
        ask(plane)
    waits = []
    for _ in range(5):
        waits.append(int(ask(plane).headers["Retry-After"]))
        clock.now += 5

    assert waits == [60, 55, 50, 45, 40]


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("workspaces/acme/work-items/web-1/", "GET"),
        ("nowhere/", "GET"),
        ("users/me", "GET"),
    ],
)
def test_refusals_by_permission_and_unknown_urls_do_not_count(plane, path, method):
    for _ in range(5):
        ask(plane, path, method=method)

    assert ask(plane).headers["X-RateLimit-Remaining"] == "2"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("workspaces/acme/work-items/WEB-999/", "GET"),
        ("workspaces/acme/work-items/WEB-abc/", "GET"),
        ("users/me/", "PUT"),
    ],
)
def test_errors_of_views_count(plane, path, method):
    ask(plane, path, method=method)

    assert ask(plane).headers["X-RateLimit-Remaining"] == "1"


def test_every_key_has_its_own_window(plane):
    plane.state.add_key("alice", "plane_api_second")
    for _ in range(4):
        ask(plane)

    assert ask(plane, key="plane_api_second").status_code == 200


def test_a_blank_behind_the_key_does_not_make_it_another(plane):
    ask(plane)

    assert ask(plane, key="plane_api_alice ").headers["X-RateLimit-Remaining"] == "1"


def test_a_service_token_has_300_calls(plane):
    plane.state.add_key("alice", "plane_service", service=True)

    answer = ask(plane, key="plane_service")

    assert answer.headers["X-RateLimit-Remaining"] == "299"


def test_a_revoked_key_is_refused(plane):
    plane.state.revoke_key("plane_api_alice")

    assert ask(plane).json() == {"detail": "Given API token is not valid"}
