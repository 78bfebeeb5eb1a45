"""Views in Slack: shown, or a typed error."""

import json

import pytest

from bot import errors
from bot.clients.slack_clients import build_writer
from bot.clients.slack_views import SlackViews
from bot.sandbox.slack import SlackServer
from bot.sandbox.wire import Fault, answer, cut

TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
HOME = {"type": "home", "blocks": [TEXT]}


def modal(title="Attach"):
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "blocks": [TEXT],
    }


def open_views(slack):
    return SlackViews(build_writer(token=slack.bot_token, api_url=slack.api_url))


@pytest.fixture
def views(slack):
    return open_views(slack)


@pytest.fixture
def trigger_id(slack):
    """What Slack gives out when a person does something."""
    return slack.shortcut("attach").trigger_id


def refuse(slack, operation, code, **more):
    body = {"ok": False, "error": code, **more}
    slack.fail(
        Fault(f"slack.views.{operation}", answer(200, json.dumps(body).encode()))
    )


def asks(views):
    """Return a call of each method by its name."""
    return {
        "open": lambda: views.open("1.2.abc", modal()),
        "update": lambda: views.update("V1", modal()),
        "publish": lambda: views.publish_home("UANNA", HOME),
    }


METHODS = ["open", "update", "publish"]


def test_a_modal_is_opened_for_whoever_did_something(views, slack, trigger_id):
    view_id = views.open(trigger_id, modal())

    (shown,) = slack.views("UANNA")
    assert (shown.id, shown.title) == (view_id, "Attach")


def test_a_trigger_works_once(views, trigger_id):
    views.open(trigger_id, modal())

    with pytest.raises(errors.SlackRejected) as caught:
        views.open(trigger_id, modal())
    assert caught.value.error == "exchanged_trigger_id"


def test_a_trigger_expires(clock):
    with SlackServer(clock=clock) as slack:
        trigger_id = slack.shortcut("attach").trigger_id
        clock.now += 3.001

        with pytest.raises(errors.SlackRejected) as caught:
            open_views(slack).open(trigger_id, modal())
    assert caught.value.error == "expired_trigger_id"


def test_another_view_is_shown_in_place_of_an_open_one(views, slack, trigger_id):
    view_id = views.open(trigger_id, modal())

    views.update(view_id, modal("Done"))

    assert [each.title for each in slack.views("UANNA")] == ["Done"]


def test_a_view_that_was_closed_is_told(views, slack, trigger_id):
    view_id = views.open(trigger_id, modal())
    slack.close_view(*slack.views("UANNA"))

    with pytest.raises(errors.SlackRejected) as caught:
        views.update(view_id, modal("Done"))
    assert caught.value.error == "not_found"


def test_a_home_is_published_to_one_person_again_and_again(views, slack):
    views.publish_home("UANNA", {"type": "home", "blocks": []})
    views.publish_home("UANNA", HOME)

    assert [each["text"]["text"] for each in slack.home().blocks] == ["hello"]
    assert slack.home("UBEN") is None


def test_a_home_of_nobody_is_refused(views):
    with pytest.raises(errors.SlackRejected) as caught:
        views.publish_home("UNOBODY", HOME)
    assert caught.value.error == "user_not_found"


def test_a_home_tab_that_is_off_is_told(views, slack):
    slack.view_methods.has_home = False

    with pytest.raises(errors.SlackRejected) as caught:
        views.publish_home("UANNA", HOME)
    assert caught.value.error == "not_enabled"


def test_a_view_that_slack_cannot_show_is_refused(views, trigger_id):
    with pytest.raises(errors.SlackRejected) as caught:
        views.open(trigger_id, {"type": "modal", "blocks": []})
    assert caught.value.error == "invalid_arguments"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("token_revoked", errors.SlackTokenRefused),
        ("missing_scope", errors.SlackScopeMissing),
        ("internal_error", errors.SlackUnavailable),
        ("ratelimited", errors.SlackThrottled),
        ("hash_conflict", errors.SlackRejected),
    ],
)
def test_what_slack_refuses_is_told_by_its_type(views, slack, method, code, problem):
    refuse(slack, method, code)

    with pytest.raises(problem):
        asks(views)[method]()


@pytest.mark.parametrize("method", METHODS)
def test_a_view_that_is_throttled_is_not_tried_again_here(views, slack, method):
    slow = answer(429, b'{"ok": false, "error": "ratelimited"}', {"Retry-After": "7"})
    slack.fail(Fault(f"slack.views.{method}", slow))

    with pytest.raises(errors.SlackThrottled) as caught:
        asks(views)[method]()
    assert caught.value.retry_after == 7
    assert len(slack.exchanges(f"slack.views.{method}")) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("action", [answer(503, b"<html>"), answer(200, b"[]"), cut])
def test_no_answer_of_slacks_is_an_outage(views, slack, method, action):
    slack.fail(Fault(f"slack.views.{method}", action))

    with pytest.raises(errors.SlackUnavailable):
        asks(views)[method]()
    assert len(slack.exchanges(f"slack.views.{method}")) == 1


@pytest.mark.parametrize("body", [b'{"ok": true}', b'{"ok": true, "view": {"id": 5}}'])
def test_a_view_without_an_id_is_no_answer_of_slacks(views, slack, body):
    slack.fail(Fault("slack.views.open", answer(200, body)))

    with pytest.raises(errors.SlackUnavailable):
        asks(views)["open"]()
