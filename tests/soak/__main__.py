"""The soak: `python -m tests.soak`: 20 minutes of faults, kills and people.

In the first half the bot is killed again and again; in the second it has to live, and
what it takes up has to stay flat. It ends with 0 if nothing was lost or doubled.
"""

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.sandbox.plane import PlaneServer
from bot.sandbox.plane.rows import Role
from bot.sandbox.slack import SlackServer
from bot.sandbox.store import StoreServer
from tests.migrated import put_database
from tests.soak import gauges, reconciliation
from tests.soak.stories import ITEMS, Over, Story
from tests.soak.storm import Storm
from tests.world import World

PEOPLE = 10
#: Slack's delays would not fit into a soak; a bot that was killed is back sooner.
RETRY_DELAYS = (0.2, 1.0, 2.0, 5.0, 5.0, 10.0, 10.0, 20.0, 20.0)
SAMPLE_SECONDS = 2.0
BETWEEN_KILLS = (2.0, 10.0)


class Soak:
    """One run."""

    def __init__(self, world, *, minutes, seed, log):
        self.world, self.seed, self.log = world, seed, log
        self.started = time.monotonic()
        self.ends = self.started + minutes * 60
        self.storm = Storm(world, seed)
        state = world.plane.state
        self.keys = {state.work_item(key).id: key for key in ITEMS}
        self.stories, self.samples, self.defects = [], [], []
        self.triggers = Counter()
        self.is_calm = False
        self._numbers = iter(range(1, 1_000_000))
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    def check_time(self):
        """Raise if the time for stories is over, but for their last steps."""
        if not self.is_calm and time.monotonic() > self.ends + 30:
            raise Over

    def pause(self, seconds):
        """Let *seconds* pass."""
        threading.Event().wait(seconds)

    def run(self):
        """Run until the time is over and everything came to rest."""
        self.world.start_bot(ATTACH_PRIVATE="ask")
        self.world.wait_for_socket()
        self.storm.rise()
        keepers = [
            threading.Thread(target=self._guard, args=(each,), daemon=True)
            for each in (self._keep_alive, self._kill_now_and_then, self._sample)
        ]
        for keeper in keepers:
            keeper.start()
        with ThreadPoolExecutor(PEOPLE) as people:
            for _ in range(PEOPLE):
                people.submit(self._guard, self._tell_stories)
        self.storm.is_killing = False
        self.storm.calm()
        self.is_calm = True
        self._finish()
        self._is_over.set()
        for keeper in keepers:
            keeper.join()

    def _finish(self):
        try:
            reconciliation.finish(self)
        except (AssertionError, TimeoutError, Over) as error:
            self.defects.append(f"it did not come to rest: {type(error).__name__}")
        self.defects += reconciliation.faults(self)

    def _guard(self, work):
        try:
            work()
        except Exception:
            self.defects.append(traceback.format_exc())

    def _tell_stories(self):
        while time.monotonic() < self.ends:
            with self._lock:
                story = Story(self, next(self._numbers))
                self.stories.append(story)
            story.play()
            self.pause(story.chance.random() * 0.5)

    def _keep_alive(self):
        """Start the bot anew whenever it has ended."""
        chance = random.Random(f"{self.seed}:starts")
        while not self._is_over.wait(0.05):
            if not self.world.bot.is_running:
                self.pause(chance.random())
                self._start()

    def _start(self):
        try:
            self.world.start_bot()
        except AssertionError:
            if self.world.bot.process.wait(1) != -signal.SIGKILL:
                raise

    def _kill_now_and_then(self):
        chance = random.Random(f"{self.seed}:kills")
        middle = (self.started + self.ends) / 2
        while time.monotonic() < middle:
            if self._is_over.wait(chance.uniform(*BETWEEN_KILLS)):
                return
            if self.world.socket_mode:
                self._disturb(chance)
            if chance.random() < 0.8:
                self.storm.kill()
            else:
                self.world.bot.process.send_signal(signal.SIGTERM)
        self.storm.is_killing = False

    def _disturb(self, chance):
        sockets = self.world.slack.sockets
        chance.choice([sockets.cut, lambda: sockets.disconnect("refresh_requested")])()

    def _sample(self):
        while not self._is_over.wait(SAMPLE_SECONDS):
            bot, shares = self.world.bot, len(self.stories)
            if bot.is_running:
                sample = gauges.take(bot.process.pid, self.world.database, shares)
                # while all is calm, less is taken up
                if sample and time.monotonic() < self.ends:
                    self.samples.append(sample)
            self._forget()

    def _forget(self):
        """Keep the records of the emulators and of the bots from filling the memory."""
        for part in (self.world.slack, self.world.plane, self.world.store):
            part.forget()
        for bot in list(self.world.bots):
            lines, bot.lines[:] = list(bot.lines), []
            self.log.writelines(f"{line}\n" for line in lines)
        self.log.flush()
        del self.world.bots[:-1]


@contextlib.contextmanager
def open_world(folder, *, socket_mode):
    with (
        StoreServer(keep=False) as store,
        PlaneServer(store=store, rate_limit=None) as plane,
        SlackServer(retry_delays=RETRY_DELAYS) as slack,
    ):
        project = plane.state.add_project("SOAK", "Soak", members={"alice": Role.ADMIN})
        for key in ITEMS:
            plane.state.add_work_item(project, f"Work on {key}")
        world = World(folder, slack, plane, store, socket_mode=socket_mode)
        put_database(world.database)
        try:
            yield world
        finally:
            world.close()


def report(soak):
    """Print the figures; return whether all is well."""
    storm = soak.storm
    print(f"Faults: {sum(storm.faults.values()):,}, kills: {storm.kills}.")
    print(", ".join(f"{n} × {name}" for name, n in sorted(storm.faults.items())))
    print("What people did:")
    print(", ".join(f"{n} × {name}" for name, n in sorted(soak.triggers.items())))
    files = sum(len(story.files) for story in soak.stories)
    there = soak.world.plane.state.attachments()
    size = sum(soak.world.plane.stored(row).size for row in there)
    print(f"Files: {files:,}; in Plane {len(there):,} with {size:,} bytes.")
    is_flat = True
    for line, well in gauges.judge(soak.samples):
        print(f"{'flat' if well else 'NOT FLAT'}: {line}")
        is_flat = is_flat and well
    for defect in soak.defects[:100]:
        print(f"WRONG: {defect}")
    print("Nothing was lost or doubled." if not soak.defects else "See what is wrong.")
    return is_flat and not soak.defects


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--socket-mode", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep database and log there")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    print(f"{options.minutes:g} minutes with seed {seed}", flush=True)
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory())
        )
        folder.mkdir(parents=True, exist_ok=True)
        log = stack.enter_context((folder / "bot.log").open("w", encoding="utf-8"))
        world = stack.enter_context(open_world(folder, socket_mode=options.socket_mode))
        soak = Soak(world, minutes=options.minutes, seed=seed, log=log)
        soak.run()
        return 0 if report(soak) else 1


if __name__ == "__main__":
    sys.exit(main())
