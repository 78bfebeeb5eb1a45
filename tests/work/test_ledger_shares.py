"""Shares in the ledger: taken in once, planned once their references are known."""

import threading

import pytest
from sqlalchemy import Engine, event, text

from bot.domain.outcomes import ATTACHED, Outcome
from bot.domain.references import PlaneLinks, WorkItemId, WorkItemKey
from bot.domain.shares import parse_share
from bot.errors import FileEmpty, PlaneUnavailable, WorkItemNotFound
from bot.work.ledger.attempts import Attempts
from bot.work.ledger.parts import Resolution
from bot.work.ledger.states import AttachmentState
from tests.work.values import PROJECT, found, item_id, make_share

only_sqlite = pytest.mark.parametrize("kind", ["sqlite"])


def one(ledger, statement):
    with ledger.database.read() as connection:
        return connection.execute(text(statement)).one()


def test_a_share_is_kept_with_what_it_refers_to(ledger):
    share_id = ledger.shares.add(
        make_share(keys=("WEB-2", "WEB-1"), is_private=True, is_external=True)
    )

    new = ledger.shares.get_new(share_id)

    assert new.references == (WorkItemKey("WEB", 2), WorkItemKey("WEB", 1))
    assert (new.channel_id, new.is_private, new.is_external) == ("C1", True, True)
    assert new.attempts == Attempts(0, None)


def test_a_share_that_is_known_is_not_taken_in_again(ledger):
    assert ledger.shares.add(make_share()) is not None
    assert ledger.shares.add(make_share()) is None


@pytest.mark.parametrize(
    "fields", [{"team_id": "T2"}, {"channel_id": "C2"}, {"ts": "1700000000.000200"}]
)
def test_another_message_is_another_share(ledger, fields):
    first = ledger.shares.add(make_share())

    assert ledger.shares.add(make_share(**fields)) not in (None, first)


