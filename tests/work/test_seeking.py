"""What a trigger did not bring is sought: message, files and work item."""

import json
from dataclasses import replace

import pytest

from bot.config import PrivateFiles
from bot.domain.commands import parse_command
from bot.domain.deletions import Deletion
from bot.domain.files import SharedFile
from bot.domain.forms import Entries, Form, MessageFiles, Uploads
from bot.domain.mentions import parse_mention
from bot.domain.references import WorkItemKey
from bot.domain.submissions import build_share
from bot.errors import DAY
from bot.sandbox.slack.messages import permalink
from bot.sandbox.slack.responding import Place
from bot.sandbox.wire import Fault, answer, cut
from bot.work.runner import Job, JobKind
from tests.work.bench import LINKS
from tests.work.values import item_id


def planned(bench, share_id, **options):
    """Run the share's job; return the keys of its work items and its files' names."""
    bench.plan(share_id, **options)
    items = bench.ledger.replies.get(share_id).report.items
    names = {line.name for item in items for line in item.files}
    return [item.key for item in items], sorted(names)


def told(bench, share_id):
    """Return the code of what the share ended with; None where that is nothing."""
    report = bench.ledger.replies.get(share_id).report
    assert report.is_private or report.notice is None
    assert bench.ledger.shares.get_new(share_id) is None
    return report.notice.code if report.notice else None


def told_of(bench, command):
    """Type /attach WEB-1 and return the code of what it ended with."""
    bench.plan(share_id := command("WEB-1"))
    return told(bench, share_id)


def with_clock(bench, seconds, act):
    """Have *act* happen some seconds from now, or before now."""
    clock = bench.slack.state.clock
    bench.slack.state.clock = lambda: clock() + seconds
    try:
        return act()
    finally:
        bench.slack.state.clock = clock


def post(bench, text, *names, **options):
    files = [bench.slack.add_file(name=name) for name in names]
    return bench.slack.share(files, text=text, **options)


def mention(bench, text, thread_ts, *names, **options):
    """Mention the bot in a thread; return the share's id."""
    message = post(bench, f"<@UBOT> {text}", *names, thread_ts=thread_ts, **options)
    share = parse_mention(bench.heard(message), links=LINKS)
    return bench.ledger.shares.add(share)


def link(file):
    return f"https://acme.slack.com/files/UANNA/{file.id}/{file.name}"


@pytest.fixture
def command(bench):
    """How to type /attach; returns the share's id."""

    def type_(text, *, user="UANNA", channel="CGENERAL", now=None, **fields):
        form = {"text": text, "team_id": "T1", "channel_id": channel, "user_id": user}
        form |= {"channel_name": "general", "trigger_id": bench.slack.state.next_ts()}
        form |= fields
        now = bench.slack.state.clock() if now is None else now
        return bench.ledger.shares.add(parse_command(form, links=LINKS, now=now).share)

    return type_


# --- reactions ----------------------------------------------------------------


def test_a_reaction_attaches_the_files_of_its_message(bench):
    message = post(bench, "see WEB-1", "a.pdf", "b.pdf")

    share_id = bench.react(message)

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf", "b.pdf"])
    reply = bench.ledger.replies.get(share_id)
    assert (reply.message_ts, reply.thread_ts) == (message.ts, message.ts)


def test_on_a_message_without_files_it_does_nothing(bench):
    message = bench.slack.post("see WEB-1")

    share_id = bench.react(message)

    assert planned(bench, share_id) == ([], [])
    assert told(bench, share_id) is None
    bench.reply(share_id)
    assert bench.told(message) == []
    assert bench.slack.calls("chat.postEphemeral") == []


def test_on_a_message_that_is_gone_it_does_nothing(bench):
    message = post(bench, "see WEB-1", "a.pdf")
    bench.slack.delete(message)

    share_id = bench.react(message)

    assert planned(bench, share_id) == ([], [])
    assert told(bench, share_id) is None


@pytest.mark.parametrize(
    ("places", "key"),
    [
        (("message", "root", "earlier", "near", "title"), "WEB-1"),
        (("root", "earlier", "near", "later", "title"), "WEB-2"),
        (("earlier", "near", "later", "title"), "OPS-1"),
        (("earlier", "later", "title"), "WEB-3"),
        (("later", "title"), "OPS-2"),
    ],
)
def test_the_work_item_is_looked_for_in_order(bench, places, key):
    def text(place, words):
        return words if place in places else "nothing"

    root = bench.slack.post(text("root", "root: WEB-2"))
    bench.slack.post(text("earlier", "earlier: WEB-3"), thread_ts=root.ts)
    bench.slack.post(text("near", "nearest: OPS-1"), thread_ts=root.ts)
    bench.slack.post("not here", thread_ts=root.ts)
    title = text("title", "design for OPS-2")
    file = bench.slack.add_file(name="a.pdf", title=title)
    message = bench.slack.share(
        [file], text=text("message", "here: WEB-1"), thread_ts=root.ts
    )
    bench.slack.post(text("later", "WEB-4"), thread_ts=root.ts)

    assert planned(bench, bench.react(message)) == ([key], ["a.pdf"])


