"""Many shares delivered at once: how soon each is acknowledged, when all are done.

    python -m tests.bench.burst [--shares 500] [--socket] [--relays 12] [--busy 2]

*relays* large files are on their way and *busy* processes take the processor from the
bot meanwhile; with *slow*, Plane thinks about each call for so many seconds.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from bot.sandbox import wire
from tests.bench.loaded import (
    begin_relays,
    count_at_once,
    open_loaded_world,
    write_events,
)
from tests.bench.posting import post_all

#: "Your app should respond … within three seconds" (docs.slack.dev/apis/events-api).
SLACK_SECONDS = 3.0
_SETTLED_SECONDS = 600.0
_LARGE = 10**12
_SLOW = ("create_attachment", "complete_attachment", "create_comment", "work_item")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shares", type=int, default=500)
    parser.add_argument("--over", type=float, default=0.0)
    parser.add_argument("--socket", action="store_true")
    parser.add_argument("--relays", type=int, default=0)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0.0)
    options = parser.parse_args()
    with (
        open_loaded_world(socket_mode=options.socket) as world,
        _busy(options.busy),
    ):
        print(_measure(world, options))


def _measure(world, options):
    for operation in _SLOW if options.slow else ():
        world.plane.fail(
            wire.Fault(f"plane.{operation}", _pause(options.slow), times=10**9)
        )
    begin_relays(world, options.relays, size=_LARGE)
    at_once = min(options.relays, count_at_once(_LARGE))
    world.wait(lambda: _downloads(world) > at_once)
    envelopes = write_events(world, options.shares, text="OPS-1")
    started = time.monotonic()
    used = _processor_seconds(world.bot)
    seconds = sorted(deliver(world, envelopes, over=options.over))
    used = _processor_seconds(world.bot) - used
    told = f"{_tell(seconds)}, with {used:.1f} s of the processor"
    if options.relays:
        return told
    world.settle(_SETTLED_SECONDS)
    done = time.monotonic() - started
    assert len(world.attached("OPS-1")) == options.shares
    assert world.half_made("OPS-1") == []
    return f"{told}; all done after {done:.1f} s"


def _pause(seconds):
    return lambda request: threading.Event().wait(seconds) and None


def _downloads(world):
    return sum(file.downloads for file in world.slack.state.files.values())


def deliver(world, envelopes, *, over=0.0):
    """Deliver all; return the seconds until each acknowledgement."""
    if world.socket_mode:
        return _send_all(world.slack.sockets, envelopes)
    bodies = [json.dumps(each) for each in envelopes]
    secret = world.slack.signing_secret
    answers = post_all(world.slack.request_url, bodies, secret=secret, over=over)
    assert all(status == 200 for status, _ in answers)
    return [seconds for _, seconds in answers]


def _send_all(sockets, envelopes):
    seconds = []

    def send(envelope):
        result = sockets.send_event(envelope, 0, "")
        seconds.append(time.monotonic() - started)
        assert result.reason is None

    threads = [threading.Thread(target=send, args=(each,)) for each in envelopes]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds


def _tell(seconds):
    late = sum(each > SLACK_SECONDS for each in seconds)
    return (
        f"{len(seconds)} shares at once: acknowledged within {seconds[-1]:.2f} s"
        f" (median {seconds[len(seconds) // 2]:.2f} s), {late} too late"
    )


def _processor_seconds(bot):
    """Return what the bot's process has used so far (proc_pid_stat(5))."""
    stat = Path(f"/proc/{bot.process.pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _busy(number):
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(number)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()


if __name__ == "__main__":
    main()
