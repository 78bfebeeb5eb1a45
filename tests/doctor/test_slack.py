"""Slack: the bot token, its scopes, the socket, the signing secret."""

import json

import pytest

from bot.domain.scopes import BOT_SCOPES
from bot.sandbox.wire import Fault, answer, cut

JSON = {"Content-Type": "application/json"}


def test_a_good_token_is_told_by_whose_it_is(installation):
    assert installation.find("slack-token") == (
        "ok",
        'It is "loadmaster" in the workspace "acme".',
        "",
    )


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_refused_token_is_a_fault_with_the_way_to_a_new_one(installation, error):
    installation.slack.web_api.token_error = error

    mark, text, step = installation.find("slack-token")

    assert mark == "fault"
    assert text.startswith(f"Slack refuses my bot token ({error})")
    assert "copy the Bot User OAuth Token into SLACK_BOT_TOKEN" in step


def test_what_follows_from_the_token_is_skipped_without_one(installation):
    installation.slack.web_api.token_error = "invalid_auth"

    assert installation.find("slack-scopes") == (
        "skipped",
        "Skipped because slack-token did not go well.",
        "",
    )
    assert installation.find("plane-key")[0] == "ok"


def test_an_address_with_nobody_there_is_a_fault_with_its_cause(installation):
    installation.settings["SLACK_API_URL"] = "http://127.0.0.1:9/api"

    assert installation.find("slack-token") == (
        "fault",
        "Slack does not answer me about the bot token: nothing listens there.",
        "Check SLACK_API_URL and its port.",
    )


def test_a_host_that_does_not_exist_is_a_fault_with_its_cause(installation):
    installation.settings["SLACK_API_URL"] = "http://slack.invalid/api"

    mark, text, step = installation.find("slack-token")

    assert (mark, text) == (
        "fault",
        "Slack does not answer me about the bot token: its host has no address.",
    )
    assert step.startswith("Check SLACK_API_URL, its spelling")


def test_a_slack_that_slows_us_down_is_a_warning_that_says_when(installation):
    installation.slack.fail(
        Fault("slack.auth.test", answer(429, b"{}", {"Retry-After": "42"}))
    )

    mark, text, step = installation.find("slack-token")

    assert mark == "warning"
    assert text == "Slack asked me to slow down with the bot token."
    assert step == "Run `loadmaster doctor` again in 42 seconds."


def test_what_a_slowed_down_check_did_not_learn_is_skipped(installation):
    installation.slack.fail(Fault("slack.auth.test", answer(429, b"{}")))

    assert installation.find("slack-scopes")[:2] == (
        "skipped",
        "Skipped because slack-token did not go well.",
    )


# --- scopes -------------------------------------------------------------------


def test_all_scopes_are_well(installation):
    assert installation.find("slack-scopes") == (
        "ok",
        "All 11 that are needed are granted.",
        "",
    )


def test_more_scopes_than_are_needed_are_told(installation):
    installation.slack.scopes.add("files:write")

    mark, text, _ = installation.find("slack-scopes")

    assert mark == "ok"
    assert text.endswith("; not needed are files:write.")


@pytest.mark.parametrize("scope", BOT_SCOPES)
def test_a_missing_scope_tells_what_does_not_work_and_to_reinstall(installation, scope):
    installation.slack.scopes.discard(scope)

    mark, text, step = installation.find("slack-scopes")

    assert mark == ("fault" if scope in ("files:read", "chat:write") else "warning")
    assert text == f"The app lacks {scope}: {BOT_SCOPES[scope]}."
    assert f"add {scope}, then Reinstall to Workspace" in step


def test_scopes_that_slack_does_not_tell_are_not_looked_at(installation):
    told = json.dumps({"ok": True, "team": "acme", "user": "bot"}).encode()
    installation.slack.fail(Fault("slack.auth.test", answer(200, told, JSON)))

    assert installation.find("slack-scopes") == (
        "skipped",
        "Skipped because Slack did not tell them.",
        "",
    )


# --- by HTTP ------------------------------------------------------------------


