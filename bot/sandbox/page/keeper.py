"""End the bot as a power cut would, and start it again."""

import threading
from typing import Literal

from bot.sandbox.bot_process import BotEnded
from bot.sandbox.stage import Stage

State = Literal["running", "starting", "ended"]


class Keeper:
    """The bot of *stage*; its state may be asked for at any time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lock = threading.Lock()
        self._is_starting = False

    @property
    def state(self) -> State:
        """Whether it runs; before its first start it is about to."""
        bot = self._stage.bot
        if bot.has_ended:
            return "starting" if self._is_starting else "ended"
        return "running" if bot.is_running else "starting"

    def kill(self) -> None:
        """End it. What Slack has to tell it waits until it is back."""
        with self._lock:
            self._stage.slack.request_url = None
            self._stage.bot.kill()
        self._stage.slack.state.touch()

    def start(self) -> None:
        """Start it if it has ended; if it does not start, it is seen to have ended."""
        with self._lock:
            if not self._stage.bot.has_ended:
                return
            self._set_starting(True)
            try:
                self._stage.raise_curtain()
            except BotEnded:
                self._stage.bot.kill()
            finally:
                self._set_starting(False)

    def _set_starting(self, value: bool) -> None:
        self._is_starting = value
        self._stage.slack.state.touch()