def test_a_files_name_counts_where_its_title_has_no_key(bench):
    file = bench.slack.add_file(name="WEB-2 plan.pdf", title="The plan")
    message = bench.slack.share([file], text="look")

    assert planned(bench, bench.react(message))[0] == ["WEB-2"]


def test_what_only_looks_like_a_key_is_passed_over(bench):
    root = bench.slack.post("this is WEB-2, not SHA-256")
    message = post(bench, "UTF-8 and ISO-8859", "a.pdf", thread_ts=root.ts)

    assert planned(bench, bench.react(message))[0] == ["WEB-2"]


def test_what_a_bot_wrote_in_the_thread_is_not_asked_for(bench):
    root = bench.slack.post("hello")
    bench.slack.post("WEB-1", thread_ts=root.ts, fields={"bot_id": "B1"})
    message = post(bench, "look", "a.pdf", thread_ts=root.ts)

    share_id = bench.react(message)

    assert planned(bench, share_id) == ([], [])
    assert told(bench, share_id) == "NoWorkItemNamed"


def test_where_nothing_tells_the_work_item_only_the_one_who_reacted_is_told(bench):
    message = post(bench, "look", "a.pdf")
    share_id = bench.react(message, user="UBEN")

    bench.plan(share_id)
    assert told(bench, share_id) == "NoWorkItemNamed"
    bench.reply(share_id)

    (call,) = bench.slack.calls("chat.postEphemeral")
    assert (call.text("user"), call.text("channel")) == ("UBEN", "CGENERAL")
    assert "I found no work item for that message" in call.text("text")
    assert bench.told(message) == []
    assert bench.ledger.replies.unfinished() == []


@pytest.mark.parametrize(
    ("channel", "works"), [("CGENERAL", True), ("CSECRET", False), ("DANNA", False)]
)
def test_slack_is_asked_whether_a_conversation_is_private(bench, channel, works):
    message = post(bench, "WEB-1", "a.pdf", channel=channel)

    bench.plan(share_id := bench.react(message), private=PrivateFiles.DENY)

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert (item.problem is None) is works


def test_the_files_of_a_stranger_are_a_strangers_whoever_reacts(bench):
    theirs = {"user": "USTRANGER", "fields": {"user_team": "T2"}}
    message = post(bench, "WEB-1", "a.pdf", channel="CSHARED", **theirs)

    bench.plan(share_id := bench.react(message, user="UANNA"))

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "ExternalPerson"


def test_a_message_that_does_not_tell_its_workspace_is_of_ours(bench):
    message = post(bench, "WEB-1", "a.pdf")
    said = {"ts": message.ts, "user": "UANNA", "text": "WEB-1"}
    said["files"] = [{"id": message.files[0].id}]
    page = json.dumps({"ok": True, "messages": [said]}).encode()
    bench.slack.fail(Fault("slack.conversations.replies", answer(200, page)))

    assert len(bench.plan(bench.react(message))) == 1


def react_in_shared_channel(bench, user):
    message = post(bench, "WEB-1", "a.pdf", channel="CSHARED")
    return bench.react(message, user=user)


def share_in_shared_channel(bench, user, text="WEB-1"):
    file = bench.slack.add_file()
    return bench.share(file, text=text, user=user, channel="CSHARED")[1]


def mention_in_shared_channel(bench, user):
    root = post(bench, "", "a.pdf", channel="CSHARED")
    return mention(bench, "WEB-1", root.ts, user=user, channel="CSHARED")


@pytest.mark.parametrize(
    ("user", "problem"), [("UANNA", None), ("USTRANGER", "ExternalPerson")]
)
@pytest.mark.parametrize(
    "ask",
    [react_in_shared_channel, share_in_shared_channel, mention_in_shared_channel],
)
def test_in_a_shared_channel_slack_is_asked_whose_person_it_was(
    bench, ask, user, problem
):
    share_id = ask(bench, user)

    assert len(bench.plan(share_id)) == (problem is None)

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert (item.problem and item.problem.code) == problem


def test_in_a_shared_channel_a_message_with_no_known_project_stays_quiet(bench):
    bench.plan(share_id := share_in_shared_channel(bench, "UANNA", text="UTF-8"))

    assert told(bench, share_id) is None


def test_in_a_shared_channel_a_message_that_was_deleted_is_not_spoken_of(bench):
    message, share_id = bench.share(bench.slack.add_file(), channel="CSHARED")
    deletion = Deletion("T1", "CSHARED", message.ts)
    bench.ledger.withdrawals.withdraw(deletion)

    bench.plan(share_id)

    assert told(bench, share_id) is None
    assert bench.ledger.replies.get(share_id).report.is_left_out


@pytest.mark.parametrize(
    "refusal",
    [answer(503, b""), answer(200, b'{"ok": false, "error": "token_revoked"}')],
    ids=["away", "token"],
)
def test_while_slack_does_not_tell_whose_person_it_was_the_thread_is_told(
    bench, refusal
):
    bench.directory.find_project(WorkItemKey("WEB", 1))
    bench.slack.fail(Fault("slack.users.info", refusal, times=2))
    share_id = share_in_shared_channel(bench, "UANNA")

    bench.plan(share_id)

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.waiting_for.code == "SlackUnavailable"


