"""Socket Mode, with the real client at the other end."""

import contextlib
import queue
import threading

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.sandbox.slack import SlackServer


class Bot:
    """A Socket Mode client that keeps what it got and acknowledges it."""

    def __init__(self, slack):
        self.got = []
        self.silent = threading.Event()
        self.client = SocketModeClient(
            slack.app_token,
            web_client=WebClient(slack.app_token, base_url=slack.api_url),
            ping_interval=0.1,
        )
        self.client.socket_mode_request_listeners.append(self._receive)

    def _receive(self, client, request):
        self.got.append(request)
        if not self.silent.is_set():
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack():
    with SlackServer(retry_delays=(0.0, 0.02, 0.04)) as server:
        yield server


@contextlib.contextmanager
def connected(slack):
    bot = Bot(slack)
    bot.client.connect()
    try:
        slack.sockets.wait_connected(1, 5)
        yield bot
    finally:
        # The client's close() waits for its reader, up to three seconds, and trips over
        # it when both close; so the server hangs up, and the reader ends, first.
        bot.client.auto_reconnect_enabled = False
        bot.client.closed = True
        slack.sockets.hang_up()
        bot.client.current_session_runner.shutdown()
        # Its processor looks up from an empty queue once a second only.
        bot.client.message_processor.event.set()
        bot.client.enqueue_message("{}")
        bot.client.close()


@contextlib.contextmanager
def raw(slack):
    client = WebClient(slack.app_token, base_url=slack.api_url)
    url = client.apps_connections_open(app_token=slack.app_token)["url"]
    with connect(url, proxy=None, compression=None) as socket:
        yield socket


def test_an_event_travels_as_an_envelope_and_is_acknowledged(slack):
    with connected(slack) as bot:
        message = slack.share([slack.add_file()], text="WEB-12")
        slack.wait_idle()

    request = bot.got[0]
    assert (request.type, request.retry_attempt) == ("events_api", 0)
    assert request.payload == slack.delivery_of(message).envelope
    assert slack.delivery_of(message).acknowledged


def test_the_clients_pings_are_echoed(slack):
    with connected(slack) as bot:
        session = bot.client.current_session
        slack.post("a")
        slack.wait_idle()
        ping = session.last_ping_pong_time

    assert ping is not None


def test_only_the_app_token_opens_a_connection(slack):
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        client.apps_connections_open(app_token=slack.bot_token)


def test_a_ticket_admits_once(slack):
    url = slack.sockets.open_url()
    with connect(url, proxy=None) as socket:
        assert '"hello"' in socket.recv(timeout=5)

    with pytest.raises(InvalidStatus):
        connect(url, proxy=None)


def test_what_is_not_acknowledged_comes_again():
    delays = (0.0, 0.02, 0.04)
    with (
        SlackServer(retry_delays=delays, patience=0.1) as slack,
        connected(slack) as bot,
    ):
        bot.silent.set()
        message = slack.post("WEB-12")
        slack.wait_idle()

    retries = [(each.retry_attempt, each.retry_reason) for each in bot.got]
    assert retries == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]
    assert len({each.envelope_id for each in bot.got}) == 4
    assert slack.delivery_of(message).given_up


def test_events_wait_for_the_first_socket_and_come_as_retries(slack):
    messages = [slack.post("a"), slack.post("b")]

    with connected(slack) as bot:
        slack.wait_idle()

    assert {each.payload["event"]["text"] for each in bot.got} == {"a", "b"}
    assert [each.retry_attempt for each in bot.got] == [1, 1]
    assert all(slack.delivery_of(each).acknowledged for each in messages)


def test_after_a_cut_the_client_comes_back_and_nothing_is_lost(slack):
    with connected(slack) as bot:
        slack.sockets.cut()
        slack.sockets.wait_opened(2, 10)
        slack.post("WEB-12")
        slack.wait_idle()

    assert [each.payload["event"]["text"] for each in bot.got] == ["WEB-12"]


def test_a_cut_before_the_acknowledgement_sends_the_event_again(slack):
    with raw(slack) as first:
        first.recv(timeout=5)
        message = slack.post("WEB-12")
        assert message.ts in first.recv(timeout=5)
        slack.sockets.cut()
        with connected(slack) as bot:
            slack.wait_idle()
        with pytest.raises(ConnectionClosed):
            first.recv(timeout=5)

    assert bot.got[0].retry_reason == "connection_failed"


def test_told_to_refresh_the_client_moves_to_a_new_socket(slack):
    with connected(slack) as bot:
        before = bot.client.session_id()
        slack.sockets.disconnect("refresh_requested")
        slack.sockets.wait_connected(1, 5)
        slack.post("WEB-12")
        slack.wait_idle()
        after = bot.client.session_id()

    assert before != after
    assert len(bot.got) == 1


def test_a_payload_goes_to_one_of_several_sockets(slack):
    with raw(slack) as one, raw(slack) as other:
        hellos = [socket.recv(timeout=5) for socket in (one, other)]
        slack.sockets.wait_connected(2, 5)
        slack.post("WEB-12")
        got = queue.Queue()

        def listen(socket):
            with contextlib.suppress(TimeoutError):
                got.put(socket.recv(timeout=0.2))

        threads = [
            threading.Thread(target=listen, args=(each,)) for each in (one, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert '"num_connections": 2' in hellos[1]
    assert got.qsize() == 1


def test_an_eleventh_socket_is_sent_away(slack):
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(raw(slack)).recv(timeout=5)
        slack.sockets.wait_connected(10, 5)
        with raw(slack) as eleventh:
            assert "too_many_websockets" in eleventh.recv(timeout=5)
