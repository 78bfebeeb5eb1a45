"""What the ledger asks its database is found by an index, however much it holds."""

import contextlib
import re
import sqlite3

import pytest
from sqlalchemy import Engine, event

from bot.domain.outcomes import ALREADY_ATTACHED, ATTACHED, UNDONE, Outcome
from bot.domain.presses import Decision, Press
from bot.domain.references import WorkItemKey
from bot.domain.seeks import SeekMessage
from bot.domain.visits import Visitor
from bot.errors import BotNotInvited, FileDeleted, PlaneUnavailable
from bot.work.ledger.backlog import BacklogLedger
from bot.work.ledger.history import HistoryLedger
from bot.work.ledger.moves import MoveLedger
from bot.work.ledger.pruning import PruningLedger
from bot.work.ledger.shares import Found
from bot.work.ledger.turns import TurnLedger
from bot.work.runner import Job, JobKind
from tests.work.values import found, item_id, make_file, make_share

#: A table or a whole index read from end to end; an index of what is due is short.
TABLES = r"(shares|attachments|share_\w+|comments|deletions)"
SCAN = {
    "sqlite": re.compile(rf"SCAN {TABLES}\b(?! .*_due_at)"),
    "postgres": re.compile(
        r"Seq Scan on"
        r"|Index (Only )?Scan using (?!\S*_due_at )[^\n]*(\n(?! *Index Cond:)|$)"
    ),
}
ASSET = item_id(7)
DOWN = PlaneUnavailable()


@pytest.fixture
def asked():
    """What is asked of databases meanwhile: statements, each with its parameters."""
    statements = {}

    def note(connection, cursor, statement, parameters, context, many):
        statements.setdefault(statement, parameters[0] if many else parameters)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def live(ledger):
    """Have a ledger do all that it ever does; with many rows where there may be."""
    _seek(ledger)
    share_id, (first, *others) = ledger.plan(
        make_share(*(f"F{n}" for n in range(40)), keys=("WEB-1", "WEB-2"))
    )
    _attach(ledger, first)
    for attachment_id in others:
        ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)
    _reply(ledger, share_id)
    _comment(ledger)
    _press(ledger, share_id)
    _consent(ledger)
    for part in (ledger.shares, ledger.attachments, ledger.replies, ledger.comments):
        part.unfinished()
    BacklogLedger(ledger.database, clock=ledger.clock).read()
    turns = TurnLedger(ledger.database, clock=ledger.clock)
    for kind in JobKind:
        turns.count_earlier(Job(kind, 100, "C1"))
    history = HistoryLedger(ledger.database)
    history.list_latest(Visitor("T1", "U1"), most=10)
    history.is_final(share_id)
    _prune(ledger)


def _seek(ledger):
    share = make_share(trigger="reaction:1", seek=SeekMessage("1.1"), keys=())
    share_id = ledger.shares.add(share)
    ledger.shares.get_new(share_id)
    ledger.shares.postpone(share_id, DOWN, until=0.0, told={})
    ledger.shares.announce(share_id, {WorkItemKey("WEB", 1): "WEB-1"})
    ledger.shares.find(
        ledger.shares.get_new(share_id), Found("C1", "1.1", "1.1", (), (), False, False)
    )
    ledger.shares.tell(
        ledger.shares.get_new(share_id), Outcome.of(BotNotInvited()), is_private=True
    )
    ledger.presses.retry(Press("T1", None, "U1", share_id))
    edited = {"ts": "1700000000.000005", "keys": ("WEB-1", "WEB-2")}
    ledger.plan(make_share("F1", ts=edited["ts"], version="1.1"))
    ledger.plan(make_share("F1", "F2", version="1.2", **edited))


