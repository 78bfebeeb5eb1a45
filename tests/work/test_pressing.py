"""Undo takes back in Plane what a share attached; Retry has it tried again."""

import pytest

from bot.domain.mentions import parse_mention
from bot.domain.outcomes import (
    ATTACHED,
    HELP,
    NOTHING_TO_RETRY,
    NOTHING_TO_UNDO,
    STILL_AT_WORK,
    Outcome,
)
from bot.domain.references import WorkItemKey
from bot.errors import DAY
from bot.sandbox.slack.responding import Place
from bot.sandbox.wire import Fault, answer, cut
from bot.work.ledger.parts import Resolution
from bot.work.runner import Job, JobKind
from tests.work.bench import LINKS
from tests.work.values import make_share

JSON = {"Content-Type": "application/json"}
REFUSED = answer(403, b'{"error": "You do not have permission"}', JSON)


@pytest.fixture
def file(bench):
    return bench.slack.add_file()


@pytest.fixture
def attached(bench, file):
    """A file on WEB-1: message, id of its share and of its attachment."""
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    bench.reply(share_id)
    assert bench.attached() == [file.sha256]
    bench.agenda.jobs.clear()
    bench.clock.now += 60
    return message, share_id, attachment_id


def buttons(bench, message):
    """Return the labels of the buttons below the bot's reply."""
    (reply,) = bench.slack.replies_by_bot(message.channel_id, message.ts)
    rows = [each["elements"] for each in reply.blocks if each["type"] == "actions"]
    return [each["text"]["text"] for row in rows for each in row]


def test_undo_removes_the_file_and_says_so(bench, attached, caplog):
    caplog.set_level("INFO")
    message, share_id, attachment_id = attached
    assert buttons(bench, message) == ["Undo", "Move"]

    assert bench.ledger.presses.undo(bench.press(share_id)) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.records() == []
    assert bench.agenda.take(JobKind.REPLY) == [share_id]
    bench.reply(share_id)
    (text,) = bench.told(message)
    assert "↩ `design.pdf` was removed again." in text
    assert buttons(bench, message) == ["Attach again"]
    assert bench.ledger.replies.unfinished() == []
    assert "key=WEB-1 removal=Undone" in caplog.text
    assert bench.meter.ended[-2:] == [("removal", "Undone"), ("share", "done")]


def test_what_was_undone_is_attached_again_by_retry(bench, file, attached):
    message, share_id, attachment_id = attached
    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(attachment_id)

    assert bench.ledger.presses.retry(bench.press(share_id, user="UBEN"))
    assert bench.plan(share_id) == [attachment_id]
    bench.attach(attachment_id)
    bench.reply(share_id)

    assert bench.attached() == [file.sha256]
    assert "`design.pdf` is attached." in bench.told(message)[0]
    assert buttons(bench, message) == ["Undo", "Move"]


def test_what_failed_before_is_attached_by_retry(bench, file):
    file.misbehave("sign_in", times=1)
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    bench.reply(share_id)
    assert buttons(bench, message) == ["Retry"]

    assert bench.ledger.presses.retry(bench.press(share_id))
    bench.clock.now += 60
    assert bench.plan(share_id) == [attachment_id]
    bench.attach(attachment_id)
    bench.reply(share_id)

    assert bench.attached() == [file.sha256]
    assert len(bench.told(message)) == 1


def test_a_removal_that_plane_made_before_a_crash_is_finished(bench, attached):
    """The process ended after Plane's yes, before the ledger knew of it."""
    _, share_id, attachment_id = attached
    bench.ledger.presses.undo(bench.press(share_id))
    open_ = bench.ledger.attachments.get_open(attachment_id)
    bench.workflow.remove(open_)

    taken_up = [row[0] for row in bench.ledger.attachments.unfinished()]
    assert taken_up == [attachment_id]
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "Undone"
    assert bench.records() == []


