"""Many large files at once: how much memory the bot takes for them.

python -m tests.bench.relays [--files 40] [--megabytes 100]
"""

import argparse
import threading
import time
from pathlib import Path

from tests.bench.loaded import AT_ONCE, begin_relays, open_loaded_world


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--megabytes", type=int, default=100)
    options = parser.parse_args()
    with open_loaded_world() as world:
        print(_measure(world, options.files, options.megabytes * 10**6))


def _measure(world, number, size):
    before = _resident_megabytes(world.bot)
    seen, done = [before], threading.Event()

    def watch():
        while not done.wait(0.05):
            seen.append(_resident_megabytes(world.bot))

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.monotonic()
    begin_relays(world, number, size=size)
    world.slack.wait_idle()
    world.settle(600)
    took = time.monotonic() - started
    done.set()
    watching.join()
    assert len(world.attached("WEB-1")) == number + 1
    more = max(seen) - before
    return (
        f"{number} files of {size / 10**6:.0f} MB at once: {before:.0f} MB before,"
        f" {max(seen):.0f} MB at most, {more / AT_ONCE:.1f} MB for each of"
        f" {AT_ONCE} relays; {number * size / 10**6 / took:.0f} MB/s"
    )


def _resident_megabytes(bot):
    """Return the bot's memory (proc_pid_status(5), VmRSS)."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    (line,) = [each for each in status.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