def test_of_many_copies_that_come_at_once_one_is_taken_in(ledger):
    barrier = threading.Barrier(16)
    taken = []

    def add():
        barrier.wait()
        taken.append(ledger.shares.add(make_share("F1", "F2")))

    threads = [threading.Thread(target=add) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 16
    assert taken.count(None) == 15
    counts = "SELECT (SELECT count(*) FROM shares), (SELECT count(*) FROM share_files)"
    assert one(ledger, counts) == (1, 2)


def test_an_edit_adds_what_is_new_in_it_to_the_share(ledger):
    share_id, _ = ledger.plan(make_share(keys=("WEB-1",)))
    assert ledger.shares.get_new(share_id) is None

    again = ledger.shares.add(make_share(keys=("WEB-2", "WEB-1")))

    assert again == share_id
    assert ledger.shares.get_new(share_id).references == (WorkItemKey("WEB", 2),)
    assert ledger.shares.add(make_share(keys=("WEB-2",))) is None


def test_an_edit_that_only_takes_away_changes_nothing(ledger):
    share_id, _ = ledger.plan(make_share(keys=("WEB-1", "WEB-2")))

    edited = make_share(keys=("WEB-2",), version="1700000009.000000")
    assert ledger.shares.add(edited) is None

    items = ledger.replies.get(share_id).report.items
    assert [item.key for item in items] == ["WEB-1", "WEB-2"]


def test_the_parts_of_an_edit_come_after_those_there_were(ledger):
    share_id, _ = ledger.plan(make_share("F9", keys=("WEB-9",)))

    ledger.plan(make_share("F1", "F9", keys=("WEB-1", "WEB-9")), found("WEB-1"))

    report = ledger.replies.get(share_id).report
    assert [item.key for item in report.items] == ["WEB-9", "WEB-1"]
    assert [line.name for line in report.items[0].files] == ["F9.pdf", "F1.pdf"]


def test_a_new_edit_is_looked_up_with_new_patience(ledger):
    share_id = ledger.shares.add(make_share())
    ledger.shares.postpone(share_id, PlaneUnavailable(), until=5.0, told={})

    ledger.shares.add(make_share(keys=("WEB-2",)))

    assert ledger.shares.get_new(share_id).attempts == Attempts(0, None)
    assert ledger.shares.unfinished() == [(share_id, "C1", ledger.clock.now)]


def test_planning_makes_each_file_of_each_work_item_once(ledger):
    share_id, work = ledger.plan(make_share("F1", "F2", keys=("WEB-1", "WEB-2")))

    assert len(set(work)) == 4
    opened = [ledger.attachments.get_open(each) for each in work]
    assert {(each.file.file_id, each.item_key) for each in opened} == {
        (file, key) for file in ("F1", "F2") for key in ("WEB-1", "WEB-2")
    }
    assert {each.share_id for each in opened} == {share_id}
    assert {each.state for each in opened} == {AttachmentState.PENDING}


def test_files_are_worked_on_in_the_order_of_the_message(ledger):
    _, work = ledger.plan(make_share("F3", "F1", "F2"))

    files = [ledger.attachments.get_open(each).file.file_id for each in sorted(work)]
    assert files == ["F3", "F1", "F2"]


def test_a_key_and_a_link_to_one_work_item_ask_for_one_attachment(ledger):
    share_id = ledger.shares.add(make_share(keys=("WEB-1",)))
    link = WorkItemId(PROJECT, item_id(1))

    work = ledger.shares.plan(
        share_id, [found("WEB-1"), Resolution(link, "WEB-1", PROJECT, item_id(1))]
    )

    assert len(work) == 1
    assert len(ledger.replies.get(share_id).report.items) == 1


def test_a_share_of_no_known_project_becomes_quiet(ledger):
    share_id = ledger.shares.add(make_share(keys=("UTF-8",)))

    assert ledger.shares.plan(share_id, [Resolution(WorkItemKey("UTF", 8))]) == []

    assert ledger.shares.get_new(share_id) is None
    assert ledger.shares.unfinished() == []
    assert ledger.replies.unfinished() == []
    assert ledger.replies.get(share_id).report.items == ()


def test_a_refused_reference_is_told_and_makes_no_attachment(ledger):
    problem = Outcome.of(WorkItemNotFound("WEB-9"))
    share = make_share(keys=("WEB-9", "WEB-1"))
    share_id, work = ledger.plan(
        share,
        Resolution(WorkItemKey("WEB", 9), "WEB-9", problem=problem),
        found("WEB-1"),
    )

    refused, attached = ledger.replies.get(share_id).report.items
    assert (refused.key, refused.problem, refused.files) == ("WEB-9", problem, ())
    assert (attached.key, attached.problem) == ("WEB-1", None)
    assert len(work) == len(attached.files) == 1
    assert ledger.shares.add(share) is None  # delivered again, it is not asked for anew


def test_what_an_edit_added_meanwhile_is_still_to_be_planned(ledger):
    share_id = ledger.shares.add(make_share(keys=("WEB-1",)))
    ledger.shares.add(make_share(keys=("WEB-1", "WEB-2")))

    ledger.shares.plan(share_id, [found("WEB-1")])

    assert ledger.shares.get_new(share_id).references == (WorkItemKey("WEB", 2),)
    assert not ledger.replies.get(share_id).report.is_planned


def test_planning_again_hands_out_what_is_not_decided(ledger):
    share_id, work = ledger.plan(make_share("F1", "F2"))
    ledger.attachments.decide(work[0], ATTACHED, asset_id=item_id(7))

    assert ledger.shares.plan(share_id, [found("WEB-1")]) == [work[1]]


def test_a_postponed_share_waits_for_its_time_with_all_it_was_tried(ledger):
    share_id = ledger.shares.add(make_share())
    first = ledger.clock.now

    ledger.shares.postpone(share_id, PlaneUnavailable(), until=first + 5, told={})
    ledger.clock.now += 5
    ledger.shares.postpone(share_id, PlaneUnavailable(), until=first + 20, told={})

    assert ledger.shares.get_new(share_id).attempts == Attempts(
        2, first, "PlaneUnavailable", first
    )
    assert ledger.shares.unfinished() == [(share_id, "C1", first + 20)]


def test_the_thread_is_told_what_a_known_work_item_waits_for(ledger):
    share_id = ledger.shares.add(make_share(keys=("WEB-1", "UTF-8")))
    web_1 = WorkItemKey("WEB", 1)

    ledger.shares.postpone(
        share_id, PlaneUnavailable(), until=5.0, told={web_1: "WEB-1"}
    )

    (item,) = ledger.replies.get(share_id).report.items
    assert (item.key, item.files) == ("WEB-1", ())
    assert item.waiting_for == Outcome("PlaneUnavailable")
    assert [row[0] for row in ledger.replies.unfinished()] == [share_id]
    ledger.shares.plan(share_id, [found("WEB-1"), Resolution(WorkItemKey("UTF", 8))])
    (item,) = ledger.replies.get(share_id).report.items
    assert item.waiting_for is None
    assert len(item.files) == 1


def test_an_edit_takes_back_what_was_refused(ledger):
    problem = Outcome.of(WorkItemNotFound("WEB-9"))
    refused = Resolution(WorkItemKey("WEB", 9), "WEB-9", problem=problem)
    share_id, _ = ledger.plan(
        make_share(keys=("WEB-9", "WEB-1")), refused, found("WEB-1")
    )

    edited = make_share(keys=("WEB-1",), version="1700000009.000000")
    assert ledger.shares.add(edited) == share_id
    ledger.shares.plan(share_id, [])

    assert [item.key for item in ledger.replies.get(share_id).report.items] == ["WEB-1"]


def test_a_share_is_unfinished_until_it_is_planned(ledger):
    share_id = ledger.shares.add(make_share())
    assert ledger.shares.unfinished() == [(share_id, "C1", ledger.clock.now)]

    ledger.shares.plan(share_id, [found("WEB-1")])

    assert ledger.shares.unfinished() == []


@pytest.mark.parametrize("first", [ATTACHED, Outcome.of(FileEmpty())])
def test_a_file_that_is_shared_again_is_looked_at_again(ledger, first):
    _, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.open(attachment_id, item_id(7))
    ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=5.0)
    ledger.attachments.decide(attachment_id, first, asset_id=item_id(7))
    ledger.clock.now += 100

    second_id, work = ledger.plan(make_share(ts="1700000000.000200"))

    assert work == [attachment_id]
    reopened = ledger.attachments.get_open(attachment_id)
    assert reopened.share_id == second_id
    assert reopened.state is AttachmentState.PENDING
    assert reopened.asset_id is None
    assert reopened.attempts == Attempts(0, None)
    assert ledger.attachments.unfinished() == [(attachment_id, "C1", ledger.clock.now)]


