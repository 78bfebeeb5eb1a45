"""Many large files at once: how much memory the bot takes for them.

python -m tests.bench.relays [--files 40] [--megabytes 100]
"""

import argparse
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.loaded import begin_relays, count_at_once, open_loaded_world


@dataclass(frozen=True)
class Measured:
    """Megabytes of memory *before* and at *most*, and of files each second."""

    before: float
    most: float
    rate: float


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--megabytes", type=int, default=100)
    options = parser.parse_args()
    size = options.megabytes * 10**6
    with open_loaded_world() as world:
        measured = measure(world, options.files, size=size)
    at_once = count_at_once(size)
    more = measured.most - measured.before
    print(
        f"{options.files} files of {options.megabytes} MB at once:"
        f" {measured.before:.0f} MB before, {measured.most:.0f} MB at most,"
        f" {more / at_once:.1f} MB for each of {at_once} relays;"
        f" {measured.rate:.0f} MB/s"
    )


def measure(world, number, *, size):
    """Have *number* files of *size* bytes attached, and watch the bot meanwhile."""
    before = _resident_megabytes(world.bot)
    seen, done = [before], threading.Event()

    def watch():
        while not done.wait(0.05):
            seen.append(_resident_megabytes(world.bot))

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.monotonic()
    try:
        begin_relays(world, number, size=size)
        world.slack.wait_idle()
        world.settle(600)
    finally:
        done.set()
        watching.join()
    took = time.monotonic() - started
    assert len(world.attached("WEB-1")) == number + 1
    return Measured(before, max(seen), number * size / 10**6 / took)


def _resident_megabytes(bot):
    """Return the bot's memory (proc_pid_status(5), VmRSS)."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    (line,) = [each for each in status.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
