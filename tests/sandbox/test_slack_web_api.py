"""The emulated Web API, asked by the real client."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import wire
from bot.sandbox.slack import SlackServer


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token, base_url=slack.api_url)


def error_of(call, **arguments):
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_auth_test_tells_who_the_bot_is_and_which_scopes_it_has(client):
    answer = client.auth_test()

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (
        "T1",
        "UBOT",
        "BBOT",
    )
    assert "files:read" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("xoxb-wrong", "invalid_auth"),
        ("xapp-sandbox", "not_allowed_token_type"),
        ("", "not_authed"),
    ],
)
def test_a_token_that_is_not_the_bots_is_refused(slack, token, error):
    client = WebClient(token, base_url=slack.api_url)

    assert error_of(client.auth_test)["error"] == error


def test_a_revoked_token_is_refused_everywhere(slack, client):
    slack.web_api.token_error = "token_revoked"

    assert error_of(client.auth_test)["error"] == "token_revoked"
    assert error_of(client.files_info, file="F1")["error"] == "token_revoked"


def test_a_missing_scope_is_named_with_those_granted(slack, client):
    slack.scopes.remove("files:read")

    answer = error_of(client.files_info, file=slack.add_file().id)

    assert (answer["error"], answer["needed"]) == ("missing_scope", "files:read")
    assert "chat:write" in answer["provided"].split(",")


def test_reading_a_private_channel_needs_the_scope_of_its_kind(slack, client):
    slack.scopes.remove("groups:history")
    public, private = slack.post("a"), slack.post("b", channel="CSECRET")

    assert client.conversations_replies(channel="CGENERAL", ts=public.ts)["ok"]
    answer = error_of(client.conversations_replies, channel="CSECRET", ts=private.ts)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")


def test_an_unknown_method_is_called_so(client):
    assert error_of(client.api_call, api_method="chat.shout")["error"] == (
        "unknown_method"
    )


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("CRANDOM", "not_in_channel"),
        ("CHIDDEN", "channel_not_found"),
        ("CNOWHERE", "channel_not_found"),
        ("COLD", "is_archived"),
    ],
)
def test_the_bot_cannot_post_where_it_is_not(client, channel, error):
    answer = error_of(client.chat_postMessage, channel=channel, text="hello")

    assert answer["error"] == error


def test_a_channel_may_be_closed_to_posts(slack, client):
    slack.state.channels["CGENERAL"].posting_error = "restricted_action"

    answer = error_of(client.chat_postMessage, channel="CGENERAL", text="hello")

    assert answer["error"] == "restricted_action"


def test_a_persons_id_stands_for_their_direct_messages(client):
    assert client.chat_postMessage(channel="UANNA", text="hello")["channel"] == "DANNA"


def test_a_message_needs_something_to_show(client):
    answer = error_of(
        client.api_call, api_method="chat.postMessage", json={"channel": "CGENERAL"}
    )

    assert answer["error"] == "no_text"


def test_a_text_over_forty_thousand_characters_is_cut(client):
    answer = client.chat_postMessage(channel="CGENERAL", text="x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x")] * 51,
        [section("x" * 3001)],
        [section("")],
        [{"type": "section"}],
        [{"type": "carousel"}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "context", "elements": []}],
        [{**section("x"), "block_id": "a"}, {**section("y"), "block_id": "a"}],
        [
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "x" * 76},
                    }
                ],
            }
        ],
    ],
)
def test_blocks_that_break_a_rule_are_refused(client, blocks):
    answer = error_of(
        client.chat_postMessage, channel="CGENERAL", text="x", blocks=blocks
    )

    assert answer["error"] == "invalid_blocks"
    assert "json-pointer:/blocks" in answer["errors"][0]


def test_blocks_get_ids(client):
    answer = client.chat_postMessage(
        channel="CGENERAL", text="x", blocks=[section("x")] * 2
    )

    ids = {block["block_id"] for block in answer["message"]["blocks"]}
    assert len(ids) == 2


def test_a_reply_appears_in_its_thread_and_not_in_the_history(slack, client):
    parent = slack.post("see WEB-12")
    reply = client.chat_postMessage(
        channel="CGENERAL", text="done", thread_ts=parent.ts
    )

    thread = client.conversations_replies(channel="CGENERAL", ts=parent.ts)["messages"]
    history = client.conversations_history(channel="CGENERAL")["messages"]

    assert [each["text"] for each in thread] == ["see WEB-12", "done"]
    assert thread[0]["reply_count"] == 1
    assert thread[1]["parent_user_id"] == "UANNA"
    assert [each["ts"] for each in history] == [parent.ts]
    assert reply["ts"] > parent.ts


def test_a_broadcast_reply_appears_in_both(slack, client):
    parent = slack.post("a")
    client.chat_postMessage(
        channel="CGENERAL", text="b", thread_ts=parent.ts, reply_broadcast=True
    )

    history = client.conversations_history(channel="CGENERAL")["messages"]

    assert [each["text"] for each in history] == ["b", "a"]


def test_a_reply_to_a_reply_is_in_nobodys_thread(slack, client):
    parent = slack.post("a")
    reply = slack.post("b", thread_ts=parent.ts)
    client.chat_postMessage(channel="CGENERAL", text="lost", thread_ts=reply.ts)

    thread = client.conversations_replies(channel="CGENERAL", ts=parent.ts)["messages"]

    assert [each["text"] for each in thread] == ["a", "b"]
    assert slack.replies_by_bot("CGENERAL", parent.ts) == []


def test_a_thread_that_does_not_exist_is_not_found(client):
    post = error_of(
        client.chat_postMessage, channel="CGENERAL", text="x", thread_ts="1.000001"
    )
    read = error_of(client.conversations_replies, channel="CGENERAL", ts="1.000001")

    assert (post["error"], read["error"]) == ("thread_not_found", "thread_not_found")


def test_asking_for_a_replys_thread_gives_that_reply_alone(slack, client):
    parent = slack.post("a")
    reply = slack.post("b", thread_ts=parent.ts)
    slack.post("c", thread_ts=parent.ts)

    answer = client.conversations_replies(channel="CGENERAL", ts=reply.ts, limit=1)

    assert [each["text"] for each in answer["messages"]] == ["b"]
    assert answer["messages"][0]["thread_ts"] == parent.ts


def test_the_history_gives_an_older_message_in_place_of_a_reply(slack, client):
    parent = slack.post("a")
    reply = slack.post("b", thread_ts=parent.ts)

    answer = client.conversations_history(
        channel="CGENERAL", latest=reply.ts, inclusive=True, limit=1
    )

    assert [each["ts"] for each in answer["messages"]] == [parent.ts]


def test_latest_is_included_only_when_asked_for(slack, client):
    first, second = slack.post("a"), slack.post("b")

    exclusive = client.conversations_history(channel="CGENERAL", latest=second.ts)
    inclusive = client.conversations_history(
        channel="CGENERAL", latest=second.ts, inclusive=True
    )

    assert [each["ts"] for each in exclusive["messages"]] == [first.ts]
    assert [each["ts"] for each in inclusive["messages"]] == [second.ts, first.ts]


def test_a_long_thread_comes_in_pages(slack, client):
    parent = slack.post("0")
    for number in range(1, 6):
        slack.post(str(number), thread_ts=parent.ts)

    pages = [
        (page["has_more"], [each["text"] for each in page["messages"]])
        for page in client.conversations_replies(
            channel="CGENERAL", ts=parent.ts, limit=2
        )
    ]

    assert pages == [
        (True, ["0", "1"]),
        (True, ["2", "3"]),
        (False, ["4", "5"]),
    ]


def test_metadata_is_shown_only_to_who_asks_for_it(slack, client):
    metadata = {"event_type": "attached", "event_payload": {"file": "F1"}}
    parent = slack.post("a")
    client.chat_postMessage(
        channel="CGENERAL", text="b", thread_ts=parent.ts, metadata=metadata
    )
    where = {"channel": "CGENERAL", "ts": parent.ts}

    plain = client.conversations_replies(**where)["messages"][1]
    full = client.conversations_replies(**where, include_all_metadata=True)["messages"][
        1
    ]

    assert "metadata" not in plain
    assert full["metadata"] == metadata


def test_malformed_metadata_is_refused(client):
    answer = error_of(
        client.chat_postMessage,
        channel="CGENERAL",
        text="x",
        metadata={"event_type": "attached"},
    )

    assert answer["error"] == "invalid_metadata_format"


def test_an_edit_replaces_the_text_drops_blocks_and_keeps_metadata(slack, client):
    metadata = {"event_type": "attached", "event_payload": {}}
    ts = client.chat_postMessage(
        channel="CGENERAL", text="a", blocks=[section("a")], metadata=metadata
    )["ts"]

    client.chat_update(channel="CGENERAL", ts=ts, text="b")

    message = slack.state.message("CGENERAL", ts)
    assert (message.text, message.blocks, message.metadata) == ("b", [], metadata)
    assert [version.text for version in message.history] == ["a", "b"]
    assert message.edits == 1


def test_an_edit_of_more_than_four_thousand_characters_is_refused(client):
    ts = client.chat_postMessage(channel="CGENERAL", text="x" * 4001)["ts"]

    answer = error_of(client.chat_update, channel="CGENERAL", ts=ts, text="x" * 4001)

    assert answer["error"] == "msg_too_long"


def test_the_bot_cannot_touch_what_others_wrote(slack, client):
    message = slack.post("mine")
    where = {"channel": "CGENERAL", "ts": message.ts}

    assert error_of(client.chat_update, **where, text="x")["error"] == (
        "cant_update_message"
    )
    assert error_of(client.chat_delete, **where)["error"] == "cant_delete_message"


def test_a_deleted_message_is_gone(slack, client):
    ts = client.chat_postMessage(channel="CGENERAL", text="a")["ts"]

    client.chat_delete(channel="CGENERAL", ts=ts)

    assert client.conversations_history(channel="CGENERAL")["messages"] == []
    again = error_of(client.chat_update, channel="CGENERAL", ts=ts, text="b")
    assert again["error"] == "message_not_found"


def test_an_ephemeral_message_is_seen_by_one_person_and_in_no_history(slack, client):
    client.chat_postEphemeral(channel="CGENERAL", user="UANNA", text="psst")
    stranger = error_of(
        client.chat_postEphemeral, channel="CGENERAL", user="USTRANGER", text="psst"
    )

    assert [(user, each.text) for user, each in slack.state.ephemerals] == [
        ("UANNA", "psst")
    ]
    assert stranger["error"] == "user_not_in_channel"
    assert client.conversations_history(channel="CGENERAL")["messages"] == []


def test_a_permalink_to_a_reply_names_its_thread(slack, client):
    parent = slack.post("a")
    reply = slack.post("b", thread_ts=parent.ts)

    link = client.chat_getPermalink(channel="CGENERAL", message_ts=reply.ts)

    assert link["permalink"] == (
        f"https://acme.slack.com/archives/CGENERAL/p{reply.ts.replace('.', '')}"
        f"?thread_ts={parent.ts}&cid=CGENERAL"
    )


def test_people_and_channels_can_be_looked_up_with_the_scopes_for_it(slack, client):
    slack.scopes.discard("users:read")
    assert error_of(client.users_info, user="UGUEST")["needed"] == "users:read"
    slack.scopes.add("users:read")

    assert client.users_info(user="UGUEST")["user"]["is_ultra_restricted"]
    assert client.users_info(user="USTRANGER")["user"]["is_stranger"]
    assert client.conversations_info(channel="CSHARED")["channel"]["is_ext_shared"]
    assert error_of(client.users_info, user="U0")["error"] == "user_not_found"


def test_the_bot_can_join_a_public_channel_only(slack, client):
    slack.scopes.add("channels:join")

    client.conversations_join(channel="CRANDOM")

    assert client.chat_postMessage(channel="CRANDOM", text="hi")["ok"]
    hidden = error_of(client.conversations_join, channel="CHIDDEN")
    direct = error_of(client.conversations_join, channel="DANNA")
    assert hidden["error"] == "channel_not_found"
    assert direct["error"] == "method_not_supported_for_channel_type"


def test_posting_faster_than_the_pace_is_answered_with_429():
    now = [1_700_000_000.0]
    with SlackServer(clock=lambda: now[0]) as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        slack.chat.pace = 1.0
        client.chat_postMessage(channel="CGENERAL", text="a")

        answer = error_of(client.chat_postMessage, channel="CGENERAL", text="b")

        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["Retry-After"] == "1"
        assert client.chat_postMessage(channel="CSECRET", text="elsewhere")["ok"]
        now[0] += 1
        assert client.chat_postMessage(channel="CGENERAL", text="c")["ok"]


def test_a_fault_after_the_effect_leaves_the_message_without_an_answer(slack):
    slack.fail(wire.Fault("slack.chat.postMessage", wire.cut, phase="after"))
    client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])

    with pytest.raises(OSError, match=r"reset|disconnected|closed"):
        client.chat_postMessage(channel="CGENERAL", text="a")

    assert [each.text for each in slack.state.messages("CGENERAL")] == ["a"]


def test_calls_are_kept_with_their_arguments(slack, client):
    client.chat_postMessage(channel="CGENERAL", text="a")
    client.conversations_history(channel="CGENERAL", limit=3)

    assert [call.method for call in slack.calls()] == [
        "chat.postMessage",
        "conversations.history",
    ]
    assert slack.calls("conversations.history")[0].number("limit", 0) == 3


def test_every_ts_is_new_even_when_the_clock_stands_still():
    with SlackServer(clock=lambda: 1_700_000_000.5) as slack:
        stamps = [slack.post("a").ts for _ in range(3)]

    assert stamps == [
        "1700000000.500000",
        "1700000000.500001",
        "1700000000.500002",
    ]


def test_wait_for_reply_tells_what_the_bot_said_instead(slack, client):
    parent = slack.post("a")
    client.chat_postMessage(channel="CGENERAL", text="no", thread_ts=parent.ts)

    found = slack.wait_for_reply("CGENERAL", parent.ts)

    assert found.text == "no"
    with pytest.raises(TimeoutError, match="'no'"):
        slack.wait_for_reply(
            "CGENERAL", parent.ts, lambda reply: reply.text == "yes", timeout=0.01
        )
