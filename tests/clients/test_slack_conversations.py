"""What stands in Slack's conversations is read page by page."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from bot import errors
from bot.clients.slack_conversations import Posting, SlackConversations
from bot.sandbox.wire import Fault, answer, cut
from tests.domain.bodies import JSON


@pytest.fixture
def conversations(reader):
    return SlackConversations(reader)


def answered(**fields):
    return answer(200, json.dumps({"ok": True, **fields}).encode())


def refused(error, **fields):
    return answer(200, json.dumps({"ok": False, "error": error, **fields}).encode())


# --- one message --------------------------------------------------------------


def test_a_message_is_found_with_its_files(conversations, slack):
    file = slack.add_file(name="plan.pdf")
    message = slack.share([file], text="see WEB-1", fields={"user_team": "T1"})

    found = conversations.find_message("CGENERAL", message.ts)

    assert (found.ts, found.thread_ts) == (message.ts, message.ts)
    assert (found.user_id, found.team_id, found.text) == ("UANNA", "T1", "see WEB-1")
    assert [(each.file_id, each.title) for each in found.files] == [
        (file.id, "plan.pdf")
    ]
    assert not found.is_by_bot


def test_a_reply_in_a_thread_is_found(conversations, slack):
    root = slack.post("root")
    reply = slack.share([slack.add_file()], thread_ts=root.ts)
    slack.post("later", thread_ts=root.ts)

    found = conversations.find_message("CGENERAL", reply.ts)

    assert (found.ts, found.thread_ts) == (reply.ts, root.ts)


def test_a_message_of_a_bots_is_known_as_such(conversations, slack):
    message = slack.post("from a bot", fields={"bot_id": "B1"})

    assert conversations.find_message("CGENERAL", message.ts).is_by_bot


def test_a_message_that_is_gone_is_not_found(conversations, slack):
    message = slack.post("x")
    slack.delete(message)

    assert conversations.find_message("CGENERAL", message.ts) is None


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="none"),
        pytest.param([{"ts": "1.1", "text": "an older one"}], id="another"),
        pytest.param([5, None, {"ts": 5}, {"ts": "2.2", "files": "F1"}], id="odd"),
    ],
)
def test_what_is_handed_out_instead_is_not_taken_for_it(conversations, slack, messages):
    slack.fail(Fault("slack.conversations.replies", answered(messages=messages)))

    assert conversations.find_message("CGENERAL", "2.2") is None


def test_a_conversation_that_the_bot_is_not_in_is_told(conversations, slack):
    message = slack.post("x", channel="CHIDDEN")

    with pytest.raises(errors.SlackRejected):
        conversations.find_message("CHIDDEN", message.ts)


@given(message=JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_whatever_is_among_the_messages_does_no_harm(conversations, slack, message):
    found = {"ts": "2.2", "text": "x", "files": [{"id": "F1"}]}
    action = answered(messages=[message, found])
    slack.fail(Fault("slack.conversations.replies", action))

    assert conversations.find_message("CGENERAL", "2.2").text == "x"


# --- threads and the latest messages ------------------------------------------


def test_a_thread_is_read_to_its_end_page_by_page(conversations, slack):
    root = slack.post("0")
    replies = [slack.post(str(number), thread_ts=root.ts) for number in range(1, 41)]

    read = conversations.read_thread("CGENERAL", root.ts, until=replies[-1].ts)

    assert [each.text for each in read] == [str(number) for number in range(41)]
    assert len(slack.calls("conversations.replies")) == 3


def test_a_thread_is_read_up_to_one_message(conversations, slack):
    root = slack.post("root")
    first, second, _ = [slack.post(text, thread_ts=root.ts) for text in "abc"]

    assert [
        each.text
        for each in conversations.read_thread("CGENERAL", root.ts, until=second.ts)
    ] == ["root", "a", "b"]
    assert [
        each.text
        for each in conversations.read_thread("CGENERAL", root.ts, until=first.ts)
    ] == ["root", "a"]


def test_the_latest_messages_come_newest_first_and_only_as_needed(conversations, slack):
    slack.post("too old")
    since = float(slack.post("just too old").ts)
    for number in range(20):
        slack.post(str(number))

    read = conversations.read_latest("CGENERAL", since=since)

    assert [next(read).text for _ in range(15)] == [str(n) for n in range(19, 4, -1)]
    assert len(slack.calls("conversations.history")) == 1
    assert [each.text for each in read] == ["4", "3", "2", "1", "0"]
    assert len(slack.calls("conversations.history")) == 2


def test_earlier_messages_are_those_before_a_time(conversations, slack):
    slack.post("early")
    slack.post("just before")
    before = slack.post("no more")

    read = conversations.read_earlier("CGENERAL", before=float(before.ts))

    assert [each.text for each in read] == ["just before", "early"]


def test_a_root_tells_of_the_latest_reply_and_the_replies_since_a_time_come(
    conversations, slack
):
    root = slack.post("root")
    first, second = [slack.post(text, thread_ts=root.ts) for text in "ab"]

    found = conversations.find_message("CGENERAL", root.ts)
    read = conversations.read_replies("CGENERAL", root.ts, since=float(first.ts))

    assert found.latest_reply == second.ts
    assert [each.text for each in read] == ["root", "b"]
    assert conversations.find_message("CGENERAL", second.ts).latest_reply is None


@pytest.mark.parametrize("latest", ["yesterday", 5, ["1.1"]])
def test_an_odd_latest_reply_makes_a_message_that_is_passed_over(
    conversations, slack, latest
):
    odd = answered(messages=[{"ts": "2.2", "latest_reply": latest}])
    slack.fail(Fault("slack.conversations.replies", odd))

    assert conversations.find_message("CGENERAL", "2.2") is None


def test_a_thread_and_a_history_that_never_end_are_left_in_the_end(
    conversations, slack
):
    more = answered(
        messages=[{"ts": "1.1"}], response_metadata={"next_cursor": "again"}
    )
    slack.fail(Fault("slack.conversations.replies", more, times=99))
    slack.fail(Fault("slack.conversations.history", more, times=99))

    assert len(list(conversations.read_thread("C1", "1.1", until="1.2"))) == 40
    assert len(list(conversations.read_latest("C1", since=0.0))) == 40


@pytest.mark.parametrize("action", [answered(), answered(messages={})])
def test_an_answer_without_messages_is_as_good_as_none(conversations, slack, action):
    slack.fail(Fault("slack.conversations.history", action))

    with pytest.raises(errors.SlackUnavailable):
        list(conversations.read_latest("CGENERAL", since=0.0))


# --- where a file was posted --------------------------------------------------


def test_the_messages_that_shared_a_file_are_found(conversations, slack):
    file = slack.add_file()
    places = ["CGENERAL", "CSECRET", "CGENERAL"]
    first, secret, last = [slack.share([file], channel=each) for each in places]

    assert sorted(conversations.find_postings(file.id), key=lambda each: each.ts) == [
        Posting("CGENERAL", first.ts, is_open=True),
        Posting("CSECRET", secret.ts, is_open=False),
        Posting("CGENERAL", last.ts, is_open=True),
    ]


def test_what_the_bot_does_not_see_was_shared_nowhere(conversations):
    assert conversations.find_postings("FNOWHERE") == ()


@pytest.mark.parametrize(
    "file",
    [
        None,
        {},
        {"shares": None},
        {"shares": {"public": []}},
        {"shares": {"public": {"C1": {"ts": "1.1"}}}},
        {"shares": {"public": {"C1": ["1.1", {"ts": 1.1}, {}]}}},
        {"shares": {"public": {"C2": [{"ts": None}]}, "private": {"C1": [None]}}},
    ],
)
def test_odd_postings_are_passed_over(conversations, slack, file):
    slack.fail(Fault("slack.files.info", answered(file=file)))

    assert conversations.find_postings("F1") == ()


def test_while_slack_is_down_nothing_is_said_of_a_file(conversations, slack):
    slack.fail(Fault("slack.files.info", cut, times=9))

    with pytest.raises(errors.SlackUnavailable):
        conversations.find_postings("F1")


# --- who may read a conversation ----------------------------------------------


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("CGENERAL", True),
        ("CRANDOM", True),
        ("CSHARED", True),
        ("CSECRET", False),
        ("CHIDDEN", False),
        ("GTRIO", False),
        ("DANNA", False),
        ("CNOWHERE", False),
    ],
)
def test_only_public_channels_are_open_to_everyone(conversations, channel, expected):
    assert conversations.is_public(channel) is expected


@pytest.mark.parametrize(
    "action",
    [
        answered(),
        answered(channel=[]),
        answered(channel={"is_private": None}),
        refused("missing_scope", needed="channels:read"),
    ],
)
def test_what_is_not_known_to_be_public_is_not(conversations, slack, action):
    slack.fail(Fault("slack.conversations.info", action))

    assert conversations.is_public("CGENERAL") is False


def test_while_slack_is_down_nothing_is_known_of_a_conversation(conversations, slack):
    slack.fail(Fault("slack.conversations.info", cut, times=9))

    with pytest.raises(errors.SlackUnavailable):
        conversations.is_public("CGENERAL")


# --- direct messages ----------------------------------------------------------


def test_direct_messages_are_opened_and_are_the_same_each_time(conversations, slack):
    first = conversations.open_direct("UANNA")

    assert first == slack.state.direct("UANNA").id
    assert conversations.open_direct("UANNA") == first
    (call, _) = slack.calls("conversations.open")
    assert call.args["users"] == "UANNA"


def test_an_answer_that_is_lost_opens_nothing_twice(conversations, slack):
    slack.fail(Fault("slack.conversations.open", cut, phase="after"))

    assert conversations.open_direct("UANNA") == slack.state.direct("UANNA").id


@pytest.mark.parametrize(
    "code", ["user_not_found", "user_disabled", "cannot_dm_bot", "channel_not_found"]
)
def test_a_person_who_takes_no_direct_messages_is_told(conversations, slack, code):
    slack.fail(Fault("slack.conversations.open", refused(code)))

    with pytest.raises(errors.SlackRejected, match=code):
        conversations.open_direct("UANNA")


def test_a_missing_scope_for_direct_messages_is_told(conversations, slack):
    slack.scopes.discard("im:write")

    with pytest.raises(errors.SlackScopeMissing) as raised:
        conversations.open_direct("UANNA")

    assert "im:write" in raised.value.facts["scope"]


@pytest.mark.parametrize(
    "fields", [{}, {"channel": None}, {"channel": "D1"}, {"channel": {"id": 5}}]
)
def test_an_answer_without_a_conversation_is_as_good_as_none(
    conversations, slack, fields
):
    slack.fail(Fault("slack.conversations.open", answered(**fields)))

    with pytest.raises(errors.SlackUnavailable):
        conversations.open_direct("UANNA")
