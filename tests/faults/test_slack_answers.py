"""Slack refuses to show the reply: it comes later, once, or the log says why not."""

import json

import pytest

from bot.sandbox import wire

JSON = {"Content-Type": "application/json"}
AWAY = wire.answer(503, b"<html>Service Unavailable</html>")
SLOWER = wire.answer(429, b"", {"Retry-After": "1"})


def refusal(error, **more):
    body = {"ok": False, "error": error, **more}
    return wire.answer(200, json.dumps(body).encode(), JSON)


def share(world):
    return world.slack.share([world.slack.add_file()], text="WEB-1")


def strike(world, operation, action, phase="before"):
    """Arm a fault; return how to wait until it struck."""
    fault = world.slack.fail(wire.Fault(operation, action, phase))
    return lambda: world.wait(lambda: fault.times == 0)


@pytest.mark.parametrize(
    ("action", "logged"),
    [
        pytest.param(SLOWER, "SlackThrottled", id="429"),
        pytest.param(AWAY, "SlackUnavailable", id="503"),
        pytest.param(refusal("internal_error"), "SlackUnavailable", id="internal"),
        pytest.param(refusal("not_in_channel"), "not_in_channel", id="not in channel"),
        pytest.param(
            refusal("channel_not_found"), "channel_not_found", id="no channel"
        ),
        pytest.param(refusal("is_archived"), "is_archived", id="archived"),
        pytest.param(refusal("restricted_action"), "restricted", id="restricted"),
        pytest.param(
            refusal("restricted_action_read_only_channel"), "restricted", id="read only"
        ),
        pytest.param(refusal("token_revoked"), "token_revoked", id="token revoked"),
        pytest.param(
            refusal("missing_scope", needed="chat:write"), "chat:write", id="scope"
        ),
    ],
)
def test_a_reply_that_slack_refuses_for_a_while_comes_later(world, action, logged):
    struck = strike(world, "slack.chat.postMessage", action)

    message = share(world)
    struck()

    assert "is attached." in world.reply(message)
    world.settle()
    assert len(world.replies(message)) == 1
    assert logged in world.bot.log


@pytest.mark.parametrize("action", [AWAY, refusal("internal_error")])
def test_a_reply_that_is_there_though_slack_reports_an_error_comes_once(world, action):
    struck = strike(world, "slack.chat.postMessage", action, "after")

    message = share(world)
    struck()
    world.settle()

    assert len(world.replies(message)) == 1
    assert len(world.slack.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("action", [SLOWER, refusal("is_inactive")])
def test_an_edit_that_slack_refuses_for_a_while_comes_later(world, action):
    message = share(world)
    world.reply(message)
    struck = strike(world, "slack.chat.update", action)
    (reply,) = world.slack.replies_by_bot("CGENERAL", message.ts)

    world.slack.press(reply, "undo")
    struck()
    world.settle()

    (text,) = world.replies(message)
    assert "was removed again." in text


def test_a_scope_that_is_missing_is_named_in_the_thread(world):
    fault = refusal("missing_scope", needed="files:read", provided="")
    strike(world, "slack.files.info", fault)
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-1", channel="CSHARED")

    text = world.reply(message)
    assert "I lack the Slack scope files:read for" in text.replace("`", "")
    assert "reinstall the app" in text


def test_a_token_that_was_revoked_is_named_in_the_thread_once_there_is_another(world):
    strike(world, "slack.files.info", refusal("token_revoked"))

    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1", channel="CSHARED")

    text = world.reply(message)
    assert "token_revoked" in text
    assert "SLACK_BOT_TOKEN" in text
