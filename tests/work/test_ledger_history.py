"""What a person had attached last, in the ledger."""

import dataclasses

import pytest
from sqlalchemy import event, text

from bot.domain.outcomes import ATTACHED, HELP, Outcome
from bot.domain.seeks import SeekMessage
from bot.domain.visits import Visitor
from bot.errors import NoFilesFound, WorkItemNotFound
from bot.work.ledger.history import HistoryLedger
from bot.work.ledger.parts import Resolution
from tests.work.values import found, item_id, make_share

ANNA = Visitor("T1", "U1")
MANY = 100_000

only_sqlite = pytest.mark.parametrize("kind", ["sqlite"])


@pytest.fixture
def history(database):
    return HistoryLedger(database)


def make(number, **fields):
    """Make a share that is another one than those of other numbers."""
    return make_share(f"F{number}", ts=f"1700000000.{number:06}", **fields)


def listed(history, visitor=ANNA, most=10):
    return [each.share_id for each in history.list_latest(visitor, most=most)]


def test_the_latest_shares_come_first_and_no_more_than_asked_for(ledger, history):
    ids = [ledger.plan(make(number))[0] for number in range(12)]

    assert listed(history) == ids[:1:-1]
    assert listed(history, most=3) == ids[:-4:-1]


def test_a_person_sees_only_their_own(ledger, history):
    mine, _ = ledger.plan(make(1, is_private=True, channel_id="D1"))
    ledger.plan(make(2, user_id="U2"))
    ledger.plan(make(3, team_id="T2"))

    assert listed(history) == [mine]
    assert listed(history, Visitor("T9", "U1")) == []


def test_a_past_share_tells_what_it_was_and_what_became_of_it(ledger, history):
    share = make_share("F1", "F2", keys=("WEB-1", "WEB-9"))
    refused = Outcome.of(WorkItemNotFound("WEB-9"))
    share_id, work = ledger.plan(
        share,
        found("WEB-1"),
        Resolution(share.references[1], "WEB-9", problem=refused),
    )
    ledger.attachments.decide(work[0], ATTACHED, asset_id=item_id(7))
    received_at = ledger.clock.now
    ledger.clock.now += 60

    (past,) = history.list_latest(ANNA, most=10)

    assert (past.share_id, past.received_at) == (share_id, received_at)
    assert (past.channel_id, past.message_ts) == ("C1", share.message_ts)
    assert past.names == ("F1.pdf", "F2.pdf")
    assert past.report == ledger.replies.get(share_id).report
    assert past.report.items[1].problem == refused
    assert not past.report.is_final


def test_a_share_without_a_message_has_its_reply_once_it_is_posted(ledger, history):
    seek = SeekMessage("1700000000.000100")
    blank = {"message_ts": None, "thread_ts": None, "files": (), "references": ()}
    ledger.shares.add(
        dataclasses.replace(make(1), seek=seek, trigger="reaction:1", **blank)
    )

    (past,) = history.list_latest(ANNA, most=10)

    assert (past.message_ts, past.thread_ts, past.names) == (None, None, ())
    ledger.replies.show(past.share_id, ts="1700000009.000900", digest=None)
    (past,) = history.list_latest(ANNA, most=10)
    assert past.message_ts == "1700000009.000900"


def test_what_asks_for_nothing_is_not_listed(ledger, history):
    quiet = make(1, keys=("UTF-8",))
    ledger.plan(quiet, Resolution(quiet.references[0]))
    ledger.shares.add(dataclasses.replace(make(2), notice=HELP, trigger="help"))
    failed = ledger.shares.add(make(3))
    notice = Outcome.of(NoFilesFound())
    ledger.shares.tell(ledger.shares.get_new(failed), notice, is_private=True)

    (past,) = history.list_latest(ANNA, most=10)

    assert (past.share_id, past.report.notice) == (failed, notice)


def test_a_notice_with_anything_in_it_is_told(ledger, history):
    notice = Outcome("CallTooLarge", {"name": "\x00 \ud800 \\u0000 %"})
    share_id = ledger.shares.add(make(1))
    ledger.shares.tell(ledger.shares.get_new(share_id), notice, is_private=False)

    (past,) = history.list_latest(ANNA, most=10)

    assert past.report.notice == notice


def test_a_share_is_final_once_all_is_decided(ledger, history):
    share_id, (attachment_id,) = ledger.plan(make(1))
    waiting = ledger.shares.add(make(2))

    assert not history.is_final(share_id)
    assert not history.is_final(waiting)
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))

    assert history.is_final(share_id)
    assert history.is_final(12345)  # forgotten


def explain(database, history, visitor):
    """Return how SQLite finds the shares of a person."""
    asked = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if "FROM shares" in statement:
            asked.append((statement, parameters))

    engine = database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        history.list_latest(visitor, most=10)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    with database.read() as connection:
        rows = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", parameters
        ).all()
    return [row.detail for row in rows]


@only_sqlite
def test_it_is_found_without_reading_what_others_had(database, history):
    assert explain(database, history, ANNA) == [
        "SEARCH shares USING INDEX ix_shares_team_id_user_id_id"
        " (team_id=? AND user_id=?)"
    ]


@only_sqlite
def test_among_very_many_it_is_found_as_quickly(database, ledger, history):
    ledger.plan(make(1))
    steps = count_steps(database, lambda: listed(history))
    with database.write() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE numbers(n) AS"
                f" (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY})"
                " INSERT INTO shares (team_id, channel_id, trigger, version, user_id,"
                " is_external, received_at, state, attempts, due_at, reply_state,"
                " reply_attempts) SELECT 'T1', 'C1', 't' || n, '', 'U' || (n % 500),"
                " 0, 0.0, CASE n % 2 WHEN 0 THEN 'quiet' ELSE 'planned' END, 0, 0.0,"
                " 'none', 0 FROM numbers"
            )
        )
    ids = listed(history)

    assert len(ids) == 10
    more = count_steps(database, lambda: listed(history))
    assert more < 20 * steps


def count_steps(database, act):
    """Return how much work SQLite had with *act*, in thousands of its steps."""
    steps = [1]

    def watch(connection):
        connection.connection.driver_connection.set_progress_handler(
            lambda: steps.append(1) and None, 10
        )

    event.listen(database._engine, "begin", watch)
    try:
        act()
    finally:
        event.remove(database._engine, "begin", watch)
    return len(steps)