def test_in_a_channel_of_ours_slack_is_not_asked_whose_person_it_was(bench):
    bench.plan(bench.react(post(bench, "WEB-1", "a.pdf")))
    bench.plan(bench.share(bench.slack.add_file())[1])

    assert bench.slack.calls("users.info") == []


@pytest.mark.parametrize("error", ["user_not_found", "missing_scope"])
def test_who_is_not_known_to_slack_counts_as_of_another_organisation(bench, error):
    body = b'{"ok": false, "error": "%s", "needed": "users:read"}' % error.encode()
    bench.slack.fail(Fault("slack.users.info", answer(200, body)))
    share_id = react_in_shared_channel(bench, "UANNA")

    assert bench.plan(share_id) == []

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "ExternalPerson"


def test_while_slack_does_not_tell_whose_person_reacted_it_is_asked_again(bench):
    bench.slack.fail(Fault("slack.users.info", cut, times=2))
    share_id = react_in_shared_channel(bench, "UANNA")

    assert bench.plan(share_id) == []
    assert len(bench.plan(share_id)) == 1


# --- mentions -----------------------------------------------------------------


def test_a_mention_attaches_the_files_of_its_thread_up_to_there_each_once(bench):
    first = bench.slack.add_file(name="a.pdf")
    root = bench.slack.share([first], text="first")
    bench.slack.share([first], text="again", thread_ts=root.ts)
    post(bench, "WEB-2", "b.pdf", thread_ts=root.ts)
    share_id = mention(bench, "WEB-1", root.ts, "c.pdf")
    post(bench, "later", "d.pdf", thread_ts=root.ts)

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf", "b.pdf", "c.pdf"])
    assert bench.ledger.replies.get(share_id).thread_ts == root.ts


def test_a_thread_without_files_is_told(bench):
    root = bench.slack.post("hello")

    bench.plan(share_id := mention(bench, "WEB-1", root.ts))

    assert told(bench, share_id) == "NoFilesFound"


def test_a_strangers_file_in_the_thread_is_guarded_as_elsewhere(bench):
    root = post(bench, "ours", "a.pdf", channel="CSHARED")
    talk = {"channel": "CSHARED", "thread_ts": root.ts, "user": "USTRANGER"}
    bench.slack.post("words of theirs do no harm", **talk)
    fine = mention(bench, "WEB-1", root.ts, channel="CSHARED")
    theirs = mention(bench, "WEB-1", root.ts, channel="CSHARED", user="USTRANGER")
    assert len(bench.plan(fine)) == 1
    post(bench, "theirs", "b.pdf", **talk, fields={"user_team": "T2"})
    guarded = mention(bench, "WEB-1", root.ts, channel="CSHARED")

    for share_id in (theirs, guarded):
        assert bench.plan(share_id) == []
        (item,) = bench.ledger.replies.get(share_id).report.items
        assert item.problem.code == "ExternalPerson"


# --- the command --------------------------------------------------------------


def test_the_callers_latest_files_are_taken(bench, command):
    post(bench, "older", "a.pdf")
    latest = post(bench, "latest", "b.pdf")
    post(bench, "another's", "c.pdf", user="UBEN")
    bench.slack.post("no files")

    share_id = command("WEB-1")

    assert planned(bench, share_id) == (["WEB-1"], ["b.pdf"])
    assert bench.ledger.replies.get(share_id).thread_ts == latest.ts


@pytest.fixture
def answered(bench, command):
    """How to type /attach WEB-1 with a response URL; returns the share's id."""

    def type_(text="WEB-1", channel="CGENERAL"):
        place = Place("UANNA", channel)
        url = bench.slack._desk.response_urls.issue("commands", place)
        share_id = command(text, channel=channel)
        bench.response_urls.keep(bench.ledger.replies.get(share_id).trigger, url)
        return share_id

    return type_


def test_the_caller_is_told_which_files_of_which_message_were_taken(bench, answered):
    message = post(bench, "", "a.pdf", "b.pdf")

    assert len(bench.plan(answered())) == 2

    (told,) = bench.slack.ephemerals("UANNA", "CGENERAL")
    ts, stamp = int(float(message.ts)), message.ts.replace(".", "")
    assert told.text == (
        f"I took `a.pdf` and `b.pdf` from <!date^{ts}^your message of {{time}}"
        f"^https://acme.slack.com/archives/CGENERAL/p{stamp}|your message>."
    )


def test_files_that_a_link_named_are_not_told_again(bench, answered):
    message = post(bench, "", "a.pdf")

    assert len(bench.plan(answered(f"WEB-1 {permalink(message)}"))) == 1

    assert bench.slack.responses == []


@pytest.mark.parametrize("operation", ["slack.respond", "slack.auth.test"])
def test_files_are_attached_though_their_caller_cannot_be_told(
    bench, answered, operation
):
    post(bench, "", "a.pdf")
    bench.slack.fail(Fault(operation, cut, times=2))
    bench.slack.fail(Fault("slack.chat.postEphemeral", cut, times=2))

    assert len(bench.plan(answered())) == 1

    told = [each.text for each in bench.slack.ephemerals("UANNA")]
    assert len(told) == (operation == "slack.auth.test")
    assert not any("^https" in text for text in told)


