"""An installation to examine: emulators, settings, a database, and the doctor."""

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.entrypoints.cli import main
from bot.entrypoints.doctor.chart import Chart, Options
from bot.entrypoints.doctor.examination import Examination
from bot.entrypoints.doctor.steps import STEPS
from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.store import StoreServer
from bot.sandbox.wire import ConnectionCut
from tests.migrated import put_database

SIGNING_SECRET = "0123456789abcdef" * 2
ON_DISK = "36 35 98:0 / / rw,noatime - ext4 /dev/root rw\n"


@dataclass
class Clock:
    """The time, plus *ahead* seconds."""

    ahead: float = 0.0

    def __call__(self):
        return time.time() + self.ahead


@dataclass
class Installation:
    """What is examined; *settings* may be changed by the test."""

    folder: Path
    slack: SlackServer
    plane: PlaneServer
    store: StoreServer
    slack_clock: Clock
    plane_clock: Clock
    settings: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def mounts(self):
        return self.folder / "mounts"

    @property
    def database(self):
        return self.folder / "loadmaster.db"

    def use_socket_mode(self):
        self.settings["SLACK_APP_TOKEN"] = self.slack.app_token

    def examine(self, **options):
        """Return the findings of all checks, each on one line."""
        options.setdefault("mounts", self.mounts)
        chart = Chart(lambda: self.settings, Options(**options), say=self.said.append)
        return list(Examination(chart).run(STEPS))

    def find(self, check, **options):
        """Return mark, finding and next step of the one finding of *check*."""
        found = [each for each in self.examine(**options) if each.check == check]
        (one,) = found
        return one.mark.value, one.text, one.next_step

    def marks(self, **options):
        """Return the checks with each mark but ok."""
        marks = {}
        for finding in self.examine(**options):
            if finding.mark != "ok":
                marks.setdefault(finding.mark.value, []).append(finding.check.value)
        return marks


@pytest.fixture
def installation(on_disk):
    """An installation for HTTP that is well; no Loadmaster runs."""
    slack_clock, plane_clock = Clock(), Clock()
    with (
        StoreServer(clock=plane_clock) as store,
        PlaneServer(store=store, rate_limit=60, clock=plane_clock) as plane,
        SlackServer(clock=slack_clock, signing_secret=SIGNING_SECRET) as slack,
    ):
        one = Installation(on_disk, slack, plane, store, slack_clock, plane_clock)
        one.mounts.write_text(ON_DISK)
        put_database(one.database)
        one.settings |= {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "PLANE_API_URL": plane.origin,
            "PLANE_APP_URL": plane.origin,
            "PLANE_API_KEY": "plane_api_alice",
            "PLANE_WORKSPACE": "acme",
            "DATABASE_URL": f"sqlite:///{one.database}",
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        yield one


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def command(installation, monkeypatch, capsys):
    """How to run `loadmaster doctor`: exit status and what it says."""

    def run(*arguments):
        for name, value in installation.settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(installation.folder)
        (installation.folder / ".env").touch()
        status = main(["doctor", *arguments])
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def report(command):
    """How to run `loadmaster doctor --json`: exit status and the report."""

    def run(*arguments):
        status, out = command("--json", *arguments)
        return status, json.loads(out)

    return run


@pytest.fixture
def hanging():
    """An action for a fault: the call is answered when the test ends."""
    is_over = threading.Event()

    def wait(request):
        is_over.wait(60)
        raise ConnectionCut(request.operation)

    yield wait
    is_over.set()
