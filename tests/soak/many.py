"""Many machines: `python -m tests.soak.many`: minutes of load, and of dying workers.

Three `web` and four `worker` processes share a PostgreSQL. Every second one worker is
killed, another begins; once, the database is away for ten seconds. It ends with 0 if
every file was attached once, with one reply. `--throughput` measures instead how much
1, 2 and 4 workers do.
"""

import argparse
import contextlib
import itertools
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.fleet import open_fleet
from tests.world import WORK_LEFT

CHANNELS = ("CGENERAL", "CSECRET")
ITEMS = ("WEB-1", "WEB-2", "OPS-1")
WEBS, WORKERS = 3, 4
AWAY_SECONDS = 10.0
SLOW_SECONDS = 8.0
CHATTER = "the build of this morning is green again, see what Ben wrote about it"
REST_SECONDS = 1800.0
#: Slack's delays would not fit into minutes.
RETRY_DELAYS = (0.2, 1.0, 2.0, 5.0, 5.0, 10.0, 20.0, 20.0)


class Load:
    """What people share meanwhile, and what became of it."""

    def __init__(self, fleet, webs):
        self._fleet = fleet
        self._webs = itertools.cycle(webs)
        self._numbers = itertools.count()
        self.shared = []

    def share(self, *, seconds=0.0):
        """Share a file by way of the next web; it comes in so many *seconds*."""
        number = next(self._numbers)
        self._fleet.slack.request_url = f"{next(self._webs).url}/slack/events"
        file = self._fleet.slack.add_file(
            name=f"{number}.bin", content=number.to_bytes(4, "big") * 500
        )
        file.rate = 2000 / seconds if seconds else None
        channel = CHANNELS[number % len(CHANNELS)]
        item = ITEMS[number % len(ITEMS)]
        message = self._fleet.slack.share([file], text=item, channel=channel)
        self.shared.append((item, file, message))

    def talk(self):
        """Post a message that asks nothing."""
        self._fleet.slack.request_url = f"{next(self._webs).url}/slack/events"
        self._fleet.slack.post(CHATTER)

    def go_on_for(self, seconds, *, rate, one_in):
        """Post so many messages a second for so many seconds, one *one_in* a share."""
        began = time.monotonic()
        for number in itertools.count(1):
            wait = began + number / rate - time.monotonic()
            if time.monotonic() - began > seconds:
                return
            threading.Event().wait(max(0.0, wait))
            if number % one_in:
                self.talk()
            else:
                self.share()

    def find_defects(self):
        """Return what was lost or doubled."""
        fleet = self._fleet
        for item in ITEMS:
            expected = sorted(
                (file.name, file.sha256)
                for each, file, _ in self.shared
                if each == item
            )
            if sorted(fleet.attached(item)) != expected:
                number = len(fleet.attached(item))
                yield f"{item} has {number} files for {len(expected)}"
            if fleet.half_made(item):
                yield f"{item} has half-made records: {fleet.half_made(item)}"
        for _, file, message in self.shared:
            replies = fleet.replies(message)
            if len(replies) != 1 or "is attached." not in replies[0]:
                yield f"{file.name} is answered with {replies}"
            if not fleet.slack.delivery_of(message).acknowledged:
                yield f"{file.name} was not acknowledged"


def kill_workers(fleet, workers, over, chance):
    """Kill one of the workers every second, and start another, until it is *over*."""
    number = 0
    while not over.wait(1.0):
        place = chance.randrange(len(workers))
        workers[place].kill()
        workers[place] = start_again(fleet)
        number += 1
    return number


def start_again(fleet):
    """Start a worker as a supervisor does: again, if there is no database yet."""
    while True:
        with contextlib.suppress(AssertionError):
            (worker,) = fleet.start("worker")
            return worker
        threading.Event().wait(1.0)


def soak(fleet, *, minutes, seed, **load_options):
    """Share, kill, and return whether nothing was lost or doubled."""
    bots = fleet.start(*["worker"] * WORKERS, *["web"] * WEBS)
    workers, load, over = bots[:WORKERS], Load(fleet, bots[WORKERS:]), threading.Event()
    killed = []
    killer = threading.Thread(
        target=lambda: killed.append(
            kill_workers(fleet, workers, over, random.Random(seed))
        )
    )
    killer.start()
    half = minutes * 60 / 2
    load.go_on_for(half, **load_options)
    away = threading.Thread(target=take_away, args=(fleet,))
    away.start()
    load.go_on_for(half, **load_options)
    away.join()
    over.set()
    killer.join()
    began = time.monotonic()
    fleet.slack.wait_idle(120)
    await_rest(fleet)
    defects = list(load.find_defects())
    print(
        f"{len(load.shared)} files, {killed[0]} workers killed, the database away for"
        f" {AWAY_SECONDS:.0f} s; at rest {time.monotonic() - began:.0f} s after the"
        f" last; {len(defects)} defects"
    )
    for defect in defects[:20]:
        print(" ", defect)
    return not defects


def await_rest(fleet):
    """Wait until nothing is left to do."""
    deadline = time.monotonic() + REST_SECONDS
    while fleet.ask(f"SELECT count(*) FROM ({WORK_LEFT}) AS work") != [(0,)]:
        assert time.monotonic() < deadline, fleet.ask(WORK_LEFT)[:20]
        threading.Event().wait(0.5)


def take_away(fleet):
    """Let the database be away for a while."""
    with fleet.database_away():
        threading.Event().wait(AWAY_SECONDS)


def measure(fleet, *, files):
    """Print how many files a second 1, 2 and 4 workers attach that come slowly.

    Small ones at full speed would measure this machine's emulators.
    """
    (web,) = fleet.start("web")
    load = Load(fleet, [web])
    for number in (1, 2, 4):
        for _ in range(files):
            load.share(seconds=SLOW_SECONDS)
        fleet.slack.wait_idle(60)
        began = time.monotonic()
        workers = fleet.start(*["worker"] * number)
        await_rest(fleet)
        took = time.monotonic() - began
        print(f"{number} workers: {files / took:.1f} files a second")
        for worker in workers:
            worker.terminate()
    return not list(load.find_defects())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=40.0, help="messages a second")
    parser.add_argument("--one-in", type=int, default=10, help="of them a share")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--throughput", action="store_true")
    parser.add_argument("--files", type=int, default=96)
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.ExitStack() as stack,
    ):
        fleet = stack.enter_context(open_fleet(Path(folder), retry_delays=RETRY_DELAYS))
        if options.throughput:
            return measure(fleet, files=options.files)
        return soak(
            fleet,
            minutes=options.minutes,
            seed=options.seed,
            rate=options.rate,
            one_in=options.one_in,
        )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
