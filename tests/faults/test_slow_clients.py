"""Clients that never finish a request, or never read, keep nobody else waiting."""

import contextlib
import socket
from pathlib import Path

import pytest

#: More than there are places for.
MANY = 800
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n{"
#: What a slow client sends and then leaves at that.
BEGINNINGS = {
    "nothing": b"",
    "half a line": b"POST /slack",
    "half a head": b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Pad: ",
    "half a body": HEAD % 100,
    "half a chunk": b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n64\r\n{",
    "a whole request": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
}


@contextlib.contextmanager
def slow_clients(world, number, beginning):
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(number):
            client = socket.create_connection(("127.0.0.1", world.bot.port))
            clients.append(stack.enter_context(client))
            client.sendall(beginning)
        yield clients


def memory(bot):
    """Return what the bot's process has in memory, in bytes."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
def test_half_sent_requests_keep_nobody_waiting(world, beginning):
    with slow_clients(world, MANY, beginning):
        message = world.slack.share([world.slack.add_file()], text="WEB-1")
        world.slack.wait_idle()

        (attempt,) = world.slack.delivery_of(message).attempts
        assert attempt.status == 200
        assert attempt.seconds < 3
        assert "is attached." in world.reply(message)


def test_who_was_there_first_loses_its_place_first(world):
    with slow_clients(world, MANY, HEAD % 100) as clients:
        assert world.bot.get("/healthz")[0] == 200

        clients[0].settimeout(5)
        assert clients[0].recv(1) == b""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only on Linux")
def test_many_large_bodies_that_never_end_do_not_fill_the_memory(world):
    before = memory(world.bot)

    with slow_clients(world, 200, HEAD % 1_000_000) as clients:
        for client in clients:
            with contextlib.suppress(ConnectionError):  # some lose their places
                client.sendall(b" " * 900_000)
        assert world.bot.get("/healthz")[0] == 200

        assert memory(world.bot) - before < 120_000_000
