"""A file gets onto its work item once, however an earlier run ended."""

import itertools
from dataclasses import replace

import pytest

from bot.clients.plane_writes import LATEST_SECONDS
from bot.domain.outcomes import ALREADY_ATTACHED, ATTACHED
from bot.errors import DAY, HOUR, JobLost, LedgerUnavailable
from bot.sandbox.slack import Generated
from bot.sandbox.slack.content import as_content
from bot.sandbox.wire import Fault, answer, cut
from bot.work.ledger.states import AttachmentState
from bot.work.runner import Job, JobKind

JSON = {"Content-Type": "application/json"}
BROKEN = b'{"error":"Something went wrong please try again later"}'


def test_a_file_gets_onto_its_work_item(bench, caplog):
    caplog.set_level("INFO")
    file = bench.slack.add_file(name="plan.pdf", content=Generated(600_000))
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)

    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]
    assert bench.outcome(share_id) == "Attached"
    assert bench.agenda.take(JobKind.REPLY) == [share_id]
    assert "key=WEB-1 outcome=Attached bytes=600000" in caplog.text
    assert "plan.pdf" not in caplog.text
    bench.attach(attachment_id)
    assert bench.calls() == ["create_attachment", "complete_attachment"]


def test_a_file_that_is_there_is_not_attached_again(bench):
    file = bench.slack.add_file()
    _, first = bench.share(file)
    bench.attach(bench.plan(first)[0])
    _, second = bench.share(file)

    bench.attach(bench.plan(second)[0])

    assert bench.outcome(second) == ALREADY_ATTACHED.code
    assert bench.attached() == [file.sha256]
    assert len(bench.records()) == 1


def test_a_snippet_that_was_edited_meanwhile_comes_as_it_is_now(bench):
    file = bench.slack.add_file(name="log.txt", mode="snippet", content=b"one line")
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    file.content = as_content(b"one line, and another one")

    bench.attach(attachment_id)
    assert bench.outcome(share_id) is None
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert bench.attached() == [file.sha256]
    assert len(bench.records()) == 1
    assert len(bench.slack.calls("files.info")) == 1


def test_a_record_that_an_unknown_run_left_makes_way(bench):
    """The process ended after Plane made the record, before the ledger knew of it."""
    file = bench.slack.add_file()
    share_id, attachment_id, ticket = bench.opened(file)

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert bench.attached() == [file.sha256]
    (record,) = bench.records()
    assert record.id != ticket.asset_id


def test_a_record_that_vanishes_while_it_is_looked_at_makes_way_too(bench):
    file = bench.slack.add_file()
    share_id, attachment_id, _ = bench.opened(file)
    gone = answer(404, b'{"error": "The requested resource does not exist."}', JSON)
    bench.plane.fail(Fault("plane.attachment", gone))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert len(bench.records()) == 1


def test_somebody_who_is_quicker_is_looked_at_anew(bench):
    file = bench.slack.add_file()
    _, attachment_id, ticket = bench.opened(file)
    conflict = f'{{"error": "exists", "id": "{ticket.asset_id}"}}'.encode()
    bench.plane.fail(
        Fault("plane.create_attachment", answer(409, conflict, JSON), times=2)
    )

    bench.attach(attachment_id)

    (retry,) = [job for job, _ in bench.agenda.jobs if job.kind is JobKind.ATTACHMENT]
    assert retry.row_id == attachment_id


def test_a_record_whose_bytes_may_be_missing_is_made_anew(bench):
    """The process ended between the record and the last byte."""
    file = bench.slack.add_file()
    share_id, attachment_id, ticket = bench.opened(file)
    bench.ledger.attachments.open(attachment_id, ticket.asset_id)

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    (record,) = bench.records()
    assert record.id != ticket.asset_id
    assert bench.attached() == [file.sha256]


def test_what_is_stored_only_has_to_be_completed(bench):
    file = bench.slack.add_file()
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.complete_attachment", cut))
    bench.attach(attachment_id)
    made = [record.id for record in bench.records()]

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert [record.id for record in bench.records()] == made
    assert file.downloads == 1


