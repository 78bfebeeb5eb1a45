"""A ledger in a real SQLite file, and shares to put into it."""

import contextlib
from dataclasses import dataclass

import pytest

from bot.work.ledger.attachments import AttachmentLedger
from bot.work.ledger.comments import CommentLedger
from bot.work.ledger.consents import ConsentLedger
from bot.work.ledger.database import Database
from bot.work.ledger.presses import PressLedger
from bot.work.ledger.replies import ReplyLedger
from bot.work.ledger.shares import ShareLedger
from bot.work.ledger.withdrawals import WithdrawalLedger
from tests.migrated import put_database
from tests.work.bench import open_bench
from tests.work.values import Clock, found


@dataclass(frozen=True)
class Ledger:
    """All parts of a ledger on one database."""

    database: Database
    clock: Clock
    shares: ShareLedger
    presses: PressLedger
    attachments: AttachmentLedger
    replies: ReplyLedger
    comments: CommentLedger
    consents: ConsentLedger
    withdrawals: WithdrawalLedger

    def plan(self, share, *resolutions):
        """Add and plan a share; return its id and its attachments' ids."""
        share_id = self.shares.add(share)
        wanted = resolutions or [found(str(each)) for each in share.references]
        return share_id, self.shares.plan(share_id, wanted)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def url(tmp_path):
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path}/loadmaster.db"


@pytest.fixture
def open_database():
    """How to open a database that is closed after the test."""
    with contextlib.ExitStack() as stack:

        def open_(url):
            database = Database(url)
            stack.callback(database.close)
            return database

        yield open_


@pytest.fixture
def database(url, tmp_path, open_database):
    """A new database with its schema."""
    put_database(tmp_path / "loadmaster.db")
    return open_database(url)


@pytest.fixture
def ledger(database, clock):
    return Ledger(
        database,
        clock,
        ShareLedger(database, clock=clock),
        PressLedger(database, clock=clock),
        AttachmentLedger(database, clock=clock, has_comments=True),
        ReplyLedger(database, clock=clock),
        CommentLedger(database, clock=clock),
        ConsentLedger(database, clock=clock),
        WithdrawalLedger(database, clock=clock),
    )


@pytest.fixture
def bench(ledger, clock, monkeypatch):
    """Slack, Plane and the handlers between them; no proxy on the way to loopback."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with open_bench(ledger, clock) as bench:
        yield bench
