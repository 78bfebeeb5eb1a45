"""The relay against a copy in C, Plane's own SDK, and a script as in the examples."""

import contextlib
import json
import os
import subprocess
import sys
from functools import partial

import pytest

from bot.sandbox.plane import PlaneServer
from bot.sandbox.store import StoreServer
from tests.bench.figures import Rounds
from tests.bench.peers import CERTIFICATE

MB = 1_000_000
ROUNDS = 5


class Elsewhere(PlaneServer):
    """A Plane whose files go to *sink*."""

    sink = ""

    def storage_url(self, request):
        return self.sink


@contextlib.contextmanager
def open_course(peers, *, tls, rate=None):
    """Start Slack's files, Plane and its storage; yield what a contender is told."""
    source = peers.serve("source", tls=tls, rate=rate)
    sink = peers.serve("sink", tls=tls, rate=rate)
    scheme = "https" if tls else "http"
    with (
        StoreServer(keep=False) as store,
        Elsewhere(store=store, rate_limit=None, file_size_limit=4_000 * MB) as plane,
    ):
        plane.sink = f"{scheme}://127.0.0.1:{sink}/uploads"
        item = plane.state.work_item("WEB-1")
        yield {
            "source": f"{scheme}://127.0.0.1:{source}",
            "plane": plane.origin,
            "item": item.id,
            "project": item.project_id,
            "ports": (source, sink),
        }


def run(name, task):
    """Have a contender do the task in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "REQUESTS_CA_BUNDLE": str(CERTIFICATE),
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.contender", name],
        input=json.dumps(task),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def play(course, names, *, size, count=1, threads=1, rounds=ROUNDS):
    task = {**course, "size": size, "count": count, "threads": threads}
    return Rounds.play(
        {name: partial(run, name, task) for name in names}, number=rounds
    )


def copy(peers, course, *, tls, size):
    source, sink = course["ports"]
    return peers.copy(source, sink, tls=tls, size=size, count=1)


@pytest.mark.timeout(900)  # of the SDK a gigabyte takes a while
@pytest.mark.parametrize(
    ("size", "tls", "most"),
    [
        (100 * MB, False, 2.0),
        (1_000 * MB, False, 2.0),
        (100 * MB, True, 1.6),
        (1_000 * MB, True, 1.6),
    ],
    ids=["100 MB", "1 GB", "100 MB, TLS", "1 GB, TLS"],
)
def test_a_relay_keeps_up_with_a_copy_in_c(peers, tell, request, size, tls, most):
    name = request.node.callspec.id
    with open_course(peers, tls=tls) as course:
        task = {**course, "size": size, "count": 1, "threads": 1}
        contenders = {
            each: partial(run, each, task) for each in ("ours", "sdk", "script")
        }
        contenders["C"] = partial(copy, peers, course, tls=tls, size=size)
        rounds = Rounds.play(contenders, number=ROUNDS if size <= 100 * MB else 3)

    for each in ("ours", "sdk", "script"):
        ratio = rounds.ratio(each, "C", "wall")
        wall, cpu = rounds.show(each, "wall"), rounds.show(each, "cpu")
        goal = f"≤ {most}" if each == "ours" else ""
        tell(
            f"{name}: {each}, wall / C copy", goal, f"{ratio:.2f}; {wall} s, CPU {cpu}"
        )
    saved = rounds.ratio("ours", "sdk", "cpu")
    memory = max(rounds.values("ours", "memory"))
    tell(f"{name}: CPU / the SDK's", "≤ 0.5", f"{saved:.2f}")
    tell(f"{name}: memory over idle", "≤ 8 MB", f"{memory:.1f} MB")
    assert rounds.ratio("ours", "C", "wall") <= most
    assert saved <= 0.5
    assert memory <= 8


def test_a_relay_takes_as_long_as_its_slower_side(peers, tell):
    size, rate = 100 * MB, 20 * MB
    with open_course(peers, tls=False, rate=rate) as course:
        rounds = play(course, ["ours", "sdk"], size=size, rounds=3)

    longest = max(rounds.values("ours", "wall")) / (size / rate)
    for name in ("ours", "sdk"):
        ratio = rounds.median(name, "wall") / (size / rate)
        goal = "≤ 1.03" if name == "ours" else ""
        tell(f"100 MB at 20 MB/s: {name}, wall / (size / rate)", goal, f"{ratio:.3f}")
    assert longest <= 1.03


def test_sessions_are_kept_for_the_life_of_the_process(peers, tell):
    with open_course(peers, tls=True) as course:
        names = ["ours", "session per call", "sdk"]
        rounds = play(course, names, size=5 * MB, count=128, threads=16)

    gain = rounds.ratio("session per call", "ours", "wall")
    tell(
        "128 × 5 MB, TLS, 16 threads: throughput / a session per call",
        "≥ 1.3",
        f"{gain:.2f}",
    )
    for name in names:
        wall, memory = rounds.show(name, "wall"), rounds.show(name, "memory", 0)
        tell(f"128 × 5 MB: {name}", "", f"{wall} s, {memory} MB over idle")
    assert gain >= 1.3


def test_each_further_relay_takes_little_memory(peers, tell):
    with open_course(peers, tls=True) as course:
        alone = play(course, ["ours"], size=100 * MB, rounds=3)
        many = play(course, ["ours"], size=50 * MB, count=16, threads=16, rounds=3)

    each = (many.median("ours", "memory") - alone.median("ours", "memory")) / 15
    tell("memory of each further concurrent relay", "≤ 2 MB", f"{each:.2f} MB")
    assert each <= 2