def test_a_file_that_is_under_way_is_not_begun_again_for_a_second_share(ledger):
    _, (attachment_id,) = ledger.plan(make_share())
    ledger.attachments.open(attachment_id, item_id(7))

    _, work = ledger.plan(make_share(ts="1700000000.000200"))

    assert work == [attachment_id]
    still = ledger.attachments.get_open(attachment_id)
    assert (still.state, still.asset_id) == (AttachmentState.OPENED, item_id(7))


def test_a_work_item_that_has_another_key_now_is_told_under_it(ledger):
    _, (attachment_id,) = ledger.plan(make_share(keys=("WEB-1",)))
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))

    # The project's identifier was changed, and the file shared once more.
    share_id, work = ledger.plan(
        make_share(ts="1700000000.000200", keys=("SITE-1",)), found("SITE-1", 1)
    )

    assert work == [attachment_id]
    assert ledger.attachments.get_open(attachment_id).item_key == "SITE-1"
    (item,) = ledger.replies.get(share_id).report.items
    assert item.key == "SITE-1"
    assert [line.name for line in item.files] == ["F1.pdf"]


@only_sqlite
def test_the_file_keeps_no_text_of_a_message_and_no_token(ledger, tmp_path):
    file = {"id": "F1", "name": "plan.pdf", "mode": "hosted", "size": 12}
    file |= {"url_private": "https://files.slack.com/x", "preview": "Once upon a time"}
    message = {
        "channel": "C1",
        "user": "U1",
        "ts": "1700000000.000100",
        "text": "Quarterly numbers, see WEB-1",
        "blocks": [{"type": "rich_text", "elements": "Quarterly numbers"}],
        "files": [file],
    }
    body = {"team_id": "T1", "token": "verification", "event": message}

    ledger.plan(
        parse_share(body, links=PlaneLinks("https://plane.example.com", "acme"))
    )
    ledger.database.close()

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("loadmaster.db*"))
    assert b"plan.pdf" in stored
    for word in (b"Quarterly", b"numbers", b"Once upon", b"verification", b"xoxb"):
        assert word not in stored


@only_sqlite
def test_no_query_reads_a_whole_table(ledger):
    """A scan would make the bot slower with each message that it ever saw."""
    statements = []

    def note(connection, cursor, statement, parameters, context, many):
        is_query = statement.lstrip().startswith(("SELECT", "UPDATE", "INSERT", "WITH"))
        if is_query and not many:
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    share_id, (attachment_id,) = ledger.plan(make_share())
    ledger.shares.add(make_share(keys=("WEB-2",)))
    ledger.shares.get_new(share_id)
    ledger.shares.postpone(share_id, PlaneUnavailable(), until=5.0, told={})
    ledger.shares.unfinished()
    ledger.attachments.get_open(attachment_id)
    ledger.attachments.advance(attachment_id, 5)
    ledger.attachments.waiting_shares(attachment_id)
    ledger.attachments.unfinished()
    ledger.replies.unfinished()
    reply = ledger.replies.get(share_id)
    ledger.replies.finish(reply)
    ledger.replies.show(share_id, ts="1.1", digest="x")
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
    event.remove(Engine, "before_cursor_execute", note)

    assert len(statements) > 25
    scans = [
        (step, statement)
        for statement, parameters in statements
        for step in explain(ledger, statement, parameters)
        if step.startswith("SCAN")
        and "CONSTANT ROW" not in step
        # What a FROM clause has made is small; a table grows.
        and not step.startswith(("SCAN anon_", "SCAN (subquery"))
    ]
    assert scans == []


def explain(ledger, statement, parameters):
    with ledger.database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in plan]


def test_an_older_version_that_comes_late_changes_nothing(ledger):
    edited = make_share(keys=("WEB-2",), version="1700000009.000000")
    share_id, _ = ledger.plan(edited)

    assert ledger.shares.add(make_share(keys=("WEB-1",))) is None

    assert [each.key for each in ledger.replies.get(share_id).report.items] == ["WEB-2"]


def test_an_edit_has_what_was_passed_over_looked_up_again(ledger):
    share_id, _ = ledger.plan(
        make_share(keys=("WEB-1", "NEW-1")),
        found("WEB-1"),
        Resolution(WorkItemKey("NEW", 1)),
    )

    edited = make_share(keys=("WEB-1", "NEW-1"), version="1700000009.000000")
    assert ledger.shares.add(edited) == share_id

    assert ledger.shares.get_new(share_id).references == (WorkItemKey("NEW", 1),)
    assert ledger.shares.add(edited) is None