def test_a_stored_record_that_somebody_deleted_is_made_anew(bench):
    file = bench.slack.add_file()
    share_id, attachment_id, ticket = bench.opened(file)
    bench.ledger.attachments.open(attachment_id, ticket.asset_id)
    bench.ledger.attachments.store(attachment_id)
    bench.plane.state.attachment_rows.delete(bench.records()[0])

    bench.attach(attachment_id)
    still_open = bench.ledger.attachments.get_open(attachment_id)
    assert (still_open.state, still_open.asset_id) == (AttachmentState.PENDING, None)
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert bench.attached() == [file.sha256]


def test_a_stub_is_looked_up_and_what_is_told_is_kept(bench):
    file = bench.slack.add_file(name="shared.pdf")
    _, share_id = bench.share(file, channel="CSHARED")
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.create_attachment", cut))

    bench.attach(attachment_id)
    assert bench.lines(share_id)[0].name == "shared.pdf"
    known = bench.ledger.attachments.get_open(attachment_id).file
    assert (known.size, known.shared_by) == (file.size, "UANNA")
    bench.clock.now += 2
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert len(bench.slack.calls("files.info")) == 1


@pytest.mark.parametrize("error", ["user_not_visible", "access_denied"])
def test_a_file_whose_owner_is_not_told_is_another_organisations(bench, error):
    file = bench.slack.add_file(user="USTRANGER", user_team="TOTHER")
    _, share_id = bench.share(file, channel="CSHARED")
    (attachment_id,) = bench.plan(share_id)
    refusal = b'{"ok": false, "error": "%s"}' % error.encode()
    bench.slack.fail(Fault("slack.users.info", answer(200, refusal, JSON)))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "ExternalFile"
    assert bench.records() == []


def test_a_file_that_is_too_large_for_the_grant_leaves_no_record(bench):
    bench.plane.fail(Fault("plane.instances", answer(404)))
    _, share_id = bench.share(bench.slack.add_file(content=Generated(5_242_881)))

    bench.attach(bench.plan(share_id)[0])

    assert bench.outcome(share_id) == "FileTooLarge"
    assert bench.records() == []
    assert bench.store.exchanges() == []


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [("sign_in", "SignInPage"), ("redirect_elsewhere", "DownloadMisled")],
)
def test_what_does_not_pass_leaves_no_record(bench, behaviour, code):
    file = bench.slack.add_file()
    file.misbehave(behaviour)
    _, share_id = bench.share(file)

    bench.attach(bench.plan(share_id)[0])

    assert bench.outcome(share_id) == code
    assert bench.records() == []
    assert bench.agenda.take(JobKind.REPLY) == [share_id]