def test_what_somebody_deleted_in_plane_is_removed_all_the_same(bench, attached):
    _, share_id, attachment_id = attached
    bench.plane.state.attachment_rows.delete(bench.records()[0])
    bench.ledger.presses.undo(bench.press(share_id))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "Undone"


def test_a_file_that_is_shared_while_it_is_removed_is_attached_again(
    bench, file, attached
):
    _, first_id, attachment_id = attached
    bench.ledger.presses.undo(bench.press(first_id))
    _, second_id = bench.share(file)
    assert bench.plan(second_id) == [attachment_id]

    bench.attach(attachment_id)
    assert bench.records() == []
    assert bench.agenda.take(JobKind.ATTACHMENT) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]
    assert (bench.outcome(first_id), bench.outcome(second_id)) == (
        "Undone",
        ATTACHED.code,
    )


def test_while_plane_is_down_a_removal_waits_and_says_so(bench, attached):
    message, share_id, attachment_id = attached
    bench.plane.fail(Fault("plane.delete_attachment", cut))
    bench.ledger.presses.undo(bench.press(share_id))

    bench.attach(attachment_id)

    again = Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL"), bench.clock.now + 0.5
    assert again in bench.agenda.jobs
    bench.reply(share_id)
    assert (
        "⏳ `design.pdf` is being removed. Plane does not answer me about it. I keep"
        " trying." in bench.told(message)[0]
    )
    assert buttons(bench, message) == []
    bench.attach(attachment_id)
    assert bench.outcome(share_id) == "Undone"
    assert bench.records() == []


@pytest.mark.parametrize(
    ("action", "seconds"), [(cut, DAY + 1), (REFUSED, 0)], ids=["outage", "refusal"]
)
def test_what_cannot_be_removed_is_told_with_its_cause(
    bench, attached, action, seconds
):
    message, share_id, attachment_id = attached
    bench.plane.fail(Fault("plane.delete_attachment", action, times=9))
    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(attachment_id)
    bench.clock.now += seconds
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "NotUndone"
    bench.clock.now += 60
    bench.reply(share_id)
    text = bench.told(message)[0]
    assert "❌ `design.pdf` is still attached. What kept me from removing it: " in text
    assert len(bench.records()) == 1
    assert buttons(bench, message) == ["Undo", "Move"]
    bench.plane.mend()
    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(attachment_id)
    assert bench.outcome(share_id) == "Undone"


def test_whoever_else_presses_undo_changes_nothing(bench, file, attached):
    _, share_id, attachment_id = attached

    assert bench.ledger.presses.undo(bench.press(share_id, user="UBEN")) == []
    assert bench.ledger.presses.undo(bench.press(share_id, channel="CSECRET")) == []
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]


def test_while_a_file_is_removed_it_is_not_said_to_be_on_its_way(bench, attached):
    message, share_id, _ = attached
    bench.ledger.presses.undo(bench.press(share_id))

    bench.reply(share_id)

    (text,) = bench.told(message)
    assert "⏳ `design.pdf` is being removed." in text
    assert "on its way" not in text


def test_others_who_press_undo_are_told_whose_it_is(bench, attached):
    _, share_id, _ = attached
    press = bench.press(share_id, user="UBEN")

    bench.ledger.presses.undo(press)

    told = bench.ledger.presses.explain_undo(press)
    assert told == Outcome("NotYours", {"owner": "UANNA"})


@pytest.fixture
def failed_since(bench, attached):
    """What somebody else's reaction to the same file has come to nothing after."""
    message, share_id, attachment_id = attached
    again = bench.react(message, user="UBEN")
    bench.plan(again)
    bench.plane.fail(Fault("plane.create_attachment", REFUSED))
    bench.attach(attachment_id)
    assert bench.outcome(again) == "ProjectRefused"
    return message, share_id, attachment_id


def test_undo_works_though_somebody_elses_try_failed_since(bench, failed_since):
    _, share_id, attachment_id = failed_since
    assert len(bench.attached()) == 1

    assert bench.ledger.presses.undo(bench.press(share_id)) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.records() == []
    assert bench.outcome(share_id) == "Undone"


