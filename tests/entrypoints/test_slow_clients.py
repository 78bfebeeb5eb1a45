"""How long a request may take to come whole, and how many connections there may be."""

import contextlib
import http.client
import resource
import socket
import threading

import pytest

from bot.entrypoints.slow_clients import PatientServer, count_places

SECONDS = 1
#: What an answer takes that does not come at once.
SLOW = 0.002


class Counting(PatientServer):
    """A server that counts how often it looks at its sockets."""

    looks = 0

    def run_once(self, *, timeout):
        self.looks += 1
        super().run_once(timeout=timeout)


def answer(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def answer_slowly(environ, start_response):
    threading.Event().wait(SLOW)
    return answer(environ, start_response)


def build(
    server_class=PatientServer,
    app=answer,
    *,
    host="127.0.0.1",
    seconds=SECONDS,
    **options,
):
    """Build a server that gives a request so many seconds."""
    return server_class(
        app,
        host=host,
        port=0,
        threads=1,
        channel_timeout=seconds,
        **options,
    )


def port_of(server):
    return int(server.url.rpartition(":")[2])


@contextlib.contextmanager
def running(server):
    """Have *server* answer in a thread."""
    stopping = threading.Event()

    def serve():
        while not stopping.is_set():
            server.run_once(timeout=0.1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.close_all()


@pytest.fixture
def port():
    """Where such a server answers."""
    server = build()
    with running(server):
        yield port_of(server)


def test_an_address_of_ipv6_stands_in_brackets():
    try:
        server = build(host="::1")
    except OSError:
        pytest.skip("there is no IPv6 here")
    with contextlib.closing(server):
        assert server.url == f"http://[::1]:{port_of(server)}"


def ask_at_once(server, number):
    """Have *number* clients ask before it begins; return the lines of status."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", port_of(server)), timeout=20)
            )
            for _ in range(number)
        ]
        for client in clients:
            client.sendall(request)

        with running(server):
            return [client.recv(1000).split(b"\r\n")[0] for client in clients]


def drip(port, head, *, pause=0.05):
    """Send *head*, then a byte at a time; return how many until nobody listens."""
    wait = threading.Event().wait
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(head)
        for sent in range(200):
            try:
                client.sendall(b"x")
            except ConnectionError:
                return sent
            wait(pause)
    return None


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nX-Long: ",
    ],
)
def test_who_sends_a_byte_at_a_time_is_sent_away(port, head):
    sent = drip(port, head)

    assert sent is not None
    assert sent > SECONDS * 10


def test_a_connection_that_asks_now_and_then_is_kept(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(client):
        client.connect()
        first = client.sock
        for _ in range(4):
            client.request("GET", "/")
            assert client.getresponse().read() == b"ok"
            threading.Event().wait(SECONDS / 2)

        assert client.sock is first


def test_whoever_has_asked_already_is_heard_before_a_place_is_taken_away():
    server = build(connection_limit=40, backlog=100)

    answers = ask_at_once(server, 60)

    assert set(answers) == {b"HTTP/1.1 200 OK"}


def test_who_waits_for_an_answer_owes_nothing():
    server = build(app=answer_slowly, seconds=0)

    assert ask_at_once(server, 5) == [b"HTTP/1.1 200 OK"] * 5


def test_where_places_are_needed_no_more_lose_theirs_than_must():
    server = build(seconds=1000, connection_limit=40)
    with running(server), contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", port_of(server)), timeout=20)
            )
            for _ in range(45)
        ]

        assert clients[0].recv(1) == b""
        clients[20].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert clients[20].recv(1000).startswith(b"HTTP/1.1 200 ")


def test_where_too_much_is_held_who_was_there_first_is_sent_away():
    size = 1_000_000
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
    server = build(seconds=1000, inbuf_overflow=2 * size)
    with running(server), contextlib.ExitStack() as stack:
        first, *others = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", port_of(server)), timeout=20)
            )
            for _ in range(68)  # of which 64 MiB hold 67
        ]
        for client in (first, *others):
            client.sendall(head.ljust(len(head) + size - 1))

        with contextlib.suppress(ConnectionResetError):
            assert first.recv(1) == b""
        others[0].sendall(b" ")
        assert others[0].recv(1000).startswith(b"HTTP/1.1 200 ")


def test_while_requests_wait_the_sockets_are_left_alone():
    number = 100
    server = build(Counting, answer_slowly, connection_limit=200, backlog=200)

    answers = ask_at_once(server, number)

    assert set(answers) == {b"HTTP/1.1 200 OK"}
    assert server.looks < number


@pytest.mark.parametrize(
    ("allowed", "places"),
    [(256, 128), (1024, 500), (100_000, 500), (resource.RLIM_INFINITY, 500)],
)
def test_half_of_the_files_that_may_be_open_are_left_to_the_work(allowed, places):
    assert count_places(allowed) == places
