"""The connections to Slack, step by step: how long one is silent, and what is lost."""

import base64
import contextlib
import hashlib
import json
import socket
import threading
import time

import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot.clients.slack_sockets import SlackSockets
from bot.entrypoints.socket_mode import Pauses, SocketMode
from bot.errors import SlackThrottled
from bot.sandbox.slack import SlackServer
from bot.sandbox.wire import Fault, answer
from bot.work.precedence import Precedence
from tests.work.values import Clock

#: RFC 6455, 1.3.
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@pytest.fixture
def slack():
    with SlackServer(patience=0.3, retry_delays=(0.0,)) as slack:
        yield slack


@pytest.fixture
def app():
    return App(
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1"),
        request_verification_enabled=False,
        process_before_response=True,
    )


@pytest.fixture
def connect(slack, app):
    """Start a Socket Mode with that many seconds between pings."""
    started = []

    def connect(ping_seconds=5.0):
        options = {"app_token": slack.app_token, "api_url": slack.api_url}
        sockets = SlackSockets(**options, ping_seconds=ping_seconds)
        started.append(SocketMode(app, sockets, Precedence()))
        started[-1].start()
        return started[-1]

    yield connect
    for each in started:
        each.stop()


@contextlib.contextmanager
def running(app, sockets):
    """Have Socket Mode go on with these *sockets* meanwhile."""
    mode = SocketMode(app, sockets, Precedence())
    mode.start()
    try:
        yield
    finally:
        mode.stop()


class Broken:
    """Sockets that cannot be read; they count how often one is opened."""

    def __init__(self):
        self.opened = 0
        self.is_opened_again = threading.Event()

    def open(self):
        self.opened += 1
        if self.opened == 2:
            self.is_opened_again.set()
        return self

    def messages(self):
        raise RuntimeError("can't start new thread")

    def close(self):
        pass


def test_a_socket_that_cannot_be_read_is_replaced(app):
    sockets = Broken()
    with running(app, sockets):
        assert sockets.is_opened_again.wait(10)


class Warned:
    """A socket that Slack warns of its end, twice; the next says nothing."""

    def __init__(self):
        self.is_closed = threading.Event()
        self.opened = []

    def open(self):
        self.opened.append(self if not self.opened else Silent())
        return self.opened[-1]

    def messages(self):
        for reason in ("warning", "refresh_requested"):
            yield {"type": "disconnect", "reason": reason}

    def close(self):
        self.is_closed.set()


class Silent:
    """A socket that says nothing until it is closed."""

    def __init__(self):
        self._is_closed = threading.Event()

    def messages(self):
        self._is_closed.wait()
        return []

    def close(self):
        self._is_closed.set()


class Busy:
    """Sockets that cannot be had before so many seconds; they note who asks when."""

    SECONDS = 0.8

    def __init__(self):
        self.asked = []
        self.is_asked_again = threading.Event()

    def open(self):
        self.asked.append(time.monotonic())
        if len(self.asked) == 2:
            self.is_asked_again.set()
        raise SlackThrottled(retry_after=self.SECONDS)


def test_a_socket_that_slack_replaces_is_replaced_once(app, caplog):
    caplog.set_level("INFO")
    sockets = Warned()
    with running(app, sockets):
        assert sockets.is_closed.wait(10)

    assert caplog.text.count("Slack asks to reconnect") == 1
    assert "opening another" not in caplog.text


@pytest.fixture
def silent():
    """A server that opens a WebSocket and never says a word; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = []

        def serve():
            connection, _ = listening.accept()
            held.append(connection)
            head = connection.recv(10_000).split(b"\r\n")
            (key,) = [
                x[19:] for x in head if x.lower().startswith(b"sec-websocket-key")
            ]
            accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )

        threading.Thread(target=serve, daemon=True).start()
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}/link/"
        for connection in held:
            connection.close()


def hand_out(slack, url):
    """Have Slack hand out this URL for the next connection."""
    body = json.dumps({"ok": True, "url": url}).encode()
    json_type = {"Content-Type": "application/json"}
    fault = Fault("slack.apps.connections.open", answer(200, body, json_type))
    return slack.fail(fault)


def test_a_socket_that_falls_silent_is_replaced(slack, connect, silent):
    fault = hand_out(slack, silent)

    connect(ping_seconds=0.1)

    slack.sockets.wait_connected(1, 10)
    assert fault.times == 0


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/", "", "nonsense", "https://x/"])
def test_a_socket_that_cannot_be_opened_is_asked_for_again(slack, connect, url, caplog):
    hand_out(slack, url)

    connect()

    slack.sockets.wait_connected(1, 10)
    assert "No socket to Slack" in caplog.text


def test_a_refused_app_token_is_named_in_the_log(slack, connect, caplog):
    slack.web_api.token_error = "invalid_auth"
    socket_mode = connect()
    while "SLACK_APP_TOKEN" not in caplog.text:
        threading.Event().wait(0.01)
    assert not socket_mode.is_connected
    slack.web_api.token_error = None

    slack.sockets.wait_connected(1, 10)

    assert "invalid_auth" in caplog.text


def test_slack_is_asked_for_no_socket_before_it_said(app):
    sockets = Busy()
    with running(app, sockets):
        assert sockets.is_asked_again.wait(10)

    first, second = sockets.asked[:2]
    assert second - first >= Busy.SECONDS


def test_what_a_listener_fails_at_is_not_answered_and_comes_again(slack, app, connect):
    heard = []

    @app.event("message")
    def hear(event):
        heard.append(event["ts"])
        if len(heard) == 1:
            raise OSError

    connect()
    slack.sockets.wait_connected(1, 10)

    message = slack.post("hello")
    slack.wait_idle()

    assert heard == [message.ts, message.ts]
    assert slack.delivery_of(message).acknowledged


def test_connections_that_do_not_last_are_opened_ever_more_slowly():
    clock = Clock()
    pauses = Pauses(clock)

    waits = []
    for _ in range(9):
        waits.append(pauses.take())
        clock.now += waits[-1]
    assert waits == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]

    clock.now += 10
    assert pauses.take() == 0
