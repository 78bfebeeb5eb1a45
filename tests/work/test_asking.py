"""Files of private conversations go to Plane when their sharers say yes."""

import pytest
from sqlalchemy import select

from bot.config import PrivateFiles
from bot.domain.mentions import parse_mention
from bot.domain.outcomes import ATTACHED, Outcome
from bot.domain.presses import Decision, Press
from bot.domain.references import WorkItemKey
from bot.errors import BotNotInvited, PlaneUnavailable, PrivateConversation
from bot.sandbox.wire import Fault, answer, cut
from bot.work.ledger.parts import Resolution
from bot.work.ledger.schema import attachments
from bot.work.ledger.states import AttachmentState
from bot.work.runner import JobKind
from tests.work.bench import LINKS
from tests.work.values import found, item_id, make_file, make_share

ASK = PrivateFiles.ASK
SECRET = {"channel": "CSECRET"}


@pytest.fixture
def file(bench):
    return bench.slack.add_file()


@pytest.fixture
def asked(bench, file):
    """A private file that Anna was asked about: its message, share and question."""
    message, share_id = bench.share(file, **SECRET)
    assert bench.plan(share_id, private=ASK) == []
    bench.reply(share_id)
    (question,) = bench.slack.ephemerals("UANNA")
    bench.clock.now += 60
    return message, share_id, question


def show(bench, share_id):
    """Run the reply's job, later than its last edit."""
    bench.clock.now += 60
    bench.reply(share_id)


def codes(bench, share_id):
    return [line.outcome and line.outcome.code for line in bench.lines(share_id)]


def buttons(bench, message):
    (reply,) = bench.slack.replies_by_bot(message.channel_id, message.ts)
    rows = [each["elements"] for each in reply.blocks if each["type"] == "actions"]
    return [each["text"]["text"] for row in rows for each in row]


def assert_nothing_is_sent(bench):
    """Nothing is in Plane, and no start would take anything up."""
    assert bench.records() == []
    assert bench.calls() == []
    assert bench.ledger.attachments.unfinished() == []


# --- asking -------------------------------------------------------------------


def test_the_sharer_is_asked_in_the_thread_and_nothing_is_sent(bench, asked):
    message, _, question = asked

    assert (question.channel_id, question.thread_ts) == ("CSECRET", message.ts)
    assert "`design.pdf` to WEB-1" in question.text
    assert "✋ I am asking <@UANNA> whether `design.pdf`" in bench.told(message)[0]
    assert buttons(bench, message) == ["Ask again"]
    assert_nothing_is_sent(bench)
    assert bench.ledger.replies.unfinished() == []


def test_the_question_comes_after_the_reply_that_makes_the_thread(bench, asked):
    methods = [call.method for call in bench.slack.calls()]

    assert methods == ["chat.postMessage", "chat.postEphemeral"]


def test_who_was_asked_is_not_asked_by_itself_again(bench, asked):
    _, share_id, _ = asked

    bench.ledger.shares.announce(share_id, {})
    show(bench, share_id)

    assert len(bench.slack.ephemerals("UANNA")) == 1


@pytest.mark.parametrize(
    ("private", "channel"),
    [(ASK, "CGENERAL"), (PrivateFiles.ALLOW, "CSECRET")],
)
def test_nobody_is_asked_where_that_is_not_wanted(bench, file, private, channel):
    _, share_id = bench.share(file, channel=channel)

    assert len(bench.plan(share_id, private=private)) == 1

    assert bench.ledger.consents.questions(share_id) == []


def test_a_stranger_is_not_asked_but_refused(bench, file):
    _, share_id = bench.share(file, user="USTRANGER", channel="CSHARED")
    with bench.ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE shares SET is_private = TRUE")

    bench.plan(share_id, private=ASK)

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "ExternalPerson"


def test_whoever_reacts_it_is_the_sharer_who_is_asked(bench, file):
    message = bench.slack.share([file], text="WEB-1", **SECRET)
    share_id = bench.react(message, user="UBEN")

    bench.plan(share_id, private=ASK)
    bench.reply(share_id)

    (question,) = bench.slack.ephemerals("UANNA")
    assert "<@UBEN> asks for it." in question.text
    assert bench.slack.ephemerals("UBEN") == []