def test_by_http_the_secret_is_looked_at_and_what_to_check_is_told(installation):
    mark, text, step = installation.find("slack-signing")

    assert (mark, text) == ("ok", "The signing secret looks like one.")
    assert "your address with /slack/events, marked Verified" in step


@pytest.mark.parametrize("secret", ["8f742231", "xapp-1-A1-1-abc", "F" * 32, "g" * 32])
def test_a_secret_of_another_shape_is_a_warning(installation, secret):
    installation.settings["SLACK_SIGNING_SECRET"] = secret

    mark, text, step = installation.find("slack-signing")

    assert mark == "warning"
    assert "does not look like Slack's" in text
    assert "copy Signing Secret" in step


# --- by Socket Mode -----------------------------------------------------------


def test_a_socket_that_says_hello_is_well_and_is_closed(installation):
    installation.use_socket_mode()

    assert installation.find("slack-socket") == (
        "ok",
        "Slack takes the app token and said hello on a socket.",
        "",
    )
    installation.slack.sockets.wait_connected(0, 5)


def test_each_way_of_events_is_looked_at_alone(installation):
    def looked_at():
        checks = {finding.check.value for finding in installation.examine()}
        return checks & {"slack-signing", "slack-socket"}

    by_http = looked_at()
    installation.use_socket_mode()

    assert (by_http, looked_at()) == ({"slack-signing"}, {"slack-socket"})


def test_a_wrong_app_token_is_a_fault_with_the_way_to_a_new_one(installation):
    installation.settings["SLACK_APP_TOKEN"] = "xapp-of-nobody"

    mark, text, step = installation.find("slack-socket")

    assert mark == "fault"
    assert text == "Slack gives no socket for SLACK_APP_TOKEN (invalid_auth)."
    assert "generate one with the scope connections:write" in step


def test_an_app_token_is_looked_at_where_the_bot_token_is_refused(installation):
    installation.use_socket_mode()
    installation.settings["SLACK_BOT_TOKEN"] = "xoxb-of-nobody"

    assert installation.find("slack-socket")[0] == "ok"


def test_no_socket_is_tried_where_slack_does_not_answer(installation):
    installation.use_socket_mode()
    installation.settings["SLACK_API_URL"] = "http://127.0.0.1:9/api"

    assert installation.find("slack-socket")[:2] == (
        "skipped",
        "Skipped because slack-token did not go well.",
    )


def test_a_socket_that_cannot_be_opened_is_a_fault(installation):
    installation.use_socket_mode()
    told = json.dumps({"ok": True, "url": "ws://127.0.0.1:9/"}).encode()
    installation.slack.fail(
        Fault("slack.apps.connections.open", answer(200, told, JSON))
    )

    mark, text, step = installation.find("slack-socket")

    assert mark == "fault"
    assert text == "Slack does not answer me about a socket: nothing listens there."
    assert "may open WebSockets to wss-primary.slack.com" in step


def test_a_call_that_breaks_off_is_a_fault(installation):
    installation.use_socket_mode()
    installation.slack.fail(Fault("slack.apps.connections.open", cut))

    mark, text, _ = installation.find("slack-socket")

    assert mark == "fault"
    assert text.startswith("Slack does not answer me about a socket")


def test_a_farewell_in_place_of_hello_is_a_fault_that_says_why(installation):
    installation.use_socket_mode()
    sockets = [installation.slack.sockets.open_url() for _ in range(10)]
    opened = [open_socket(url) for url in sockets]
    try:
        mark, text, _ = installation.find("slack-socket")
    finally:
        for each in opened:
            each.close()

    assert mark == "fault"
    assert text == (
        "Slack takes the app token, but says no hello on the socket"
        ' ("too_many_websockets").'
    )


def test_other_sockets_of_the_app_are_a_warning(installation):
    installation.use_socket_mode()
    other = open_socket(installation.slack.sockets.open_url())
    try:
        installation.slack.sockets.wait_connected(1, 5)
        mark, text, step = installation.find("slack-socket")
    finally:
        other.close()

    assert mark == "warning"
    assert "It counts 1 more for this app" in text
    assert "stop it or give it an app of its own" in step


def open_socket(url):
    from websockets.sync.client import connect

    return connect(url).__enter__()