def test_what_was_deleted_in_plane_since_counts_as_undone(bench, failed_since):
    _, share_id, attachment_id = failed_since
    bench.plane.state.attachment_rows.delete(bench.records()[0])

    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "Undone"


def test_undo_is_put_off_while_somebody_elses_try_goes_on(bench, attached):
    message, share_id, _ = attached
    bench.plan(bench.react(message, user="UBEN"))

    assert bench.ledger.presses.undo(bench.press(share_id)) == []

    told = bench.ledger.presses.explain_undo
    assert told(bench.press(share_id)) == STILL_AT_WORK
    assert told(bench.press(share_id, user="UBEN")).code == "NotYours"


@pytest.mark.parametrize(("more", "channel"), [(0, "CSECRET"), (1, "CGENERAL")])
def test_a_press_that_is_not_at_home_learns_nothing(bench, attached, more, channel):
    _, share_id, _ = attached
    forged = bench.press(share_id + more, user="UBEN", channel=channel)

    assert bench.ledger.presses.explain_undo(forged) == NOTHING_TO_UNDO
    assert bench.ledger.presses.explain_retry(forged) == NOTHING_TO_RETRY


def test_a_press_under_what_is_worked_on_is_told_so(bench, attached):
    _, share_id, attachment_id = attached
    ledger, press = bench.ledger.presses, bench.press(share_id)

    ledger.undo(press)
    assert ledger.undo(press) == []
    assert ledger.explain_undo(press) == STILL_AT_WORK
    assert ledger.explain_retry(press) == STILL_AT_WORK
    bench.attach(attachment_id)
    assert ledger.explain_undo(press) == NOTHING_TO_UNDO

    assert ledger.retry(press)
    assert not ledger.retry(press)
    assert ledger.explain_retry(press) == STILL_AT_WORK
    assert bench.plan(share_id) == [attachment_id]
    assert ledger.explain_retry(press) == STILL_AT_WORK
    bench.attach(attachment_id)
    assert ledger.explain_retry(press) == NOTHING_TO_RETRY


def test_a_press_while_a_retry_is_looked_up_is_told_so(bench, file):
    _, share_id = bench.share(file, text="WEB-1 OPS-3")
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    ledger, press = bench.ledger.presses, bench.press(share_id)
    assert ledger.retry(press)

    assert ledger.undo(press) == []
    assert ledger.explain_undo(press) == STILL_AT_WORK
    assert not ledger.retry(press)
    assert ledger.explain_retry(press) == STILL_AT_WORK


# --- notices ------------------------------------------------------------------


def test_a_job_that_is_late_leaves_alone_what_another_share_attached(bench, file):
    """Between a press of Retry and its look-up, which may take as long as an outage."""
    file.misbehave("sign_in", times=1)
    _, failed_id = bench.share(file)
    (attachment_id,) = bench.plan(failed_id)
    bench.attach(attachment_id)
    _, other_id = bench.share(file)
    bench.attach(bench.plan(other_id)[0])
    records = bench.records()
    assert bench.ledger.presses.retry(bench.press(failed_id))

    bench.attach(attachment_id)

    assert bench.records() == records
    bench.attach(bench.plan(failed_id)[0])
    assert bench.outcome(failed_id) == "AlreadyAttached"
    assert bench.records() == records


def test_help_is_given_in_the_thread(bench):
    message = bench.slack.post("<@UBOT>")
    share = make_share(
        ts=message.ts, keys=(), team_id="T1", channel_id="CGENERAL", notice=HELP
    )

    bench.reply(bench.ledger.shares.add(share))

    (text,) = bench.told(message)
    assert "`/attach WEB-12`" in text
    assert ":paperclip:" in text
    assert buttons(bench, message) == []
    assert bench.ledger.replies.unfinished() == []