def test_each_is_asked_about_their_own_files(bench):
    root = bench.slack.share([bench.slack.add_file(name="a.pdf")], **SECRET)
    talk = {**SECRET, "thread_ts": root.ts, "user": "UBEN"}
    bens = bench.slack.add_file(name="b.pdf", user="UBEN")
    bench.slack.share([bens], text="mine", **talk)
    message = bench.slack.post("<@UBOT> WEB-1 WEB-2", **talk)
    share = parse_mention(bench.heard(message), links=LINKS)
    share_id = bench.ledger.shares.add(share)
    bench.plan(share_id, private=ASK)
    bench.reply(share_id)
    (to_anna,) = bench.slack.ephemerals("UANNA")
    (to_ben,) = bench.slack.ephemerals("UBEN")
    assert "a.pdf" in to_anna.text
    assert "b.pdf" not in to_anna.text
    assert "`b.pdf` to WEB-1, WEB-2" in to_ben.text

    assert bench.decide(to_anna, is_yes=True, user="UBEN") is None
    granted = bench.decide(to_ben, is_yes=True)
    bench.decide(to_anna, is_yes=False)

    refused, open_ = "ConsentRefused", None
    assert codes(bench, share_id) == [refused, open_] * 2
    for attachment_id in granted.attachment_ids:
        bench.attach(attachment_id)
    assert bench.attached("WEB-1") == bench.attached("WEB-2") == [bens.sha256]


def test_where_slack_does_not_tell_whose_a_file_is_its_asker_is_asked(ledger):
    share_id, _ = held(ledger)

    (question,) = ledger.consents.questions(share_id)

    assert (question.sharer, question.asked_by) == ("U1", "U1")


# --- what may go wrong with asking --------------------------------------------


def test_a_question_that_slack_does_not_take_is_told(bench, file, caplog):
    message = bench.slack.share([file], text="WEB-1", **SECRET)
    share_id = bench.react(message, user="UBEN")
    bench.plan(share_id, private=ASK)
    bench.slack.state.channels["CSECRET"].members.remove("UANNA")

    bench.agenda.jobs.clear()
    show(bench, share_id)
    assert bench.agenda.take(JobKind.REPLY) == [share_id]
    show(bench, share_id)

    (told,) = bench.told(message)
    assert "I could not ask <@UANNA> whether `design.pdf`" in told
    assert "user_not_in_channel" in told
    assert buttons(bench, message) == ["Ask again"]
    assert "user_not_in_channel" in caplog.text
    assert_nothing_is_sent(bench)
    assert bench.ledger.replies.unfinished() == []

    bench.slack.state.channels["CSECRET"].members.add("UANNA")
    assert bench.ledger.presses.retry(bench.press(share_id, user="UBEN", **SECRET))
    assert bench.plan(share_id, private=ASK) == []
    show(bench, share_id)

    assert len(bench.slack.ephemerals("UANNA")) == 1
    assert "I am asking <@UANNA>" in bench.told(message)[0]


@pytest.mark.parametrize(
    "away", [cut, answer(200, b'{"ok": false, "error": "token_revoked"}')]
)
def test_a_question_waits_until_slack_takes_it(bench, file, away):
    bench.slack.fail(Fault("slack.chat.postEphemeral", away, times=2))
    _, share_id = bench.share(file, **SECRET)
    bench.plan(share_id, private=ASK)

    bench.reply(share_id)
    assert bench.ledger.replies.unfinished() != []
    for _ in range(2):
        show(bench, share_id)

    assert len(bench.slack.ephemerals("UANNA")) == 1
    assert bench.ledger.replies.unfinished() == []
    assert len(bench.slack.calls("chat.postMessage")) == 1


