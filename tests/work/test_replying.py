"""A share has one reply, posted once and edited as outcomes come in."""

import pytest

from bot.clients.slack_calls import LATEST_SECONDS
from bot.domain.references import WorkItemId
from bot.errors import DAY
from bot.sandbox.wire import Fault, answer, cut
from bot.work.ledger.states import ReplyState
from bot.work.replying import EDIT_SECONDS, QUIET_SECONDS
from bot.work.runner import Job, JobKind
from tests.work.bench import LINKS

JSON = {"Content-Type": "application/json"}
REFUSED = answer(200, b'{"ok": false, "error": "invalid_blocks"}', JSON)


def attached(bench, *files):
    """Share files and have them attached; return the message and the share's id."""
    message, share_id = bench.share(*(files or (bench.slack.add_file(),)))
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)
    bench.agenda.jobs.clear()
    return message, share_id


def test_a_finished_share_is_answered_at_once_and_once(bench):
    message, share_id = attached(bench)

    bench.reply(share_id)
    bench.clock.now += 60
    bench.reply(share_id)

    (text,) = bench.told(message)
    assert "`design.pdf` is attached." in text
    assert bench.ledger.replies.unfinished() == []
    assert len(bench.slack.calls("chat.postMessage")) == 1
    assert bench.slack.calls("chat.update") == []


def test_a_share_that_takes_long_shows_its_progress_and_then_its_end(bench):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)

    bench.agenda.jobs.clear()
    bench.reply(share_id)
    again = Job(JobKind.REPLY, share_id, "CGENERAL")
    assert bench.told(message) == []
    assert bench.agenda.jobs == [(again, bench.clock.now + QUIET_SECONDS)]

    bench.clock.now += QUIET_SECONDS
    bench.reply(share_id)
    assert "is on its way." in bench.told(message)[0]

    bench.attach(attachment_id)
    bench.agenda.jobs.clear()
    bench.reply(share_id)
    assert bench.agenda.jobs == [(again, bench.clock.now + EDIT_SECONDS)]
    bench.clock.now += EDIT_SECONDS
    bench.reply(share_id)

    assert len(bench.told(message)) == 1
    assert "is attached." in bench.told(message)[0]
    assert bench.ledger.replies.unfinished() == []


def test_what_did_not_change_is_not_edited(bench):
    _, share_id = bench.share(bench.slack.add_file())
    bench.plan(share_id)
    bench.clock.now += QUIET_SECONDS
    bench.reply(share_id)
    bench.clock.now += EDIT_SECONDS

    bench.reply(share_id)

    assert bench.slack.calls("chat.update") == []


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_post_whose_answer_is_lost_is_never_doubled(bench, phase):
    message, share_id = attached(bench)
    bench.slack.fail(Fault("slack.chat.postMessage", cut, phase=phase))

    bench.reply(share_id)
    assert bench.ledger.replies.get(share_id).state is ReplyState.POSTING
    bench.reply(share_id)
    posts = bench.slack.exchanges("slack.chat.postMessage")
    assert len(posts) == 1  # not before that one is over
    bench.clock.now += 5
    bench.reply(share_id)

    assert len(bench.told(message)) == 1
    assert bench.ledger.replies.unfinished() == []


def test_a_throttled_post_was_not_sent_and_is_not_looked_for(bench):
    message, share_id = attached(bench)
    wait = answer(429, b"", {"Retry-After": "30"})
    bench.slack.fail(Fault("slack.chat.postMessage", wait))

    bench.reply(share_id)

    assert bench.agenda.jobs[-1][1] == bench.clock.now + 30
    bench.clock.now += 30
    bench.reply(share_id)
    assert len(bench.told(message)) == 1
    assert bench.slack.calls("conversations.replies") == []


@pytest.mark.parametrize(
    "no", [answer(429, b"", {"Retry-After": "30"}), REFUSED], ids=["throttled", "no"]
)
def test_a_no_to_a_second_post_tells_nothing_of_the_first(bench, no):
    """That one may be there all the same; it was not when it was looked for."""
    _, share_id = attached(bench)
    bench.slack.fail(Fault("slack.chat.postMessage", cut))
    bench.reply(share_id)
    bench.clock.now += 5
    bench.slack.fail(Fault("slack.chat.postMessage", no))

    bench.reply(share_id)

    assert bench.ledger.replies.get(share_id).state is ReplyState.POSTING


def test_a_message_that_is_gone_is_not_answered_for_ever(bench, caplog):
    message, share_id = attached(bench)
    bench.slack.delete(message)

    bench.reply(share_id)

    assert bench.ledger.replies.unfinished() == []
    assert "thread_not_found" in caplog.text


