"""Plays a share through the program within this process, before bots are forked off it.

What the program and its libraries do only the first time, all its bots then find done.
"""

import gc
import logging
import os
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.config import Settings
from bot.entrypoints.run import run
from tests.world import open_world

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_SECONDS = 30.0


class _Ear(logging.Handler):
    """Hears where the program listens."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.url, self.heard = "", threading.Event()

    def emit(self, record):
        if record.msg.startswith("Listening on"):
            self.url = record.args[0]
            self.heard.set()


def rehearse():
    """Have a file attached and removed again, in the environment of a bot."""
    log, ear = logging.getLogger("bot"), _Ear()
    log.addHandler(ear)
    log.setLevel(logging.INFO)
    log.propagate = False
    # As in the program: the thread that started it all waits for them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_world(Path(folder)) as world,
            ThreadPoolExecutor(1) as stage,
        ):
            os.environ.clear()  # a bot sees nothing of it, either: no proxy, above all
            os.environ.update(world.environment())
            played = stage.submit(_play, world, ear)
            run(Settings.from_env(world.environment()))
            played.result()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        log.removeHandler(ear)
        log.setLevel(logging.NOTSET)
        log.propagate = True
    gc.collect()  # which ends the threads of what is left of it


def _play(world, ear):
    try:
        assert ear.heard.wait(_SECONDS)
        world.slack.request_url = f"{ear.url}/slack/events"
        message = world.slack.share([world.slack.add_file()], text="WEB-1")
        world.reply(message)
        world.settle()
        (reply,) = world.slack.replies_by_bot(message.channel_id, message.ts)
        world.slack.press(reply, "undo")
        world.wait(lambda: not world.attached("WEB-1"))
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
