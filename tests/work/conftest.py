"""A ledger in a real SQLite file or PostgreSQL, and shares to put into it."""

import contextlib
import os
import zlib
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
from tests import postgres
from tests.migrated import lend_postgres_database, put_database
from tests.work.bench import open_bench
from tests.work.values import Clock, found

KINDS = ("sqlite", "postgres")


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


@pytest.fixture(params=KINDS)
def kind(request):
    """The database that a test is about: each, unless it says which."""
    return request.param


def pytest_collection_modifyitems(config, items):
    """Try on one database what takes servers of Slack and Plane, half of it on each.

    The verbs that it uses are tried on both; LEDGER_TESTS=all tries all on both.
    """
    if os.environ.get("LEDGER_TESTS") == "all":
        return
    dropped = [item for item in items if _is_for_the_other(item)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]


def _is_for_the_other(item):
    kind = getattr(item, "callspec", None) and item.callspec.params.get("kind")
    if kind is None or "bench" not in item.fixturenames:
        return False
    test = item.nodeid.replace(kind, "")
    return kind != KINDS[zlib.crc32(test.encode()) % len(KINDS)]


@pytest.fixture
def url(kind, tmp_path):
    """The address of a database without a schema."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def open_database():
    """How to open a database that is closed after the test."""
    with contextlib.ExitStack() as stack:

        def open_(url, **options):
            database = Database(url, **options)
            stack.callback(database.close)
            return database

        yield open_


@pytest.fixture
def database(kind, request):
    """A new database with its schema; nothing but rows may change in it."""
    if kind == "postgres":
        return lend_postgres_database()
    return request.getfixturevalue("own_database")


@pytest.fixture
def own_url(kind, request, tmp_path):
    """The address of a new database with its schema, for nobody but the test."""
    if kind == "postgres":
        return request.getfixturevalue("postgres_url")
    put_database(tmp_path / "loadmaster.db")
    return f"sqlite:///{tmp_path}/loadmaster.db"


@pytest.fixture
def own_database(own_url, open_database):
    """A new database with its schema, for nobody but the test."""
    return open_database(own_url)


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