def test_files_are_told_of_without_a_response_url_too(bench, answered):
    post(bench, "", "a.pdf")
    bench.slack.fail(Fault("slack.respond", cut, times=2))

    bench.plan(answered())

    (told,) = bench.slack.ephemerals("UANNA")
    assert "I took `a.pdf`" in told.text


def test_files_in_a_thread_are_the_latest_files_too(bench, command):
    root = bench.slack.post("about the design", user="UBEN")
    post(bench, "in the channel", "a.pdf")
    reply = post(bench, "in the thread", "b.pdf", thread_ts=root.ts)
    post(bench, "another's", "c.pdf", thread_ts=root.ts, user="UBEN")

    share_id = command("WEB-1")

    assert planned(bench, share_id) == (["WEB-1"], ["b.pdf"])
    found = bench.ledger.replies.get(share_id)
    assert (found.message_ts, found.thread_ts) == (reply.ts, root.ts)


def test_files_in_the_channel_are_later_than_those_in_a_thread(bench, command):
    root = bench.slack.post("about the design")
    post(bench, "in the thread", "b.pdf", thread_ts=root.ts)
    post(bench, "in the channel", "a.pdf")
    bench.slack.post("thanks", thread_ts=root.ts, user="UBEN")

    assert planned(bench, command("WEB-1"))[1] == ["a.pdf"]


def test_a_thread_that_is_quiet_since_the_latest_files_is_not_read(bench, command):
    root = bench.slack.post("about the design")
    post(bench, "in the thread", "b.pdf", thread_ts=root.ts)
    post(bench, "in the channel", "a.pdf")

    assert planned(bench, command("WEB-1"))[1] == ["a.pdf"]
    assert bench.slack.calls("conversations.replies") == []


def test_the_latest_files_may_be_in_a_thread_of_yesterday(bench, command):
    with_clock(bench, -DAY, lambda: bench.slack.post("no thread"))
    root = with_clock(bench, -DAY, lambda: post(bench, "the first", "a.pdf"))
    with_clock(bench, -7200, lambda: post(bench, "", "b.pdf", thread_ts=root.ts))
    for number in range(20):
        bench.slack.post(f"and then {number}")
    bench.slack.post("any news?", user="UBEN", thread_ts=root.ts)
    assert told_of(bench, command) == "NoRecentFiles"

    post(bench, "", "c.pdf", thread_ts=root.ts)

    assert planned(bench, command("WEB-1"))[1] == ["c.pdf"]


def test_of_several_threads_the_one_with_the_latest_files_counts(bench, command):
    roots = [bench.slack.post(f"thread {number}") for number in range(3)]
    for root in reversed(roots):
        post(bench, "", f"{root.text}.pdf", thread_ts=root.ts)
    for root in roots:
        bench.slack.post("thanks", thread_ts=root.ts, user="UBEN")

    assert planned(bench, command("WEB-1"))[1] == ["thread 0.pdf"]


def test_no_more_than_ten_threads_are_read_for_the_latest_files(bench, command):
    roots = [bench.slack.post(f"thread {number}") for number in range(12)]
    post(bench, "", "a.pdf", thread_ts=roots[0].ts)
    for root in roots[1:]:
        bench.slack.post("talk", thread_ts=root.ts)

    assert told_of(bench, command) == "NoRecentFiles"
    assert len(bench.slack.calls("conversations.replies")) == 10


def test_a_busy_channel_is_not_read_to_its_end_for_its_threads(bench, command):
    for number in range(150):
        bench.slack.post(str(number))
    post(bench, "", "a.pdf")

    assert planned(bench, command("WEB-1"))[1] == ["a.pdf"]
    assert len(bench.slack.calls("conversations.history")) <= 5


@pytest.mark.parametrize(("age", "code"), [(3500, None), (3700, "NoRecentFiles")])
def test_files_of_the_last_hour_count(bench, command, age, code):
    message = post(bench, "", "a.pdf")

    bench.plan(share_id := command("WEB-1", now=float(message.ts) + age))

    assert told(bench, share_id) == code


def test_a_linked_message_is_taken_whoever_wrote_it(bench, command):
    root = bench.slack.post("root")
    message = post(bench, "", "a.pdf", thread_ts=root.ts, user="UBEN")

    share_id = command(f"WEB-1 {permalink(message)}")

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf"])
    assert bench.ledger.replies.get(share_id).thread_ts == root.ts


def test_the_key_of_the_command_counts_and_not_that_of_the_message(bench, command):
    message = post(bench, "WEB-2", "a.pdf")

    assert planned(bench, command(f"WEB-1 {permalink(message)}"))[0] == ["WEB-1"]


def test_a_linked_message_without_files_is_told(bench, command):
    message = bench.slack.post("nothing in it")

    bench.plan(share_id := command(f"WEB-1 {permalink(message)}"))

    assert told(bench, share_id) == "NoFilesFound"