def test_what_a_command_comes_to_is_told_by_its_response_url(bench):
    url = bench.slack._desk.response_urls.issue("commands", Place("UANNA", "CGENERAL"))
    share_id = bench.react(bench.slack.share([bench.slack.add_file()], text="no key"))
    bench.response_urls.keep(bench.ledger.replies.get(share_id).trigger, url)
    bench.plan(share_id)

    bench.reply(share_id)

    (call,) = bench.slack.responses
    assert "I found no work item for that message" in call.text("text")
    assert bench.slack.calls("chat.postEphemeral") == []
    assert bench.ledger.replies.unfinished() == []


def test_a_notice_about_a_mention_comes_in_the_thread_of_the_mention(bench):
    root = bench.slack.post("nothing here")
    mention = bench.slack.post("<@UBOT> WEB-1", thread_ts=root.ts)
    bench.plan(share_id := bench.ledger.shares.add(heard(bench, mention)))

    bench.reply(share_id)

    (notice,) = bench.slack.ephemerals("UANNA")
    assert (notice.channel_id, notice.thread_ts) == ("CGENERAL", root.ts)
    assert notice.text.startswith("I found no files there.")


def test_a_notice_about_a_mention_in_no_thread_comes_in_the_channel(bench):
    mention = bench.slack.post("<@UBOT> WEB-1")
    bench.plan(share_id := bench.ledger.shares.add(heard(bench, mention)))

    bench.reply(share_id)

    (notice,) = bench.slack.ephemerals("UANNA")
    assert (notice.channel_id, notice.thread_ts) == ("CGENERAL", None)


def heard(bench, message):
    return parse_mention(bench.heard(message), links=LINKS)


def test_a_notice_that_cannot_be_shown_is_left_to_the_log(bench, caplog):
    share_id = bench.react(bench.slack.share([bench.slack.add_file()], text="no key"))
    bench.plan(share_id)
    bench.slack.remove("UANNA", "CGENERAL")

    bench.reply(share_id)

    assert bench.ledger.replies.unfinished() == []
    assert "cannot be answered" in caplog.text


def test_a_notice_waits_while_slack_is_down(bench):
    share_id = bench.react(bench.slack.share([bench.slack.add_file()], text="no key"))
    bench.plan(share_id)
    bench.slack.fail(Fault("slack.chat.postEphemeral", cut))

    bench.reply(share_id)
    assert bench.agenda.jobs[-1][1] == bench.clock.now + 0.5
    bench.clock.now += 1
    bench.reply(share_id)

    assert len(bench.slack.calls("chat.postEphemeral")) == 1
    assert bench.ledger.replies.unfinished() == []


def test_the_attachment_of_a_removal_that_failed_is_found_by_the_next_share(
    bench, file, attached
):
    _, share_id, attachment_id = attached
    bench.plane.fail(Fault("plane.delete_attachment", REFUSED))
    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(attachment_id)
    assert bench.outcome(share_id) == "NotUndone"
    _, second_id = bench.share(file)

    bench.attach(bench.plan(second_id)[0])

    assert bench.outcome(second_id) == "AlreadyAttached"
    assert len(bench.records()) == 1
    assert bench.ledger.attachments.get_open(attachment_id) is None


def test_a_work_item_that_was_made_meanwhile_is_found_by_retry(bench, file):
    message, share_id = bench.share(file, text="WEB-9")
    assert bench.plan(share_id) == []
    bench.reply(share_id)
    assert buttons(bench, message) == ["Retry"]
    for _ in range(9):
        bench.plane.state.add_work_item(bench.plane.state.project("WEB"), "Just made")

    assert bench.ledger.presses.retry(bench.press(share_id))

    assert len(bench.plan(share_id)) == 1


def test_what_turns_out_to_be_nothing_is_not_told(bench):
    reference = WorkItemKey("UTF", 8)
    message, share_id = bench.share(bench.slack.add_file(), text="UTF-8")
    bench.ledger.shares.announce(share_id, {reference: "UTF-8"})
    bench.ledger.shares.plan(share_id, [Resolution(reference)])

    bench.reply(share_id)

    assert bench.told(message) == []
    assert bench.ledger.replies.unfinished() == []