def test_a_reply_is_given_up_after_a_day(bench):
    _, share_id = attached(bench)
    bench.slack.fail(Fault("slack.chat.postMessage", cut, times=2))
    bench.reply(share_id)
    assert bench.ledger.replies.unfinished() != []

    bench.clock.now += DAY + 1
    bench.reply(share_id)

    assert bench.ledger.replies.unfinished() == []


@pytest.mark.parametrize("error", ["token_revoked", "missing_scope"])
def test_what_an_administrator_can_mend_keeps_the_reply_waiting(bench, error):
    message, share_id = attached(bench)
    body = b'{"ok": false, "error": "%s", "needed": "chat:write"}' % error.encode()
    bench.slack.fail(
        Fault("slack.chat.postMessage", answer(200, body, {"Content-Type": "json"}))
    )

    bench.reply(share_id)
    assert bench.told(message) == []
    bench.clock.now += 600
    bench.reply(share_id)

    assert len(bench.told(message)) == 1


def test_progress_does_not_cut_short_what_slack_asked_for(bench):
    message, share_id = attached(bench)
    wait = answer(429, b"", {"Retry-After": "30"})
    bench.slack.fail(Fault("slack.chat.postMessage", wait))
    bench.reply(share_id)

    bench.clock.now += 29
    bench.reply(share_id)
    assert bench.told(message) == []

    bench.clock.now += 1
    bench.reply(share_id)
    assert len(bench.told(message)) == 1


def test_a_thread_is_answered_in_the_thread(bench):
    root = bench.slack.post("about the design")
    message, share_id = bench.share(bench.slack.add_file(), thread_ts=root.ts)
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)

    bench.reply(share_id)

    assert len(bench.told(root)) == 1
    assert message.is_reply


def test_a_work_item_named_by_key_and_link_is_told_once(bench):
    row = bench.plane.state.work_item("WEB-1")
    link = WorkItemId(row.project_id, row.id)
    url = f"{LINKS.app_url}/acme/projects/{link.project_id}/issues/{link.work_item_id}"
    message, share_id = bench.share(bench.slack.add_file(), text=f"WEB-1 <{url}>")
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)

    bench.reply(share_id)

    assert bench.told(message)[0].count("is attached.") == 1
    assert len(bench.records()) == 1


def test_a_reply_that_somebody_deleted_is_posted_anew(bench):
    message, share_id = attached(bench)
    bench.reply(share_id)
    (reply,) = bench.slack.replies_by_bot(message.channel_id, message.ts)
    bench.slack.delete(reply)
    bench.clock.now += 60
    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(1)

    bench.reply(share_id)

    (text,) = bench.told(message)
    assert "was removed again." in text


def test_a_reply_that_may_not_be_edited_is_not_posted_anew(bench, caplog):
    message, share_id = attached(bench)
    bench.reply(share_id)
    bench.ledger.replies.show(share_id, ts="1.1", digest="of something else")
    bench.ledger.shares.announce(share_id, {})
    bench.clock.now += EDIT_SECONDS
    refusal = b'{"ok": false, "error": "cant_update_message"}'
    bench.slack.fail(Fault("slack.chat.update", answer(200, refusal)))

    bench.reply(share_id)

    assert len(bench.told(message)) == 1
    assert "cannot be answered" in caplog.text


def test_a_deleted_reply_that_is_posted_anew_is_never_doubled(bench):
    message, share_id = attached(bench)
    bench.reply(share_id)
    (first,) = bench.slack.replies_by_bot(message.channel_id, message.ts)
    bench.slack.delete(first)
    bench.ledger.replies.show(share_id, ts=first.ts, digest="of something else")
    bench.ledger.shares.announce(share_id, {})
    bench.slack.fail(Fault("slack.chat.postMessage", cut, phase="after"))

    for _ in range(3):
        bench.clock.now += 10
        bench.reply(share_id)

    assert len(bench.told(message)) == 1


def test_a_reply_is_not_held_back_for_as_long_as_the_clock_was_set_back(bench):
    message, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.clock.now += QUIET_SECONDS
    bench.reply(share_id)
    bench.attach(attachment_id)

    bench.clock.now -= 86_400  # while the bot did not run
    bench.reply(share_id)

    assert "is attached." in bench.told(message)[0]


# --- what may come late ---------------------------------------------------------


def look_at(bench, share_id, operation):
    """Have what the ledger knows kept while Slack carries *operation* out."""
    known = []

    def look(request):
        known.append(bench.ledger.replies.get(share_id))

    bench.slack.fail(Fault(operation, look))
    return known