def test_a_linked_message_of_another_public_channel_is_taken(bench, command):
    message = post(bench, "", "a.pdf", channel="CSHARED")

    share_id = command(f"WEB-1 {permalink(message)}")

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf"])
    assert bench.ledger.replies.get(share_id).channel_id == "CSHARED"


@pytest.mark.parametrize("of", ["message", "file"])
def test_a_link_out_of_a_guests_own_conversations_leads_nowhere(bench, command, of):
    message = post(bench, "", "a.pdf", channel="CSHARED")
    to = permalink(message) if of == "message" else link(message.files[0])

    bench.plan(share_id := command(f"WEB-1 {to}", user="UGUEST"))

    assert told(bench, share_id) == "NotVisible"
    assert bench.slack.calls("conversations.replies") == []


@pytest.mark.parametrize("channel", ["CSECRET", "CHIDDEN", "DGUEST", "GTRIO"])
def test_a_link_into_a_private_conversation_leads_nowhere(bench, command, channel):
    user = "UGUEST" if channel == "DGUEST" else "UANNA"
    message = post(bench, "", "a.pdf", channel=channel, user=user)

    bench.plan(share_id := command(f"WEB-1 {permalink(message)}", user="UBEN"))

    assert told(bench, share_id) == "NotVisible"
    assert bench.slack.calls("conversations.replies") == []


def test_a_link_works_in_the_private_conversation_itself(bench, command):
    message = post(bench, "", "a.pdf", channel="CSECRET")

    share_id = command(f"WEB-1 {permalink(message)}", channel="CSECRET")

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf"])


@pytest.mark.parametrize(
    ("channel", "problems"),
    [("CGENERAL", [None]), ("CSECRET", ["PrivateConversation"])],
)
def test_slack_is_asked_whether_a_command_is_of_a_private_channel(
    bench, command, channel, problems
):
    """Its name tells nothing: Slack's own example calls one "foobar"."""
    post(bench, "", "a.pdf", channel=channel)
    share_id = command("WEB-1", channel=channel, channel_name="foobar")

    bench.plan(share_id, private=PrivateFiles.DENY)

    items = bench.ledger.replies.get(share_id).report.items
    assert [item.problem and item.problem.code for item in items] == problems
    assert len(bench.slack.calls("conversations.info")) == 1


def test_a_linked_file_is_taken_and_none_beside_it(bench, command):
    message = post(bench, "", "a.pdf", "b.pdf")
    file = message.files[1]

    share_id = command(f"WEB-1 https://acme.slack.com/files/UANNA/{file.id}/b.pdf")

    assert planned(bench, share_id) == (["WEB-1"], ["b.pdf"])


@pytest.mark.parametrize("channel", ["CSECRET", "GTRIO", "DANNA"])
def test_a_linked_file_of_another_private_conversation_leads_nowhere(
    bench, command, channel
):
    (file,) = post(bench, "", "a.pdf", channel=channel).files

    bench.plan(share_id := command(f"WEB-1 {link(file)}"))

    assert told(bench, share_id) == "NotVisible"
    assert bench.slack.calls("conversations.replies") == []


def test_a_linked_file_of_another_public_channel_is_taken_and_answered_there(
    bench, command
):
    message = post(bench, "", "a.pdf", "b.pdf", channel="CGENERAL")
    bench.slack.share(message.files[:1], channel="CHIDDEN")

    share_id = command(
        f"WEB-1 {link(message.files[0])}",
        channel="CSECRET",
        channel_name="privategroup",
    )

    assert planned(bench, share_id, private=PrivateFiles.DENY) == (["WEB-1"], ["a.pdf"])
    reply = bench.ledger.replies.get(share_id)
    assert (reply.channel_id, reply.thread_ts) == ("CGENERAL", message.ts)


def test_a_linked_file_is_taken_where_it_was_asked_for_if_it_is_there(bench, command):
    message = post(bench, "", "a.pdf", channel="CGENERAL")
    bench.slack.share(message.files, channel="CSHARED")
    here = bench.slack.share(message.files, channel="CSECRET")

    share_id = command(f"WEB-1 {link(message.files[0])}", channel="CSECRET")

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf"])
    assert bench.ledger.replies.get(share_id).thread_ts == here.ts


def test_a_linked_file_is_looked_for_until_a_message_still_has_it(bench, command):
    gone = post(bench, "", "a.pdf", channel="CGENERAL")
    (file,) = gone.files
    random = bench.slack.share([file], channel="CRANDOM")
    there = bench.slack.share([file], channel="CSHARED")
    assert random.channel_id == "CRANDOM"  # where the bot is not
    lost = answer(200, b'{"ok": false, "error": "thread_not_found"}')
    bench.slack.fail(Fault("slack.conversations.replies", lost))

    share_id = command(f"WEB-1 {link(file)}", channel="CSECRET")

    assert planned(bench, share_id, external=True) == (["WEB-1"], ["a.pdf"])
    assert bench.ledger.replies.get(share_id).message_ts == there.ts


