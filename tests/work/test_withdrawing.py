"""A message that is deleted takes back what is not attached yet, and no more."""

from dataclasses import replace

import pytest

from bot.clients.plane_writes import LATEST_SECONDS
from bot.domain.deletions import Deletion
from bot.domain.outcomes import Outcome
from bot.domain.references import WorkItemKey
from bot.domain.shares import parse_share
from bot.errors import DAY, MessageDeleted
from bot.sandbox.wire import Fault, answer, cut
from bot.work.ledger.withdrawals import Withdrawn
from bot.work.runner import Job, JobKind
from tests.work.bench import LINKS
from tests.work.values import found, make_share

AWAY = answer(503, b"<html>Service Unavailable</html>")


def delete(bench, message):
    """Delete a message in Slack and take that in."""
    bench.slack.delete(message)
    deletion = Deletion(bench.slack.state.team_id, message.channel_id, message.ts)
    return bench.ledger.withdrawals.withdraw(deletion)


def test_a_file_that_waits_is_left_out_and_its_reply_says_so(bench):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.create_attachment", AWAY))
    bench.attach(attachment_id)
    bench.clock.now += 10
    bench.reply(share_id)
    assert "I keep trying." in bench.told(message)[0]

    assert delete(bench, message) == Withdrawn([], [attachment_id])
    bench.attach(attachment_id)
    bench.clock.now += 10
    bench.reply(share_id)

    (text,) = bench.told(message)
    assert "I left `design.pdf` out: the message was deleted" in text
    assert bench.records() == []
    assert bench.ledger.attachments.unfinished() == []


def test_where_nothing_was_said_nothing_is(bench):
    root = bench.slack.post("about the design")
    message, share_id = bench.share(bench.slack.add_file(), thread_ts=root.ts)
    (attachment_id,) = bench.plan(share_id)

    delete(bench, message)
    bench.attach(attachment_id)
    bench.reply(share_id)

    assert bench.told(root) == []
    assert bench.ledger.replies.unfinished() == []


def test_who_asked_for_another_persons_file_is_told_that_it_is_gone(bench):
    root = bench.slack.post("about the design")
    file = bench.slack.add_file()
    message = bench.slack.share([file], text="WEB-1", thread_ts=root.ts)
    share_id = bench.react(message, user="UBERT")
    (attachment_id,) = bench.plan(share_id)

    delete(bench, message)
    bench.attach(attachment_id)
    bench.reply(share_id)

    (text,) = bench.told(root)
    assert "I left `design.pdf` out" in text


def test_a_share_that_is_not_looked_up_yet_asks_plane_nothing(bench):
    message, share_id = bench.share(bench.slack.add_file())
    _, other_id = bench.share(bench.slack.add_file())
    bench.plan(other_id)  # so the projects are known
    asked = len(bench.plane.exchanges())

    assert delete(bench, message) == Withdrawn([share_id], [])
    assert bench.plan(share_id) == []
    bench.reply(share_id)

    assert bench.told(message) == []
    assert len(bench.plane.exchanges()) == asked
    assert bench.ledger.shares.unfinished() == []


def test_a_record_of_an_earlier_try_is_removed(bench):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.complete_attachment", cut))
    bench.attach(attachment_id)
    assert len(bench.records()) == 1

    delete(bench, message)
    bench.attach(attachment_id)

    assert bench.records() == []
    assert bench.outcome(share_id) == "MessageDeleted"


def test_a_message_that_is_deleted_while_its_bytes_come_leaves_nothing(bench):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    fault = Fault("storage.post", lambda request: delete(bench, message) and None)
    bench.store.server.fail(fault)

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "MessageDeleted"
    assert bench.records() == []


def test_what_another_message_asks_for_too_is_attached(bench):
    file = bench.slack.add_file()
    message, share_id = bench.share(file)
    _, other_id = bench.share(file, channel="CSECRET")
    (attachment_id,) = bench.plan(share_id)
    bench.plan(other_id)

    delete(bench, message)
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]
    assert bench.outcome(other_id) == "Attached"


