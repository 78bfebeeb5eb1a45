"""Commands are run in this process, in an empty folder, with settings of their own."""

import contextlib
import os
import time
from dataclasses import dataclass

import pytest

from bot.entrypoints.cli import main
from bot.entrypoints.ledgers import Ledgers
from bot.work.ledger.database import Database
from tests.migrated import put_database


@dataclass(frozen=True)
class Ran:
    """What a command ended with and said."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run a command with the settings of a world, or with none."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        if name.startswith(("SLACK_", "PLANE_", "ATTACH_", "DATABASE_")):
            monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, **settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        status = main(list(map(str, arguments)))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return run


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/loadmaster.db"


@pytest.fixture
def ledger(url, tmp_path):
    """A ledger that no bot works on."""
    put_database(tmp_path / "loadmaster.db")
    with contextlib.closing(Database(url)) as database:
        yield Ledgers.on(database, clock=time.time, has_comments=True)
