"""Posts many requests, at one moment or by a schedule that waits for nobody.

A process of its own, which only waits: what it measures is the bot, not itself.
"""

import contextlib
import json
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from bot.sandbox.slack.signing import sign


def post_all(url, bodies, *, secret, over=0.0):
    """Post all *bodies*, at once or evenly *over* some seconds.

    Return status and seconds of each answer, counted from when it was to be sent. Those
    that are not sent at once use connections that are there already, as Slack does.
    """
    order = {"url": url, "bodies": list(bodies), "secret": secret, "over": over}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.posting"],
        cwd=Path(__file__).parents[2],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [tuple(each) for each in json.loads(done.stdout)]


class _Posting:
    def __init__(self, address, requests, due):
        self._address = address
        self._requests = requests
        self._due = due
        self._answers = [(0, 0.0)] * len(requests)
        # The default one rounds its waits up to whole milliseconds.
        self._selector = selectors.SelectSelector()
        self._idle = []
        self._sent = 0
        self._left = len(requests)

    def run(self):
        """Send all when they are due; return status and seconds of each answer."""
        while self._left:
            wait = self._wait_time()
            if wait <= 0:
                self._send(self._sent)
                self._sent += 1
                continue
            for key, _ in self._selector.select(wait):
                self._hear(key.fileobj, *key.data)
        return self._answers

    def _wait_time(self):
        if self._sent == len(self._due):
            return 1.0
        return self._due[self._sent] - time.monotonic()

    def _send(self, number):
        client = self._idle.pop() if self._idle else self._connect()
        self._selector.modify(client, selectors.EVENT_READ, (number, bytearray()))
        client.sendall(self._requests[number])

    def _connect(self):
        client = socket.create_connection(self._address)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(client, selectors.EVENT_READ)
        return client

    def _hear(self, client, number, answer):
        piece = client.recv(65536)
        answer += piece
        if piece and not _is_whole(answer):
            return
        if number is not None:
            self._left -= 1
            status = int(answer.split(b" ", 2)[1]) if answer else 0
            self._answers[number] = status, time.monotonic() - self._due[number]
        if piece and self._sent < len(self._requests):
            self._selector.modify(client, selectors.EVENT_READ, (None, bytearray()))
            self._idle.append(client)
        else:
            self._close(client)

    def _close(self, client):
        self._selector.unregister(client)
        with contextlib.suppress(ValueError):
            self._idle.remove(client)
        client.close()


def _is_whole(answer):
    head, blank, body = bytes(answer).partition(b"\r\n\r\n")
    if not blank:
        return False
    (length,) = (
        line.partition(b":")[2]
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    return len(body) >= int(length)


def _post(url, bodies, secret, over):
    parts = urlsplit(url)
    requests = [_write(parts, body.encode(), secret) for body in bodies]
    started = time.monotonic()
    due = [started + over * number / len(bodies) for number in range(len(bodies))]
    return _Posting((parts.hostname, parts.port), requests, due).run()


def _write(parts, body, secret):
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **sign(secret, int(time.time()), body),
    }
    lines = [f"POST {parts.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    order = json.load(sys.stdin)
    json.dump(_post(**order), sys.stdout)
