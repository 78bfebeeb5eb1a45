"""A move is worked on: the file leaves where it was once it is where it goes."""

import pytest

from bot.domain.forms import Entries, Form, Moving
from bot.domain.references import WorkItemKey
from bot.domain.submissions import build_share
from bot.sandbox.wire import Fault, answer
from bot.work.ledger.moves import MoveLedger
from bot.work.runner import JobKind


@pytest.fixture
def move(bench):
    """How to move a file that is on WEB-1 to *key*; returns the share's id."""
    _, source = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(source)
    bench.attach(attachment_id)

    def move_(key):
        identifier, _, number = key.partition("-")
        form = Form("T1", "UANNA", Moving(source))
        desk = MoveLedger(bench.ledger.database)
        movable = desk.get_movable(source, team_id="T1", user_id="UANNA")
        ids = tuple(file.file_id for file in movable.files)
        reference = WorkItemKey(identifier, int(number))
        entries = Entries("V1", "T1", "UANNA", False, reference, ids, ())
        return bench.ledger.shares.add(build_share(form, entries, movable))

    return move_


def test_a_move_is_handed_over_and_then_the_removal(bench, move):
    share_id = move("WEB-2")
    (attachment_id,) = bench.plan(share_id)
    bench.agenda.jobs.clear()

    bench.attach(attachment_id)

    assert bench.records("WEB-1")
    (removal,) = bench.agenda.take(JobKind.ATTACHMENT)
    bench.attach(removal)
    assert bench.records("WEB-1") == []
    assert len(bench.attached("WEB-2")) == 1
    assert bench.calls()[-2:] == ["complete_attachment", "delete_attachment"]


def test_a_move_to_a_project_that_is_not_known_any_more_is_told(bench, move):
    bench.plan(share_id := move("NIX-1"))

    notice = bench.ledger.replies.get(share_id).report.notice
    assert notice.code == "ProjectUnknown"
    bench.reply(share_id)
    (call,) = bench.slack.calls("chat.postEphemeral")
    assert "I know no project NIX" in call.text("text")
    assert len(bench.attached("WEB-1")) == 1


def test_a_move_to_a_work_item_that_is_not_there_is_told(bench, move):
    bench.plan(share_id := move("WEB-99"))

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "WorkItemNotFound"
    assert len(bench.attached("WEB-1")) == 1


def test_a_removal_that_plane_refuses_is_told_where_the_file_was(bench, move):
    (attachment_id,) = bench.plan(move("WEB-2"))
    bench.attach(attachment_id)
    (removal,) = bench.agenda.take(JobKind.ATTACHMENT)
    json_ = {"Content-Type": "application/json"}
    refused = answer(403, b'{"error": "You do not have permission"}', json_)
    bench.plane.fail(Fault("plane.delete_attachment", refused))

    bench.attach(removal)

    assert len(bench.attached("WEB-1")) == len(bench.attached("WEB-2")) == 1
    assert bench.outcome(1) == "NotUndone"


def test_a_move_of_a_file_that_slack_has_no_more_leaves_it_where_it_is(bench, move):
    share_id = move("WEB-2")
    (file,) = bench.slack.state.files.values()
    bench.slack.delete_file(file)
    (attachment_id,) = bench.plan(share_id)

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "FileDeleted"
    assert bench.agenda.take(JobKind.ATTACHMENT) == []
    assert len(bench.attached("WEB-1")) == 1
    assert bench.records("WEB-2") == []