def test_what_may_pass_is_tried_again_and_told(bench):
    file = bench.slack.add_file(content=Generated(600_000))
    file.misbehave("cut", times=1)
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)

    bench.agenda.take(JobKind.REPLY)
    bench.attach(attachment_id)
    assert bench.agenda.take(JobKind.REPLY) == [share_id]

    at = bench.clock.now + 0.5
    assert (Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL"), at) in bench.agenda.jobs
    assert bench.lines(share_id)[0].waiting_for.code == "DownloadInterrupted"
    bench.attach(attachment_id)
    assert bench.outcome(share_id) == ATTACHED.code
    assert len(bench.records()) == 1


def test_what_is_given_up_leaves_no_record(bench, caplog):
    file = bench.slack.add_file(content=Generated(600_000))
    file.misbehave("cut")
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "GivenUp"
    assert bench.records() == []
    assert "given up: DownloadInterrupted()" in caplog.text


def test_a_record_that_cannot_be_removed_is_left_to_the_log(bench, caplog):
    bench.plane.fail(Fault("plane.complete_attachment", cut, times=9))
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    bench.plane.fail(Fault("plane.delete_attachment", cut, times=9))
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "GivenUp"
    assert f"leaves the record {bench.records()[0].id} in Plane" in caplog.text


def test_planes_own_errors_are_waited_out_for_an_hour_only(bench):
    bench.plane.fail(
        Fault("plane.create_attachment", answer(500, BROKEN, JSON), times=9)
    )
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    bench.clock.now += HOUR
    bench.attach(attachment_id)
    assert bench.outcome(share_id) is None

    bench.clock.now += 1
    bench.attach(attachment_id)

    assert bench.lines(share_id)[0].outcome.facts == {
        "cause": "PlaneStumbled",
        "patience": HOUR,
    }


def test_a_work_item_that_went_away_is_looked_up_anew_next_time(bench):
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.plane.state.delete(bench.plane.state.work_item("WEB-1"))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "WorkItemNotFound"
    before = len(bench.plane.exchanges("plane.work_item"))
    _, again = bench.share(bench.slack.add_file())
    bench.plan(again)
    assert len(bench.plane.exchanges("plane.work_item")) == before + 1


def test_a_fault_of_our_own_is_waited_out_like_any_other(bench, caplog):
    class Broken:
        def run(self, open_, *, progress, largest):
            raise ZeroDivisionError

    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)

    bench.attach(attachment_id, workflow=Broken())

    assert bench.lines(share_id)[0].waiting_for.code == "Unexpected"
    assert "ZeroDivisionError" in caplog.text


class Advancing:
    """The ledger's attachments, with *advance* in place of its own."""

    def __init__(self, inner, advance):
        self._inner = inner
        self.advance = advance

    def __getattr__(self, name):
        return getattr(self._inner, name)


def have_progress_kept(bench, advance):
    attachments = Advancing(bench.ledger.attachments, advance)
    bench.ledger = replace(bench.ledger, attachments=attachments)


def test_progress_is_passed_on_once_in_a_while(bench):
    _, share_id = bench.share(bench.slack.add_file(content=Generated(262_144 * 8)))
    (attachment_id,) = bench.plan(share_id)
    bench.agenda.take(JobKind.REPLY)
    seconds = iter(range(100))
    told, keep = [], bench.ledger.attachments.advance

    def advance(attachment_id, relayed):
        told.append(relayed)
        keep(attachment_id, relayed)

    have_progress_kept(bench, advance)
    bench.attach(attachment_id, timer=lambda: next(seconds))

    # A second passes with each piece, and two make a while.
    assert len(told) > 1
    assert all(b - a == 2 * 262_144 for a, b in itertools.pairwise(told))


def test_what_plane_will_not_complete_leaves_no_record(bench):
    refused = answer(403, b'{"error": "You do not have permission"}', JSON)
    bench.plane.fail(Fault("plane.complete_attachment", refused))
    _, share_id = bench.share(bench.slack.add_file())

    bench.attach(bench.plan(share_id)[0])

    assert bench.outcome(share_id) == "ProjectRefused"
    assert bench.records() == []


def test_progress_that_cannot_be_kept_is_no_reason_to_end_the_relay(bench, caplog):
    file = bench.slack.add_file(content=Generated(262_144 * 8))
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    seconds = itertools.count(0, 10)

    def advance(attachment_id, relayed):
        raise LedgerUnavailable("the disk is full")

    have_progress_kept(bench, advance)
    bench.attach(attachment_id, timer=lambda: next(seconds))

    assert bench.attached() == [file.sha256]
    assert "the disk is full" in caplog.text


def test_whose_job_is_anothers_by_now_sends_no_more_of_the_file(bench):
    _, share_id = bench.share(bench.slack.add_file(content=Generated(262_144 * 8)))
    (attachment_id,) = bench.plan(share_id)
    seconds = itertools.count(0, 10)

    def advance(attachment_id, relayed):
        raise JobLost("taken over")

    have_progress_kept(bench, advance)
    with pytest.raises(JobLost):
        bench.attach(attachment_id, timer=lambda: next(seconds))

    assert bench.attached() == []