def test_a_linked_file_that_was_taken_out_of_its_message_leads_nowhere(bench, command):
    message = post(bench, "", "a.pdf", "b.pdf")
    file = message.files[0]
    bench.plan(first := command(f"WEB-1 {link(file)}"))
    message.files = message.files[1:]

    bench.plan(second := command(f"WEB-1 {link(file)}"))

    assert told(bench, first) is None
    assert told(bench, second) == "NotVisible"


def test_a_linked_file_of_a_public_channel_without_the_bot_asks_to_be_invited(
    bench, command
):
    (file,) = post(bench, "", "a.pdf", channel="CRANDOM").files

    bench.plan(share_id := command(f"WEB-1 {link(file)}"))

    assert told(bench, share_id) == "BotNotInvited"


def test_a_channel_that_was_made_private_is_no_public_one(bench, command):
    (file,) = post(bench, "", "a.pdf", channel="CSHARED").files
    bench.slack.state.channels["CSHARED"].kind = "group"

    bench.plan(share_id := command(f"WEB-1 {link(file)}"))

    assert told(bench, share_id) == "NotVisible"


def test_what_slack_refuses_for_a_linked_file_is_told(bench, command):
    (file,) = post(bench, "", "a.pdf").files
    odd = answer(200, b'{"ok": false, "error": "something_new"}')
    bench.slack.fail(Fault("slack.conversations.replies", odd))

    bench.plan(share_id := command(f"WEB-1 {link(file)}"))

    assert told(bench, share_id) == "SlackRejected"


def test_a_file_whose_message_is_gone_leads_nowhere(bench, command):
    message = post(bench, "", "a.pdf")
    (file,) = message.files
    gone = answer(200, b'{"ok": false, "error": "thread_not_found"}')
    bench.slack.fail(Fault("slack.conversations.replies", gone))

    bench.plan(
        share_id := command(f"WEB-1 https://acme.slack.com/files/UANNA/{file.id}/a.pdf")
    )

    assert told(bench, share_id) == "NotVisible"


def test_where_the_bot_is_not_it_asks_to_be_invited(bench, command):
    post(bench, "", "a.pdf", channel="CRANDOM")

    bench.plan(share_id := command("WEB-1", channel="CRANDOM"))

    assert told(bench, share_id) == "BotNotInvited"


# --- what goes wrong ----------------------------------------------------------


def test_while_slack_is_down_it_is_sought_again_later(bench):
    message = post(bench, "WEB-1", "a.pdf")
    share_id = bench.react(message)
    bench.slack.fail(Fault("slack.conversations.replies", cut, times=2))

    assert bench.plan(share_id) == []

    again = Job(JobKind.SHARE, share_id, "CGENERAL"), bench.clock.now + 0.5
    assert again in bench.agenda.jobs
    assert len(bench.plan(share_id)) == 1


def test_nothing_is_written_anywhere_while_its_thread_is_not_known(bench, command):
    """The work item is known by its key, but not yet where to answer."""
    bench.directory.find_project(WorkItemKey("WEB", 1))
    message = post(bench, "", "a.pdf")
    share_id = command("WEB-1")
    bench.slack.fail(Fault("slack.conversations.history", cut, times=2))
    bench.plan(share_id)
    bench.clock.now += 60

    bench.reply(share_id)

    assert bench.slack.calls("chat.postMessage") == []
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    bench.reply(share_id)
    assert len(bench.told(message)) == 1


def test_what_is_not_found_for_a_day_is_told_to_the_one_who_asked(bench, command):
    bench.directory.find_project(WorkItemKey("WEB", 1))
    post(bench, "", "a.pdf")
    share_id = command("WEB-1")
    bench.slack.fail(Fault("slack.conversations.history", cut, times=99))
    bench.plan(share_id)
    bench.clock.now += DAY + 1

    bench.plan(share_id)

    assert told(bench, share_id) == "GivenUp"
    bench.reply(share_id)
    (call,) = bench.slack.calls("chat.postEphemeral")
    assert call.text("text").startswith(
        "I gave up on your request after 24 hours of trying."
    )
    assert bench.slack.calls("chat.postMessage") == []


def test_what_slack_refuses_is_told_to_the_one_who_asked(bench):
    share_id = bench.react(post(bench, "WEB-1", "a.pdf"))
    odd = answer(200, b'{"ok": false, "error": "something_new"}')
    bench.slack.fail(Fault("slack.conversations.replies", odd))

    bench.plan(share_id)

    assert told(bench, share_id) == "SlackRejected"


def test_what_was_found_is_not_sought_again_when_plane_is_down(bench):
    share_id = bench.react(post(bench, "WEB-1", "a.pdf"))
    bench.directory.find_project(WorkItemKey("WEB", 1))
    bench.plane.fail(Fault("plane.work_item", cut, times=9))
    bench.plan(share_id)
    bench.plane.mend()
    calls = len(bench.slack.calls())

    assert len(bench.plan(share_id)) == 1

    assert len(bench.slack.calls()) == calls


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("NIX-1", "NIX"),
        (
            f"{LINKS.app_url}/acme/projects/{item_id(1)}/issues/{item_id(2)}",
            "behind that",
        ),
    ],
)
def test_a_project_that_is_not_known_is_told_to_the_one_who_asked(
    bench, command, text, project
):
    post(bench, "", "a.pdf")

    bench.plan(share_id := command(text))

    assert told(bench, share_id) == "ProjectUnknown"
    bench.reply(share_id)
    (call,) = bench.slack.calls("chat.postEphemeral")
    assert f"I know no project {project}" in call.text("text")


