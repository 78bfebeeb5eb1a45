"""What the bot costs while nothing happens, and what its start takes."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.sandbox.bot_process import BotProcess
from tests.bench.figures import Rounds

SECONDS = 30.0
wait = threading.Event().wait
_TICKS = os.sysconf("SC_CLK_TCK")


def start(world):
    """Start the command as a person would; return the seconds until it is ready."""
    began = time.perf_counter()
    bot = BotProcess(world.environment(), world.folder).start()
    took = time.perf_counter() - began
    bot.stop()
    return {"wall": took}


def show_help():
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", "--help"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return {"wall": time.perf_counter() - began}


def processor_seconds(pid):
    """Return what a process has used; fields 14 and 15 of proc(5)'s stat."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory(pid):
    """Return the resident memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (line,) = (each for each in lines if each.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@pytest.mark.each_transport
def test_a_bot_that_has_nothing_to_do_does_nothing(either_stopped, tell):
    world = either_stopped
    bot = BotProcess(world.environment(), world.folder).start()
    try:
        wait(2)  # what a start leaves to do
        before = processor_seconds(bot.process.pid)
        wait(SECONDS)
        used = (processor_seconds(bot.process.pid) - before) / SECONDS
        resident = memory(bot.process.pid)
    finally:
        bot.stop()

    way = "Socket Mode" if world.socket_mode else "HTTP"
    tell(f"idle, {way}", "≤ 0.5 % of a core, ≤ 80 MB", f"{used:.2%}, {resident:.0f} MB")
    assert used <= 0.005
    assert resident <= 80


def test_a_start_is_quick(stopped, tell):
    rounds = Rounds.play({"ready": lambda: start(stopped), "help": show_help}, number=5)

    tell("start to ready", "≤ 1.5 s", f"{rounds.show('ready', 'wall')} s")
    tell("help of the command", "≤ 0.3 s", f"{rounds.show('help', 'wall')} s")
    assert rounds.median("ready", "wall") <= 1.5
    assert rounds.median("help", "wall") <= 0.3