# --- what may come late ---------------------------------------------------------


@pytest.mark.parametrize(("action", "seconds"), [(cut, 2), (answer(504), 30)])
def test_a_second_share_does_not_hurry_what_plane_may_be_at_still(
    bench, action, seconds
):
    """Two records would be made, of which nobody ever uploads the one."""
    file = bench.slack.add_file()
    _, first = bench.share(file)
    (attachment_id,) = bench.plan(first)
    bench.plane.fail(Fault("plane.create_attachment", action))
    bench.attach(attachment_id)
    over = bench.clock.now + seconds
    _, second = bench.share(file, channel="CSECRET")
    assert bench.plan(second) == [attachment_id]

    bench.clock.now = over - 0.1
    bench.attach(attachment_id)
    assert bench.agenda.jobs[-1] == (
        Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL"),
        over,
    )
    assert bench.calls() == ["create_attachment"]
    bench.clock.now = over
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]
    assert len(bench.records()) == 1


def test_a_second_share_has_what_waits_for_plane_tried_at_once(bench):
    file = bench.slack.add_file()
    _, first = bench.share(file)
    (attachment_id,) = bench.plan(first)
    bench.plane.fail(Fault("plane.create_attachment", answer(503), times=5))
    for _ in range(5):
        bench.attach(attachment_id)
    _, second = bench.share(file, channel="CSECRET")

    assert bench.plan(second) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]


def test_a_record_that_a_killed_bot_asked_for_is_waited_for(bench):
    """The ledger knows of it, and until when, before Plane does."""
    file = bench.slack.add_file()
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    known = []

    def look(request):
        known.append(bench.ledger.attachments.get_open(attachment_id))

    bench.plane.fail(Fault("plane.create_attachment", look))
    bench.attach(attachment_id)

    assert known[0].expects_record
    assert known[0].not_before == bench.clock.now + LATEST_SECONDS


def test_a_start_waits_for_the_record_that_a_killed_bot_asked_for(bench):
    file = bench.slack.add_file()
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    within = bench.clock.now + LATEST_SECONDS
    bench.ledger.attachments.expect_record(attachment_id, within=LATEST_SECONDS)

    bench.attach(attachment_id)
    assert bench.calls() == []
    assert bench.agenda.jobs[-1][1] == within
    bench.clock.now = within
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code
    assert len(bench.records()) == 1


def test_a_wait_ends_when_the_clock_was_set_back(bench):
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.ledger.attachments.expect_record(attachment_id, within=LATEST_SECONDS)

    bench.clock.now -= 86_400
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ATTACHED.code


def test_a_refusal_after_an_unclear_answer_leaves_no_record(bench):
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    failed = answer(500, BROKEN, JSON)
    bench.plane.fail(Fault("plane.create_attachment", failed, "after"))
    bench.attach(attachment_id)
    assert len(bench.records()) == 1
    bench.plane.fail(Fault("plane.create_attachment", answer(413)))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "CallTooLarge"
    assert bench.records() == []


def test_a_large_file_is_handed_back_for_a_turn_of_the_large_ones(bench):
    file = bench.slack.add_file(content=Generated(1_001))
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.agenda.jobs.clear()

    bench.attach(attachment_id, large=1_000)

    large = Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL", is_large=True)
    assert bench.agenda.jobs == [(large, 0.0)]
    assert (bench.calls(), file.downloads) == ([], 0)
    bench.attach(attachment_id, large=1_000, is_large=True)
    assert bench.attached() == [file.sha256]


def test_a_file_in_a_shared_channel_is_large_once_its_size_is_known(bench):
    file = bench.slack.add_file(content=Generated(1_001))
    _, share_id = bench.share(file, channel="CSHARED")
    (attachment_id,) = bench.plan(share_id)
    bench.agenda.jobs.clear()

    bench.attach(attachment_id, large=1_000)

    assert [job.is_large for job, _ in bench.agenda.jobs] == [True]
    assert (bench.calls(), file.downloads) == ([], 0)