def test_the_ledger_knows_how_late_a_post_or_an_edit_may_come(bench):
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    bench.clock.now += QUIET_SECONDS
    posted = look_at(bench, share_id, "slack.chat.postMessage")
    bench.reply(share_id)
    bench.attach(attachment_id)
    bench.clock.now += EDIT_SECONDS
    edited = look_at(bench, share_id, "slack.chat.update")
    bench.reply(share_id)

    latest = bench.clock.now + LATEST_SECONDS
    assert posted[0].not_before == latest - EDIT_SECONDS
    assert edited[0].not_before == latest
    assert bench.ledger.replies.get(share_id).not_before == 0.0


@pytest.mark.parametrize("seconds", [0, LATEST_SECONDS - 0.1])
def test_a_reply_that_a_killed_bot_sent_is_not_sent_again_before_it_can_be_there(
    bench, seconds
):
    message, share_id = attached(bench)
    until = bench.clock.now + LATEST_SECONDS
    bench.ledger.replies.posting(share_id, until=until)

    bench.clock.now += seconds
    bench.reply(share_id)
    assert bench.told(message) == []
    assert bench.agenda.jobs[-1][1] == until
    bench.clock.now = until
    bench.reply(share_id)

    assert len(bench.told(message)) == 1


def test_a_reply_that_a_killed_bot_posted_is_taken_up_at_once(bench):
    message, share_id = attached(bench)
    until = bench.clock.now + LATEST_SECONDS
    bench.ledger.replies.posting(share_id, until=until)
    marker = bench.ledger.replies.get(share_id).trigger
    place = {"channel_id": message.channel_id, "thread_ts": message.ts}
    bench.api.post_reply(**place, text="on its way", blocks=[], marker=marker)

    bench.reply(share_id)
    bench.clock.now += EDIT_SECONDS
    bench.reply(share_id)

    (text,) = bench.told(message)
    assert "is attached." in text
    assert bench.ledger.replies.unfinished() == []


def test_what_a_reply_waits_for_is_not_cut_short_by_its_post_that_is_there(bench):
    """Only of an earlier process it is not known; this one waits for Slack's calm."""
    message, share_id = attached(bench)
    bench.slack.fail(Fault("slack.chat.postMessage", cut, "after"))
    bench.reply(share_id)
    again = bench.agenda.jobs[-1][1]
    assert len(bench.told(message)) == 1

    bench.reply(share_id)

    assert bench.agenda.jobs[-1][1] == again
    assert bench.slack.calls("conversations.replies") == []


def test_a_slack_that_tells_nothing_of_the_thread_ends_no_wait(bench):
    message, share_id = attached(bench)
    until = bench.clock.now + LATEST_SECONDS
    bench.ledger.replies.posting(share_id, until=until)
    bench.slack.fail(Fault("slack.conversations.replies", answer(503), times=2))

    bench.reply(share_id)

    assert bench.told(message) == []
    assert bench.agenda.jobs[-1][1] == until


def ends(caplog):
    return [each.message for each in caplog.records if " outcome=" in each.message]


def test_the_end_of_a_share_is_told_once_with_all_before_it(bench, caplog):
    caplog.set_level("INFO")
    _, share_id = attached(bench)
    bench.clock.now += 3

    bench.reply(share_id)
    bench.reply(share_id)

    assert ends(caplog) == [
        "share=1 attachment=1 key=WEB-1 outcome=Attached bytes=16 seconds=0.000",
        "share=1 outcome=done seconds=3.000",
    ]
    assert bench.meter.ended == [("attachment", "Attached"), ("share", "done")]


def test_a_share_under_way_has_not_ended(bench):
    _, share_id = bench.share(bench.slack.add_file())
    bench.plan(share_id)
    bench.clock.now += QUIET_SECONDS

    bench.reply(share_id)

    assert bench.meter.ended == []


def test_a_share_that_names_nothing_known_ends_quietly(bench, caplog):
    caplog.set_level("INFO")
    message, share_id = bench.share(bench.slack.add_file(), text="UTF-8")
    bench.plan(share_id)

    bench.reply(share_id)

    assert bench.told(message) == []
    assert ends(caplog) == ["share=1 outcome=quiet seconds=0.000"]
    assert bench.meter.ended == [("share", "quiet")]


def test_a_share_that_cannot_be_answered_ends_all_the_same(bench):
    _, share_id = attached(bench)
    refusal = answer(200, b'{"ok": false, "error": "msg_too_long"}', JSON)
    bench.slack.fail(Fault("slack.chat.postMessage", refusal))

    bench.reply(share_id)

    assert bench.meter.ended[-1] == ("share", "unanswered")