def test_undo_stays_with_who_attached_it_though_anothers_message_is_deleted(bench):
    file = bench.slack.add_file()
    _, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    message, other_id = bench.share(file, channel="CSECRET")
    bench.plan(other_id)

    delete(bench, message)
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "Attached"
    assert bench.ledger.presses.undo(bench.press(share_id)) == [attachment_id]


def test_who_asks_for_it_while_it_is_left_out_gets_it(bench):
    file = bench.slack.add_file()
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.complete_attachment", cut))
    bench.attach(attachment_id)
    delete(bench, message)
    asked = []

    def ask(request):
        asked.append(bench.share(file, channel="CSECRET")[1])
        bench.plan(asked[0])
        bench.agenda.jobs.clear()

    bench.plane.fail(Fault("plane.delete_attachment", ask))
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "MessageDeleted"
    again = Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL")
    assert again in [job for job, _ in bench.agenda.jobs]
    taken_up = [row[0] for row in bench.ledger.attachments.unfinished()]
    assert taken_up == [attachment_id]  # by a start, too
    bench.attach(attachment_id)
    assert bench.outcome(asked[0]) == "Attached"


def test_what_is_attached_stays_and_messages_of_others_mean_nothing(bench):
    message, share_id = bench.share(bench.slack.add_file())
    bench.attach(bench.plan(share_id)[0])

    assert delete(bench, message) == Withdrawn([], [])
    assert delete(bench, bench.slack.post("hello")) == Withdrawn([], [])

    assert bench.outcome(share_id) == "Attached"
    assert len(bench.attached()) == 1


@pytest.mark.parametrize("undone", [True, False])
def test_nothing_of_a_deleted_message_is_tried_again(bench, undone):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    if undone:
        bench.attach(attachment_id)
        bench.ledger.presses.undo(bench.press(share_id))
        bench.attach(attachment_id)
    else:
        refused = answer(403, b'{"error": "no"}', {"Content-Type": "application/json"})
        bench.plane.fail(Fault("plane.create_attachment", refused))
        bench.attach(attachment_id)
    delete(bench, message)

    assert bench.ledger.presses.retry(bench.press(share_id))
    bench.plan(share_id)
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "MessageDeleted"
    assert bench.records() == []


# --- what comes late ------------------------------------------------------------


def make_record(bench, file):
    """Have Plane make the record that the bot asked it for."""
    key = WorkItemKey("WEB", 1)
    item = bench.directory.get_work_item(key, bench.directory.find_project(key))
    wish = {"name": "x.pdf", "mimetype": "application/pdf", "size": file.size}
    bench.remotes.plane.create_attachment(item, **wish, external_id=file.id)


@pytest.mark.parametrize("comes", [True, False])
def test_a_record_that_comes_after_its_message_was_deleted_is_removed(bench, comes):
    file = bench.slack.add_file()
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.create_attachment", cut))
    bench.attach(attachment_id)

    delete(bench, message)
    bench.attach(attachment_id)
    assert bench.outcome(share_id) is None  # it may come still
    if comes:
        make_record(bench, file)
    bench.clock.now += 2
    bench.attach(attachment_id)

    assert bench.records() == []
    assert bench.outcome(share_id) == "MessageDeleted"


def test_a_record_that_a_killed_bot_asked_for_is_removed_with_its_message(bench):
    file = bench.slack.add_file()
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.ledger.attachments.expect_record(attachment_id, within=LATEST_SECONDS)

    delete(bench, message)
    bench.attach(attachment_id)
    make_record(bench, file)
    bench.clock.now += LATEST_SECONDS
    bench.attach(attachment_id)

    assert bench.records() == []
    assert bench.outcome(share_id) == "MessageDeleted"