def test_a_question_put_before_a_crash_is_put_again_and_both_count(bench, file):
    """The process ended before the ledger knew that Slack had taken it."""
    _, share_id = bench.share(file, **SECRET)
    bench.plan(share_id, private=ASK)
    (question,) = bench.ledger.consents.questions(share_id)
    bench.reply(share_id)
    (shown,) = bench.slack.ephemerals("UANNA")
    with bench.ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE share_attachments SET consent = 'needed'")

    assert bench.ledger.consents.questions(share_id) == [question]
    assert bench.decide(shown, is_yes=True) == question


def test_an_answer_that_is_quicker_than_the_note_of_the_question_stays(bench, file):
    _, share_id = bench.share(file, **SECRET)
    bench.plan(share_id, private=ASK)
    (question,) = bench.ledger.consents.questions(share_id)
    bench.reply(share_id)
    (shown,) = bench.slack.ephemerals("UANNA")
    bench.decide(shown, is_yes=True)

    bench.ledger.consents.asked(question)
    bench.ledger.consents.unasked(question, BotNotInvited())

    assert codes(bench, share_id) == [None]
    assert bench.decide(shown, is_yes=False) is None


# --- the answer ---------------------------------------------------------------


def test_a_yes_sends_the_file(bench, file, asked):
    message, share_id, question = asked

    granted = bench.decide(question, is_yes=True)

    taken_up = [row[0] for row in bench.ledger.attachments.unfinished()]
    assert taken_up == list(granted.attachment_ids)
    bench.attach(taken_up[0])
    show(bench, share_id)
    assert bench.attached() == [file.sha256]
    assert "`design.pdf` is attached." in bench.told(message)[0]
    assert buttons(bench, message) == ["Undo", "Move"]


def test_a_no_keeps_the_file(bench, asked):
    message, share_id, question = asked

    assert bench.decide(question, is_yes=False)

    show(bench, share_id)
    assert "stays in Slack: the one who shared it said no" in bench.told(message)[0]
    assert buttons(bench, message) == ["Ask again"]
    assert_nothing_is_sent(bench)


@pytest.mark.parametrize("first", [True, False])
def test_only_the_first_answer_counts(bench, asked, first):
    _, share_id, question = asked
    bench.decide(question, is_yes=first)
    before = codes(bench, share_id)

    for is_yes in (True, False):
        assert bench.decide(question, is_yes=is_yes) is None

    assert codes(bench, share_id) == before


@pytest.mark.parametrize(
    "wrong", [{"user": "UBEN"}, {"channel": "CGENERAL"}, {"channel": "GTRIO"}]
)
def test_an_answer_counts_from_who_is_asked_where_they_are_asked(bench, asked, wrong):
    _, share_id, question = asked

    for is_yes in (True, False):
        assert bench.decide(question, is_yes=is_yes, **wrong) is None

    assert codes(bench, share_id) == ["ConsentAwaited"]
    assert_nothing_is_sent(bench)


def test_an_answer_to_another_share_does_nothing(bench, asked):
    _, share_id, question = asked
    _, other_id = bench.share(bench.slack.add_file(), text="WEB-2", **SECRET)
    bench.plan(other_id, private=ASK)
    bench.reply(other_id)
    value = question.blocks[-1]["elements"][0]["value"]
    digest = value.partition(".")[2]

    for number in (other_id, 999):
        question.blocks[-1]["elements"][0]["value"] = f"{number}.{digest}"
        assert bench.decide(question, is_yes=True) is None

    assert codes(bench, share_id) == codes(bench, other_id) == ["ConsentAwaited"]


def test_a_yes_is_for_what_was_asked_and_not_for_what_came_later(bench, asked):
    message, share_id, first = asked
    edited = bench.slack.state.next_ts()
    bench.ledger.shares.add(edit(bench, message, "WEB-1 WEB-2", edited))
    bench.plan(share_id, private=ASK)

    assert bench.decide(first, is_yes=True) is None

    show(bench, share_id)
    _, second = bench.slack.ephemerals("UANNA")
    assert "to WEB-1, WEB-2" in second.text
    assert codes(bench, share_id) == ["ConsentAwaited"] * 2
    assert len(bench.decide(second, is_yes=True).attachment_ids) == 2