def test_of_several_keys_one_that_is_known_is_enough(bench, command):
    post(bench, "", "a.pdf")

    assert planned(bench, command("NIX-1 WEB-1"))[0] == ["WEB-1"]


def test_only_what_lacks_something_is_sought(bench):
    _, share_id = bench.share(bench.slack.add_file())

    with pytest.raises(AssertionError):
        bench.seeker.seek(bench.ledger.shares.get_new(share_id))


# --- the form -----------------------------------------------------------------


def fill(bench, subject, *file_ids, uploads=(), key="WEB-1", **fields):
    """Submit a form; return the share's id."""
    identifier, _, number = key.partition("-")
    known = {"view_id": bench.slack.state.next_id("V"), "team_id": "T1"}
    known |= {"user_id": "UANNA", "is_external": False}
    entries = Entries(
        reference=WorkItemKey(identifier, int(number)),
        file_ids=file_ids,
        uploads=tuple(SharedFile(file.id) for file in uploads),
        **{**known, **fields},
    )
    form = Form("T1", entries.user_id, subject)
    return bench.ledger.shares.add(build_share(form, entries, None))


def about(message):
    return MessageFiles(message.channel_id, message.ts)


def files_of(bench, share_id):
    """Return the files that were found for a share."""
    (item,) = bench.ledger.replies.get(share_id).report.items
    return sorted(line.name for line in item.files)


def test_only_the_files_that_were_ticked_are_attached(bench):
    message = post(bench, "", "a.pdf", "b.pdf", "c.pdf")
    ids = [file.id for file in message.files]

    share_id = fill(bench, about(message), ids[2], ids[0], ids[0])

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf", "c.pdf"])
    reply = bench.ledger.replies.get(share_id)
    assert (reply.message_ts, reply.thread_ts) == (message.ts, message.ts)


def test_a_form_means_its_own_key_and_not_the_messages(bench):
    message = post(bench, "for WEB-2", "a.pdf")

    share_id = fill(bench, about(message), message.files[0].id)

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf"])


def test_ids_that_are_not_in_the_message_bring_nothing(bench):
    elsewhere = post(bench, "", "secret.pdf", channel="CSECRET")
    message = post(bench, "", "a.pdf")

    share_id = fill(bench, about(message), elsewhere.files[0].id, "FNOWHERE")

    assert planned(bench, share_id) == ([], [])
    assert told(bench, share_id) == "NoFilesFound"


def test_some_ids_that_are_not_in_the_message_keep_out_no_other(bench):
    elsewhere = post(bench, "", "secret.pdf", channel="CSECRET")
    message = post(bench, "", "a.pdf")
    ids = elsewhere.files[0].id, message.files[0].id

    assert planned(bench, fill(bench, about(message), *ids)) == (["WEB-1"], ["a.pdf"])


def test_a_ticked_file_that_was_deleted_since_is_told(bench):
    message = post(bench, "", "a.pdf", "b.pdf")
    a, b = message.files
    share_id = fill(bench, about(message), a.id, b.id)
    bench.slack.delete_file(b)

    attachments = bench.plan(share_id)
    for attachment_id in attachments:
        bench.attach(attachment_id)

    codes = sorted(line.outcome.code for line in bench.lines(share_id))
    assert codes == ["Attached", "FileDeleted"]


def test_a_message_that_was_deleted_since_is_told(bench):
    message = post(bench, "", "a.pdf")
    share_id = fill(bench, about(message), message.files[0].id)
    bench.slack.delete(message)

    bench.plan(share_id)

    assert told(bench, share_id) == "NoFilesFound"


def test_a_form_of_another_organisations_person_is_theirs(bench):
    message = post(bench, "", "a.pdf", channel="CSHARED")

    share_id = fill(bench, about(message), message.files[0].id, is_external=True)
    bench.plan(share_id)

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "ExternalPerson"


def test_uploads_are_looked_up_and_answered_in_direct_messages(bench):
    files = [bench.slack.add_file(name=name) for name in ("a.pdf", "b.pdf")]

    share_id = fill(bench, Uploads(), uploads=files)

    assert planned(bench, share_id) == (["WEB-1"], ["a.pdf", "b.pdf"])
    reply = bench.ledger.replies.get(share_id)
    assert reply.channel_id == bench.slack.state.direct("UANNA").id
    assert (reply.message_ts, reply.thread_ts) == (None, None)
    assert len(bench.slack.calls("conversations.open")) == 1


def test_uploads_come_from_no_private_conversation(bench):
    share_id = fill(bench, Uploads(), uploads=[bench.slack.add_file()])

    assert len(bench.plan(share_id, private=PrivateFiles.DENY)) == 1


