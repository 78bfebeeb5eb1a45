"""Events over HTTP: signatures, acknowledgements, retries."""

import json
import threading
import time

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import wire
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.signing import sign

PATH = "/slack/events"


class App:
    """An app's endpoint: keeps what it got, answers as told."""

    def __init__(self):
        self.server = wire.Server("app")
        self.got = []
        self.answers = []
        self.server.route("POST", PATH, "event", self._receive)

    @property
    def url(self):
        return self.server.origin + PATH

    def _receive(self, request):
        self.got.append((dict(request.headers), request.read()))
        answer = self.answers.pop(0) if self.answers else wire.Response(200)
        return answer() if callable(answer) else answer

    def retries(self):
        return [
            (
                headers.get("x-slack-retry-num"),
                headers.get("x-slack-retry-reason"),
            )
            for headers, _ in self.got
        ]


@pytest.fixture
def app():
    app = App()
    with app.server:
        yield app


@pytest.fixture
def slack(app):
    with SlackServer(retry_delays=(0.0, 0.02, 0.04)) as server:
        server.request_url = app.url
        yield server


def test_an_event_is_signed_as_slack_signs(slack, app):
    slack.share([slack.add_file()], text="Grüße, WEB-12")
    slack.wait_idle()

    headers, body = app.got[0]
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert headers["content-type"] == "application/json"
    assert app.retries() == [(None, None)]


def test_the_signature_of_the_documentation_is_reproduced():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
        b"&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J"
        b"%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
        b"398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )

    headers = sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)

    assert headers["X-Slack-Signature"] == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


def test_an_error_is_tried_again_under_the_same_event_id(slack, app):
    app.answers = [wire.Response(500), wire.Response(503)]

    message = slack.post("WEB-12")
    slack.wait_idle()

    delivery = slack.delivery_of(message)
    assert app.retries() == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in app.got}) == 1
    assert (delivery.acknowledged, delivery.statuses) == (True, [500, 503, 200])
    assert delivery.seconds >= 0.02


def test_after_three_retries_an_event_is_given_up(slack, app):
    app.answers = [wire.Response(500)] * 4

    message = slack.post("WEB-12")
    slack.wait_idle()

    delivery = slack.delivery_of(message)
    assert (delivery.given_up, delivery.acknowledged) == (True, False)
    assert [attempt.retry for attempt in delivery.attempts] == [0, 1, 2, 3]


def test_an_app_can_refuse_retries(slack, app):
    app.answers = [wire.Response(400, {"X-Slack-No-Retry": "1"})]

    slack.post("WEB-12")
    slack.wait_idle()

    assert len(app.got) == 1


def test_an_answer_that_takes_too_long_is_a_timeout(app):
    enough = threading.Event()

    def slow():
        enough.wait(5)
        return wire.Response(200)

    app.answers = [slow]
    with SlackServer(retry_delays=(0.0, 0.0, 0.0), patience=0.2) as slack:
        slack.request_url = app.url
        message = slack.post("WEB-12")
        slack.wait_idle()
        enough.set()

    first = slack.delivery_of(message).attempts[0]
    assert app.retries()[:2] == [(None, None), ("1", "http_timeout")]
    assert first.reason == "http_timeout"
    assert first.seconds >= 0.2


def test_an_app_that_is_away_is_a_failed_connection(app):
    with SlackServer(retry_delays=(0.0,)) as slack:
        with wire.Server("gone") as gone:
            slack.request_url = gone.origin + PATH
        message = slack.post("WEB-12")
        slack.wait_idle()

    attempts = slack.delivery_of(message).attempts
    assert [each.reason for each in attempts] == ["connection_failed"] * 2


def test_two_redirects_are_followed_and_no_third(slack, app):
    moved = wire.Response(307, {"Location": PATH})
    app.answers = [moved, moved]
    slack.post("a")
    slack.wait_idle()
    assert len(app.got) == 3

    app.answers = [moved] * 3
    message = slack.post("b")
    slack.wait_idle()

    assert slack.delivery_of(message).attempts[0].reason == "too_many_redirects"


def test_a_burst_is_delivered_at_once(slack, app):
    together = threading.Barrier(20, timeout=5)

    def meet():
        together.wait()
        return wire.Response(200)

    app.answers = [meet] * 20
    for number in range(20):
        slack.post(f"WEB-{number}")
    slack.wait_idle()

    assert all(delivery.acknowledged for delivery in slack.deliveries)
    assert [len(each.attempts) for each in slack.deliveries] == [1] * 20


def test_an_event_can_be_delivered_again(slack, app):
    message = slack.post("WEB-12")
    slack.wait_idle()

    slack.redeliver(message)
    slack.redeliver(slack.delivery_of(message).event_id, retry=2, reason="http_error")
    slack.wait_idle()

    assert sorted(app.retries(), key=str) == [
        ("1", "http_timeout"),
        ("2", "http_error"),
        (None, None),
    ]
    assert len({body for _, body in app.got}) == 1


def test_one_message_can_come_under_many_event_ids(slack, app):
    message = slack.post("WEB-12")
    slack.deliver_copies(message, 5)
    slack.wait_idle()

    bodies = [json.loads(body) for _, body in app.got]
    assert len({body["event_id"] for body in bodies}) == 6
    assert {body["event"]["ts"] for body in bodies} == {message.ts}


def test_any_event_can_be_delivered(slack, app):
    slack.deliver_event({"type": "message", "text": None}, channel="CSHARED")
    slack.wait_idle()

    body = json.loads(app.got[0][1])
    assert body["event"] == {"type": "message", "text": None}
    assert body["is_ext_shared_channel"]


def test_a_request_url_is_verified_by_its_challenge(app):
    app.answers = [wire.Response(200, {}, b"nothing")]
    with SlackServer() as slack:
        assert not slack.verify_request_url(app.url)
        assert slack.request_url is None

        def echo():
            return wire.Response(
                200, {}, json.loads(app.got[-1][1])["challenge"].encode()
            )

        app.answers = [echo]
        assert slack.verify_request_url(app.url)
        assert slack.request_url == app.url


def test_waiting_names_what_was_not_acknowledged():
    with SlackServer() as slack:
        message = slack.post("WEB-12")

        with pytest.raises(TimeoutError, match=slack.delivery_of(message).event_id):
            slack.wait_idle(timeout=0.01)


def test_stopping_does_not_wait_for_retries(app):
    app.answers = [wire.Response(500)] * 4
    with SlackServer() as slack:
        slack.request_url = app.url
        slack.post("WEB-12")
        with pytest.raises(TimeoutError):
            slack.wait_idle(timeout=0.1)
        started = time.monotonic()

    assert time.monotonic() - started < 2