def test_what_somebody_attached_is_not_taken_for_a_record_of_ours(bench):
    file = bench.slack.add_file()
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)
    bench.ledger.attachments.expect_record(attachment_id, within=0)
    make_record(bench, file)
    (record,) = bench.records()
    bench.plane.state.attachment_rows.put(replace(record, is_uploaded=True))

    delete(bench, message)
    bench.attach(attachment_id)

    assert len(bench.records()) == 1


def test_what_is_given_up_after_its_message_was_deleted_is_told_as_left_out(bench):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.plane.fail(Fault("plane.create_attachment", AWAY, times=9))
    bench.attach(attachment_id)
    delete(bench, message)
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "MessageDeleted"


def test_what_waits_for_a_yes_is_left_out_at_once(ledger):
    share = make_share()
    share_id = ledger.shares.add(share)
    ledger.shares.plan(share_id, [found("WEB-1")], needs_consent=True)
    ledger.replies.finish(ledger.replies.get(share_id))

    deletion = Deletion(share.team_id, share.channel_id, share.message_ts)
    withdrawn = ledger.withdrawals.withdraw(deletion)

    assert withdrawn == Withdrawn([], [], replies=(share_id,))
    reply = ledger.replies.get(share_id)
    assert reply.due_at == ledger.clock.now
    assert reply.report.items[0].files[0].outcome == Outcome.of(MessageDeleted())


# --- what is heard in another order ---------------------------------------------


def test_a_message_whose_deletion_is_heard_first_is_not_attached(bench):
    bench.plan(bench.share(bench.slack.add_file(), text="WEB-2")[1])  # known by now
    asked = len(bench.plane.exchanges())
    message = bench.slack.share([bench.slack.add_file()], text="WEB-1")
    body = bench.heard(message)

    assert delete(bench, message) == Withdrawn([], [])
    share_id = bench.ledger.shares.add(parse_share(body, links=LINKS))
    assert bench.plan(share_id) == []
    bench.reply(share_id)

    assert bench.told(message) == []
    assert len(bench.plane.exchanges()) == asked
    assert bench.ledger.shares.unfinished() == []


def test_a_message_that_is_sought_while_it_is_deleted_is_not_attached(bench):
    message = bench.slack.share([bench.slack.add_file()], text="WEB-1")
    share_id = bench.react(message, user="UBEN")
    for method in ("replies", "history"):
        fault = lambda request: delete(bench, message) and None  # noqa: E731
        bench.slack.fail(Fault(f"slack.conversations.{method}", fault, "after"))

    assert bench.plan(share_id) == []

    assert bench.records() == []


def test_an_edit_that_is_heard_after_the_deletion_attaches_nothing(bench):
    message, share_id = bench.share(bench.slack.add_file(), text="UTF-8")
    assert bench.plan(share_id) == []
    bench.slack.edit(message, "WEB-1")
    edited = parse_share(bench.heard(message), links=LINKS)

    delete(bench, message)
    later = replace(edited, version=bench.slack.state.next_ts())
    assert bench.ledger.shares.add(later) == share_id

    assert bench.plan(share_id) == []
    bench.reply(share_id)
    assert bench.records() == []
    assert bench.told(message) == []


@pytest.mark.parametrize(
    "other", [{"team_id": "T2"}, {"channel_id": "C2"}, {"message_ts": "1.1"}]
)
def test_a_deletion_of_another_message_means_nothing(ledger, other):
    share = make_share()
    home = {"team_id": share.team_id, "channel_id": share.channel_id}
    deletion = Deletion(**{**home, "message_ts": share.message_ts, **other})

    ledger.withdrawals.withdraw(deletion)  # before the message, and after it
    _, (attachment_id,) = ledger.plan(share)
    assert ledger.withdrawals.withdraw(deletion) == Withdrawn([], [])

    assert not ledger.attachments.get_open(attachment_id).is_withdrawn
