"""The emulators' HTTP server: bodies, kept-alive connections, faults."""

import socket
import threading

import pytest
import requests

from bot.sandbox.wire import (
    ConnectionCut,
    Fault,
    Response,
    Server,
    answer,
    cut,
    json_response,
    reset,
)

BIG = 20_000_000


@pytest.fixture
def server():
    with Server("test", idle=0.2) as server:
        server.route(
            "*", "/count", "count", lambda request: json_response(len(request.read()))
        )
        server.route("*", "/early", "early", lambda request: Response(400, {}, b"no"))
        yield server


@pytest.fixture
def session():
    with requests.Session() as session:
        yield session


def test_what_was_answered_can_be_forgotten_and_what_is_pending_is_not(server, session):
    session.get(f"{server.origin}/count", timeout=5)
    assert server.operations == ("count", "early")

    server.forget()
    session.get(f"{server.origin}/count", timeout=5)

    assert len(server.exchanges()) == 1
    assert server.pending == 0


def raw(server, *pieces):
    host, port = server.origin.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=10)
    for piece in pieces:
        client.sendall(piece)
    return client


def test_a_chunked_body_is_read_whole(server, session):
    url = f"{server.origin}/count"

    answers = [session.post(url, data=iter([b"ab", b"c" * 70_000])) for _ in range(2)]

    assert [each.json() for each in answers] == [70_002, 70_002]


def test_a_small_unread_body_does_not_spoil_the_next_request(server):
    early = b"POST /early HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
    count = b"GET /count HTTP/1.1\r\nConnection: close\r\n\r\n"

    with raw(server, early, count) as client:
        seen = b"".join(iter(lambda: client.recv(65536), b""))

    assert seen.count(b"HTTP/1.1 ") == 2
    assert seen.endswith(b"\r\n\r\n0")


def test_an_early_answer_reaches_a_client_that_is_still_sending(server):
    head = f"POST /early HTTP/1.1\r\nContent-Length: {BIG}\r\n\r\n".encode()

    with raw(server, head, b"x" * 100_000) as client:
        answer = client.recv(65536)
        client.sendall(b"x" * (BIG - 100_000))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close\r\n" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"POST /count HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n",
        b"POST /count HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ],
)
def test_what_no_client_says_is_refused_and_nothing_is_printed(server, head, capfd):
    with raw(server, head) as client:
        seen = b"".join(iter(lambda: client.recv(65536), b""))

    assert seen.startswith(b"HTTP/1.1 400 ")
    assert capfd.readouterr().err == ""


def test_a_chunk_of_less_than_nothing_is_a_cut(server, capfd):
    head = b"POST /count HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx"

    with raw(server, head) as client, pytest.raises(ConnectionResetError):
        client.recv(1)
    assert capfd.readouterr().err == ""


def test_a_client_that_asks_first_is_told_to_go_on(server):
    head = b"POST /count HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"

    with raw(server, head) as client:
        first = client.recv(65536)
        client.sendall(b"body")
        second = client.recv(65536)

    assert first.startswith(b"HTTP/1.1 100 Continue")
    assert second.startswith(b"HTTP/1.1 200 OK")


def test_head_tells_the_length_and_sends_nothing(server, session):
    answer = session.head(f"{server.origin}/count")

    assert (answer.headers["Content-Length"], answer.content) == ("1", b"")
    assert session.get(f"{server.origin}/count").json() == 0


def test_an_answer_shorter_than_announced_ends_the_connection(session):
    def short(request):
        return Response(200, {}, iter([b"abc"]), length=10)

    with Server("patient") as server:
        server.route("GET", "/", "root", short)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(server.origin, timeout=5)


def test_an_idle_connection_is_closed(server):
    with raw(server, b"GET /count HTTP/1.1\r\n\r\n") as client:
        seen = b"".join(iter(lambda: client.recv(65536), b""))

    assert seen.endswith(b"\r\n\r\n0")


def test_a_stopped_server_hangs_up_on_kept_alive_clients(session):
    with Server("test") as server:
        server.route("GET", "/", "root", lambda request: Response(200))
        session.get(f"{server.origin}/")

    with pytest.raises(requests.ConnectionError):
        session.get(f"{server.origin}/")


def test_a_cut_connection_is_reset(server):
    server.fail(Fault("count", cut))

    with (
        raw(server, b"GET /count HTTP/1.1\r\n\r\n") as client,
        pytest.raises(ConnectionResetError),
    ):
        client.recv(1)


def test_a_reset_is_seen_at_once(server):
    seen = threading.Event()

    def reset_and_wait(request):
        reset(request.connection)
        seen.wait(10)
        raise ConnectionCut

    server.fail(Fault("count", reset_and_wait))

    with raw(server, b"GET /count HTTP/1.1\r\n\r\n") as client:
        client.settimeout(5)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    seen.set()


def test_faults_let_some_pass_and_then_wear_out(server, session):
    server.fail(Fault("count", answer(503), times=2, skip=1))

    statuses = [session.get(f"{server.origin}/count").status_code for _ in range(4)]

    assert statuses == [200, 503, 503, 200]
    assert [each.status for each in server.exchanges("count")] == statuses


def test_mending_disarms_every_fault(server, session):
    server.fail(Fault("count", answer(503)))

    server.mend()

    assert session.get(f"{server.origin}/count").status_code == 200


def test_a_tap_hears_every_byte_that_comes_in(server):
    heard = bytearray()
    server.tap = heard.extend
    sent = (
        b"POST /count?a=1 HTTP/1.1\r\nHost: x\r\nX-Key: secret\r\nContent-Length: 4\r\n"
        b"Connection: close\r\n\r\nbody"
    )

    with raw(server, sent) as client:
        assert b"200" in client.recv(65536)

    assert bytes(heard) == sent


def test_answers_tell_the_time_of_the_servers_own_clock(session):
    with Server("test", clock=lambda: 1_800_000_000.0) as server:
        told = session.get(f"{server.origin}/", timeout=5).headers["Date"]

    assert told == "Fri, 15 Jan 2027 08:00:00 GMT"
