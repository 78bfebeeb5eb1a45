"""Posts many requests at one moment, each on a connection of its own.

A process of its own, which only waits: what it measures is the bot, not itself.
"""

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

    Return status and seconds of each answer, counted from its own sending.
    """
    order = {"url": url, "bodies": list(bodies), "secret": secret, "over": over}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.posting"],
        cwd=Path(__file__).parents[2],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    return [tuple(each) for each in json.loads(done.stdout)]


def _post(url, bodies, secret, over):
    parts = urlsplit(url)
    requests = [_write(parts, body.encode(), secret) for body in bodies]
    started = time.monotonic()
    due = [started + over * number / len(bodies) for number in range(len(bodies))]
    answers = [(0, 0.0)] * len(bodies)
    selector = selectors.DefaultSelector()
    sent = 0
    while sent < len(bodies) or selector.get_map():
        wait = due[sent] - time.monotonic() if sent < len(bodies) else 1.0
        if wait <= 0:
            client = socket.create_connection((parts.hostname, parts.port))
            client.sendall(requests[sent])
            selector.register(client, selectors.EVENT_READ, sent)
            sent += 1
            continue
        for key, _ in selector.select(wait):
            answer = key.fileobj.recv(65536)
            status = int(answer.split(b" ", 2)[1]) if answer else 0
            answers[key.data] = status, time.monotonic() - due[key.data]
            selector.unregister(key.fileobj)
            key.fileobj.close()
    return answers


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