def _attach(ledger, attachment_id):
    part = ledger.attachments
    part.get_open(attachment_id)
    part.describe_file(1, make_file())
    part.postpone(attachment_id, DOWN, until=0.0)
    part.expect_record(attachment_id, within=0.0)
    part.expect_link(attachment_id, within=0.0)
    part.open(attachment_id, ASSET)
    part.advance(attachment_id, 3)
    part.waiting_shares(attachment_id)
    part.store(attachment_id)
    part.decide(attachment_id, Outcome.of(FileDeleted()))
    part.due_comments(attachment_id)


def _reply(ledger, share_id):
    ledger.replies.posting(share_id, until=0.0)
    ledger.replies.editing(share_id, until=0.0)
    ledger.replies.show(share_id, ts="1.2", digest="d")
    ledger.replies.postpone(share_id, until=0.0)
    ledger.replies.finish(ledger.replies.get(share_id))


def _comment(ledger):
    (row_id, *_), *_ = ledger.comments.unfinished()
    due = ledger.comments.get_due(row_id)
    ledger.comments.posting(row_id, within=0.0)
    ledger.comments.show(row_id, comment_id=ASSET, digest="d")
    ledger.comments.postpone(row_id, DOWN, until=0.0)
    ledger.comments.finish(due)


def _press(ledger, share_id):
    here = Press("T1", "C1", "U1", share_id)
    MoveLedger(ledger.database).get_movable(share_id, team_id="T1", user_id="U1")
    moving = make_share("F1", keys=("WEB-3",), trigger="form:V1", moves=share_id)
    _, (there,) = ledger.plan(moving)
    for left in ledger.attachments.decide(there, ATTACHED, asset_id=ASSET).removals:
        ledger.attachments.remove(left, UNDONE)
    for removed in ledger.presses.undo(here):
        ledger.attachments.remove(removed, UNDONE)
    ledger.presses.explain_undo(here)
    ledger.presses.retry(here)
    ledger.presses.explain_retry(here)
    for row_id, _, _ in ledger.attachments.unfinished():
        ledger.attachments.decide(row_id, ALREADY_ATTACHED, asset_id=ASSET)


def _consent(ledger):
    share = make_share("F9", ts="1700000000.000900", is_private=True)
    share_id = ledger.shares.add(share)
    ledger.shares.plan(share_id, [found("WEB-1")], needs_consent=True)
    (question,) = ledger.consents.questions(share_id)
    ledger.consents.asked(question)
    press = Press("T1", "C1", "U1", share_id)
    ledger.consents.was_asked(press)
    ledger.consents.was_left_out(press)
    ledger.consents.decide(Decision(press, question.digest, True, ""))


def _prune(ledger):
    for row_id, _, _ in ledger.attachments.unfinished():
        ledger.attachments.decide(row_id, ATTACHED, asset_id=ASSET)
    for row_id, _, _ in ledger.replies.unfinished():
        ledger.replies.finish(ledger.replies.get(row_id))
    for row_id, _, _ in ledger.comments.unfinished():
        ledger.comments.finish(ledger.comments.get_due(row_id))
    pruned = PruningLedger(ledger.database).prune(before=ledger.clock.now + 1, after=0)
    assert pruned.number > 1


def explain_in_sqlite(path, asked):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return {
            statement: [
                step[3]
                for step in database.execute(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
            ]
            for statement, parameters in asked.items()
        }


def explain_in_postgres(database, asked):
    """Return how it would go about what it is asked if the tables were large."""
    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return {
            statement: list(
                connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars()
            )
            for statement, parameters in asked.items()
        }


def test_nothing_is_found_by_reading_all_that_there_is(kind, ledger, tmp_path, asked):
    live(ledger)
    told = {
        statement: parameters
        for statement, parameters in asked.items()
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
        and "pg_" not in statement
    }

    if kind == "sqlite":
        plans = explain_in_sqlite(tmp_path / "loadmaster.db", told)
    else:
        plans = explain_in_postgres(ledger.database, told)

    assert len(plans) > 80
    scan = SCAN[kind]
    assert {s: plan for s, plan in plans.items() if scan.search("\n".join(plan))} == {}
