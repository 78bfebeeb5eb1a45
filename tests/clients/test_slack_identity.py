"""Slack tells whose token it is, what was granted, and what time it is there."""

import time

import pytest

from bot import errors
from bot.clients.http import read_date
from bot.clients.slack_clients import build_reader
from bot.clients.slack_identity import SlackIdentity
from bot.sandbox.slack import SlackServer
from bot.sandbox.wire import Fault, answer

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def identity(reader):
    return SlackIdentity(reader)


def test_the_bot_and_its_workspace_are_told(identity, slack):
    found = identity.look_up()

    assert (found.team, found.user) == ("acme", "loadmaster")
    assert found.scopes == slack.scopes
    assert abs(found.skew) < 30


def test_what_slack_does_not_tell_is_not_made_up(identity, slack):
    headers = JSON | {"x-oauth-scopes": " chat:write ,, files:read"}
    slack.fail(Fault("slack.auth.test", answer(200, b'{"ok":true,"team":5}', headers)))
    slack.fail(Fault("slack.auth.test", answer(200, b'{"ok":true}', JSON)))

    first, second = identity.look_up(), identity.look_up()

    assert first.scopes == {"chat:write", "files:read"}
    assert (first.team, first.user) == ("", "")
    assert second.scopes is None


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 22 Nov 2026 00:00:00 GMT", 1795305600),
        ("Sun, 22 Nov 99999 00:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_or_is_none(date, expected):
    assert read_date(date) == expected


def test_a_slack_whose_clock_is_ahead_is_told_by_how_much():
    with SlackServer(clock=lambda: time.time() + 400) as slack:
        reader = build_reader(token=slack.bot_token, api_url=slack.api_url)

        assert SlackIdentity(reader).look_up().skew == pytest.approx(400, abs=30)


def test_a_refused_token_is_a_problem(slack):
    reader = build_reader(token="xoxb-of-nobody", api_url=slack.api_url)

    with pytest.raises(errors.SlackTokenRefused):
        SlackIdentity(reader).look_up()