def test_what_is_added_after_a_yes_is_asked_for(bench, asked):
    message, share_id, first = asked
    bench.decide(first, is_yes=True)
    edited = bench.slack.state.next_ts()
    bench.ledger.shares.add(edit(bench, message, "WEB-1 WEB-2", edited))

    bench.plan(share_id, private=ASK)
    show(bench, share_id)

    _, second = bench.slack.ephemerals("UANNA")
    assert "`design.pdf` to WEB-2\n" in second.text
    assert codes(bench, share_id) == [None, "ConsentAwaited"]


def edit(bench, message, text, ts):
    """Return the share that the message is after an edit."""
    return make_share(
        *[make_file(file.id, name=file.name) for file in message.files],
        ts=message.ts,
        keys=tuple(text.split()),
        team_id=bench.slack.state.team_id,
        channel_id=message.channel_id,
        user_id=message.user,
        is_private=True,
        version=ts,
    )


# --- ways around it -----------------------------------------------------------


@pytest.mark.parametrize("is_yes", [None, False])
def test_a_retry_only_asks_again(bench, asked, is_yes):
    message, share_id, question = asked
    if is_yes is not None:
        bench.decide(question, is_yes=is_yes)

    assert bench.ledger.presses.retry(bench.press(share_id, user="UBEN", **SECRET))
    assert_nothing_is_sent(bench)  # killed here, too
    assert bench.plan(share_id, private=ASK) == []
    show(bench, share_id)

    assert_nothing_is_sent(bench)
    _, again = bench.slack.ephemerals("UANNA")
    assert bench.slack.ephemerals("UBEN") == []
    assert "I am asking <@UANNA>" in bench.told(message)[0]
    bench.decide(again, is_yes=True)
    assert codes(bench, share_id) == [None]


def test_what_was_granted_is_tried_again_without_a_question(bench, file, asked):
    _, share_id, question = asked
    file.misbehave("sign_in", times=1)
    (attachment_id,) = bench.decide(question, is_yes=True).attachment_ids
    bench.attach(attachment_id)
    assert codes(bench, share_id) == ["SignInPage"]

    assert bench.ledger.presses.retry(bench.press(share_id, user="UBEN", **SECRET))
    assert bench.plan(share_id, private=ASK) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]


def test_what_failed_before_the_setting_changed_is_asked_for(bench, file):
    file.misbehave("sign_in", times=1)
    _, share_id = bench.share(file, **SECRET)
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)

    assert bench.ledger.presses.retry(bench.press(share_id, **SECRET))
    assert bench.plan(share_id, private=ASK) == []

    assert codes(bench, share_id) == ["ConsentAwaited"]
    assert bench.ledger.attachments.unfinished() == []


def test_what_is_under_way_when_the_setting_changes_goes_on(bench, file):
    _, share_id = bench.share(file, **SECRET)
    (attachment_id,) = bench.plan(share_id)

    assert bench.ledger.shares.plan(share_id, [], needs_consent=True) == [attachment_id]


def test_a_work_item_that_a_retry_finds_is_asked_for(bench, file):
    _, share_id = bench.share(file, text="WEB-1 OPS-3", **SECRET)
    bench.plan(share_id, private=ASK)
    bench.reply(share_id)
    bench.decide(bench.slack.ephemerals("UANNA")[0], is_yes=True)
    bench.plane.state.add_work_item(bench.plane.state.project("OPS"), "The missing one")

    assert bench.ledger.presses.retry(bench.press(share_id, user="UBEN", **SECRET))
    bench.clock.now += 600
    bench.plan(share_id, private=ASK)

    assert codes(bench, share_id) == [None, "ConsentAwaited"]


# --- the same file elsewhere --------------------------------------------------


def test_the_same_file_in_a_public_channel_is_attached_for_that_share(bench, file):
    _, private_id = bench.share(file, **SECRET)
    bench.plan(private_id, private=ASK)
    _, public_id = bench.share(file)

    (attachment_id,) = bench.plan(public_id, private=ASK)
    bench.attach(attachment_id)

    assert codes(bench, public_id) == ["Attached"]
    assert codes(bench, private_id) == ["ConsentAwaited"]
    bench.reply(private_id)
    bench.decide(bench.slack.ephemerals("UANNA")[0], is_yes=True)
    bench.attach(attachment_id)
    assert codes(bench, private_id) == ["AlreadyAttached"]
    assert bench.attached() == [file.sha256]