def test_what_somebody_else_uploaded_is_not_seen(bench):
    theirs = bench.slack.add_file(name="secret.pdf", user="UBEN")
    mine = bench.slack.add_file(name="mine.pdf")
    share_id = fill(bench, Uploads(), uploads=[theirs, mine])

    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)

    told_ = {line.name: line.outcome.code for line in bench.lines(share_id)}
    assert told_ == {
        f"file-{theirs.id}": "FileInvisible",
        "mine.pdf": "Attached",
    }
    assert bench.attached() == [mine.sha256]


@pytest.mark.parametrize(
    "code", ["file_deleted", "file_not_found", "access_denied", "not_visible", "odd"]
)
def test_an_upload_that_slack_does_not_show_keeps_out_no_other(bench, code):
    files = [bench.slack.add_file(name=name) for name in ("a.pdf", "b.pdf")]
    refusal = answer(200, f'{{"ok": false, "error": "{code}"}}'.encode())
    bench.slack.fail(Fault("slack.files.info", refusal))
    share_id = fill(bench, Uploads(), uploads=files)

    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)

    codes = [line.outcome.code for line in bench.lines(share_id)]
    assert codes == ["FileInvisible", "Attached"]


def test_while_slack_is_down_uploads_wait(bench):
    bench.slack.fail(Fault("slack.conversations.open", cut, times=9))
    share_id = fill(bench, Uploads(), uploads=[bench.slack.add_file()])

    assert bench.plan(share_id) == []
    bench.slack.mend()

    assert len(bench.plan(share_id)) == 1


@pytest.fixture
def no_direct_messages(bench):
    """Slack refuses to open them: the person blocks apps, or is no member any more."""
    refusal = answer(200, b'{"ok": false, "error": "cannot_dm_bot"}')
    bench.slack.fail(Fault("slack.conversations.open", refusal, times=9))


@pytest.mark.usefixtures("no_direct_messages")
def test_who_takes_no_direct_messages_is_told_by_the_response_url(bench):
    share_id = fill(bench, Uploads(), uploads=[bench.slack.add_file()], view_id="V9")
    url = bench.slack._desk.response_urls.issue("app", Place("UANNA", "CGENERAL"))
    bench.response_urls.keep("form:V9", url)

    assert bench.plan(share_id) == []
    assert told(bench, share_id) == "SlackRejected"
    bench.reply(share_id)

    (call,) = bench.slack.responses
    assert "cannot_dm_bot" in call.args["text"]
    assert bench.ledger.replies.unfinished() == []


@pytest.mark.usefixtures("no_direct_messages")
def test_who_cannot_be_told_at_all_is_not_tried_for_ever(bench, caplog):
    share_id = fill(bench, Uploads(), uploads=[bench.slack.add_file()])
    bench.plan(share_id)
    refusal = answer(200, b'{"ok": false, "error": "cannot_dm_bot"}')
    bench.slack.fail(Fault("slack.chat.postMessage", refusal))

    bench.reply(share_id)

    assert bench.ledger.replies.unfinished() == []
    assert "cannot be answered" in caplog.text


def test_what_comes_before_direct_messages_are_open_is_told_in_them(bench):
    """A global shortcut has no response URL."""
    file = bench.slack.add_file()
    share_id = fill(bench, Uploads(), uploads=[file], key="NIX-1")

    bench.plan(share_id)
    assert told(bench, share_id) == "ProjectUnknown"
    bench.reply(share_id)

    (message,) = bench.slack.state.messages(bench.slack.state.direct("UANNA").id)
    assert "I know no project NIX" in message.text
    assert bench.slack.calls("chat.postEphemeral") == []
    assert bench.ledger.replies.unfinished() == []


@pytest.fixture
def edited_meanwhile(bench):
    """How to mention the bot, and edit that at Plane's or Slack's next answer."""

    def mention_and_edit(before, after, *, at, during):
        root = post(bench, "look", "a.pdf")
        message = post(bench, f"<@UBOT> {before}", thread_ts=root.ts)
        share = parse_mention(bench.heard(message), links=LINKS)
        share_id = bench.ledger.shares.add(share)

        def edit(request):
            edited = replace(message, text=f"<@UBOT> {after}")
            other = parse_mention(bench.heard(edited), links=LINKS)
            version = bench.slack.state.next_ts()
            bench.ledger.shares.add(replace(other, version=version))

        during.fail(Fault(at, edit))
        return share_id

    return mention_and_edit


def test_what_an_edit_mends_while_its_project_is_looked_up_is_attached(
    bench, edited_meanwhile
):
    share_id = edited_meanwhile(
        "WBE-1", "WEB-1", at="plane.projects", during=bench.plane
    )

    assert bench.plan(share_id) == []
    assert bench.agenda.take(JobKind.SHARE) == [share_id]
    assert len(bench.plan(share_id)) == 1


def test_what_an_edit_mends_while_its_files_are_sought_is_attached(
    bench, edited_meanwhile
):
    share_id = edited_meanwhile(
        "WEB-1", "WEB-2", at="slack.conversations.replies", during=bench.slack
    )

    assert bench.plan(share_id) == []
    assert bench.agenda.take(JobKind.SHARE) == [share_id]
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)
    assert len(bench.attached("WEB-2")) == 1
