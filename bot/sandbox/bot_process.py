"""Run `loadmaster run` as a process of its own, keep its log, end it for certain."""

import os
import re
import signal
import site
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

_LISTENING = re.compile(r"Listening on http://[^\s:]+:(\d+)")
_START_SECONDS = 30.0
#: The bot drains when it is asked to end; this is more than a sandbox has to drain.
_STOP_SECONDS = 5.0

#: What a Python process needs of the caller's environment. All else stays outside,
#: above all proxies and the settings of a real Slack, Plane and database.
_KEPT = (
    *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH"),
    *("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
)


class BotEnded(Exception):
    """The bot's process ended by itself, or never got ready."""


class BotProcess:
    """The bot on a port of its own choice; its log is kept in `lines`.

    It works in *folder*; *on_end* is called on a thread when it has ended, however.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        folder: Path,
        *,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self.lines: list[str] = []
        self.port = 0
        #: Whether it listens: it was started and has not ended.
        self.is_running = False
        self.process: subprocess.Popen[str] | None = None
        self._environment = environment
        self._folder = folder
        self._on_end = on_end
        self._listening = threading.Event()
        self._reader: threading.Thread | None = None

    def start(self) -> Self:
        """Start it and wait until it listens.

        Raises:
            BotEnded: it does not get that far.
        """
        if self._reader:
            self._reader.join()  # the process before this one has ended
        self._listening.clear()
        self.process = self.launch(self._environment, self._folder)
        self._reader = threading.Thread(
            target=self._read, args=(self.process,), daemon=True
        )
        self._reader.start()
        if not self._listening.wait(_START_SECONDS) or not self.is_running:
            raise BotEnded("Loadmaster did not start")
        return self

    def launch(
        self, environment: Mapping[str, str], folder: Path
    ) -> "subprocess.Popen[str]":
        """Begin the process in *folder*; its log comes out of its `stderr`."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C is for the process at the terminal, which then ends this one.
            start_new_session=True,
        )

    @property
    def has_ended(self) -> bool:
        """Whether it was started once, and its process is no more."""
        return self.process is not None and self.process.poll() is not None

    @property
    def url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that it logged so far."""
        return "\n".join(self.lines)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def terminate(self, timeout: float = 15) -> int:
        """Ask it to end and return its exit status.

        Raises:
            subprocess.TimeoutExpired: it has not ended after *timeout* seconds.
        """
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def stop(self, timeout: float = _STOP_SECONDS) -> None:
        """Ask it to end, and end it by force if it has not after *timeout* seconds."""
        try:
            self.terminate(timeout)
        except subprocess.TimeoutExpired:
            """Then by force."""
        finally:
            self.kill()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.lines.append(line.rstrip("\n"))
                if found := _LISTENING.search(line):
                    self.port, self.is_running = int(found[1]), True
                    self._listening.set()
        self.is_running = False
        self._listening.set()
        self._on_end()


def clean_environment(caller: Mapping[str, str]) -> dict[str, str]:
    """Return what of the *caller*'s environment a bot in a sandbox gets to see."""
    kept = {name: caller[name] for name in _KEPT if name in caller}
    # `python -m bot` works in a folder that is not installed; so must the process.
    root = str(Path(__file__).resolve().parents[2])
    if root not in _package_folders():
        given = kept.get("PYTHONPATH")
        kept["PYTHONPATH"] = f"{given}{os.pathsep}{root}" if given else root
    # Some systems have proxy settings outside the environment.
    return kept | {"NO_PROXY": "127.0.0.1", "PYTHONUTF8": "1"}


def _package_folders() -> list[str]:
    return [*site.getsitepackages(), site.getusersitepackages()]