def test_a_private_share_waits_also_while_the_file_is_under_way_elsewhere(bench, file):
    _, public_id = bench.share(file)
    (attachment_id,) = bench.plan(public_id, private=ASK)
    _, private_id = bench.share(file, **SECRET)

    assert bench.plan(private_id, private=ASK) == []
    bench.attach(attachment_id)

    assert codes(bench, private_id) == ["ConsentAwaited"]


# --- the ledger alone ---------------------------------------------------------


def held(ledger, *files, **fields):
    share = make_share(*files, **fields)
    share_id = ledger.shares.add(share)
    found = [
        Resolution(each, str(each), item_id(0), item_id(each.sequence_id))
        for each in share.references
    ]
    return share_id, ledger.shares.plan(share_id, found, needs_consent=True)


def test_what_is_held_is_open_for_nobody(ledger):
    share_id, work = held(ledger, "F1", "F2", keys=("WEB-1", "WEB-2"))

    assert work == []
    assert [ledger.attachments.get_open(each) for each in range(1, 5)] == [None] * 4
    with ledger.database.read() as connection:
        states = connection.execute(select(attachments.c.state)).scalars().all()
    assert states == [AttachmentState.HELD] * 4
    (question,) = ledger.consents.questions(share_id)
    assert [(each.name, each.keys) for each in question.files] == [
        ("F1.pdf", ("WEB-1", "WEB-2")),
        ("F2.pdf", ("WEB-1", "WEB-2")),
    ]
    assert sorted(question.attachment_ids) == [1, 2, 3, 4]


def test_what_the_settings_refuse_by_now_is_never_open(ledger):
    share_id = ledger.shares.add(make_share("F1", "F2"))
    refusal = Outcome.of(PrivateConversation())

    assert ledger.shares.plan(share_id, [found("WEB-1")], refusal=refusal) == []

    (item,) = ledger.replies.get(share_id).report.items
    assert [line.outcome for line in item.files] == [refusal, refusal]
    assert ledger.attachments.unfinished() == []


def test_what_nobody_knows_to_be_a_work_item_needs_no_consent(ledger):
    share_id = ledger.shares.add(make_share())

    ledger.shares.plan(
        share_id, [Resolution(WorkItemKey("WEB", 1))], needs_consent=True
    )

    assert ledger.consents.questions(share_id) == []
    assert ledger.replies.unfinished() == []


def test_what_somebody_else_attached_since_is_woken_by_a_yes(ledger):
    private_id, _ = held(ledger, make_file("F1", shared_by="U1"))
    (question,) = ledger.consents.questions(private_id)
    public_id, (attachment_id,) = ledger.plan(make_share(ts="1700000000.000200"))
    ledger.attachments.postpone(
        attachment_id, PlaneUnavailable(), until=ledger.clock.now + 300
    )
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))

    ledger.consents.decide(press_of(question))

    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.share_id, open_.state) == (private_id, AttachmentState.PENDING)
    assert open_.attempts.number == 0
    assert ledger.attachments.unfinished() == [(attachment_id, "C1", ledger.clock.now)]
    assert public_id != private_id


def press_of(question):
    press = Press("T1", "C1", question.sharer, question.share_id)
    return Decision(press, question.digest, is_yes=True, response_url="")


def test_who_was_asked_is_known_at_home_only(ledger):
    share_id, _ = held(ledger, make_file("F1", shared_by="U2"))
    (question,) = ledger.consents.questions(share_id)
    press = press_of(question).press

    assert ledger.consents.was_asked(press)
    for name, other in [("user_id", "U1"), ("channel_id", "C2"), ("team_id", "T2")]:
        fields = {each: getattr(press, each) for each in press.__slots__}
        assert not ledger.consents.was_asked(press.__class__(**fields | {name: other}))
