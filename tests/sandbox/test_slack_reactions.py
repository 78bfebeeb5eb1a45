"""Reactions and mentions in the emulated Slack."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import Refused, SlackServer


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def client(slack):
    slack.scopes.update({"reactions:write"})
    return WebClient(slack.bot_token, base_url=slack.api_url)


def error_of(call, **arguments):
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def events(slack, kind):
    return [each.event for each in slack.deliveries if each.event["type"] == kind]


def test_a_reaction_tells_who_reacted_to_what_and_nothing_of_the_message(slack):
    message = slack.share([slack.add_file()], text="see WEB-12")

    slack.react(message, "paperclip", user="UBEN")

    event = events(slack, "reaction_added")[0]
    item = {"type": "message", "channel": "CGENERAL", "ts": message.ts}
    assert event == {
        "type": "reaction_added",
        "user": "UBEN",
        "reaction": "paperclip",
        "item": item,
        "item_user": "UANNA",
        "event_ts": event["event_ts"],
    }


def test_an_emoji_keeps_the_name_and_the_skin_tone_it_was_chosen_with(slack):
    message = slack.post("a")

    for emoji in ("thumbsup", "+1", "wave::skin-tone-3"):
        slack.react(message, emoji)

    names = [event["reaction"] for event in events(slack, "reaction_added")]
    assert names == ["thumbsup", "+1", "wave::skin-tone-3"]


def test_what_the_bot_wrote_has_no_item_user(slack, client):
    ts = client.chat_postMessage(channel="CGENERAL", text="done")["ts"]

    slack.react(slack.state.message("CGENERAL", ts), "paperclip")

    assert "item_user" not in events(slack, "reaction_added")[0]


def test_a_reaction_taken_back_is_an_event_for_who_subscribed(slack):
    message = slack.post("a")
    slack.react(message, "paperclip")

    assert slack.unreact(message, "paperclip") is None
    slack.subscriptions.add("reaction_removed")
    slack.react(message, "paperclip")
    slack.unreact(message, "paperclip")

    assert len(events(slack, "reaction_removed")) == 1
    assert message.reactions == {}


def test_reactions_where_the_bot_is_not_are_not_heard_of(slack):
    assert slack.react(slack.post("a", channel="CRANDOM"), "paperclip") is None


def test_nobody_reacts_twice_with_one_emoji(slack):
    message = slack.post("a")
    slack.react(message, "paperclip")

    with pytest.raises(Refused, match="already_reacted"):
        slack.react(message, "paperclip")
    slack.react(message, "paperclip", user="UBEN")
    assert message.reactions == {"paperclip": ["UANNA", "UBEN"]}


def test_the_bot_reacts_and_takes_it_back(slack, client):
    message = slack.post("a")
    where = {"channel": "CGENERAL", "timestamp": message.ts, "name": "eyes"}

    client.reactions_add(**where)
    again = error_of(client.reactions_add, **where)
    shown = client.reactions_get(channel="CGENERAL", timestamp=message.ts)["message"]
    client.reactions_remove(**where)

    assert again == "already_reacted"
    assert shown["reactions"] == [{"name": "eyes", "users": ["UBOT"], "count": 1}]
    assert error_of(client.reactions_remove, **where) == "no_reaction"
    assert events(slack, "reaction_added")[0]["user"] == "UBOT"


def test_the_history_shows_reactions(slack, client):
    message = slack.post("a")
    slack.react(message, "tada")

    shown = client.conversations_history(channel="CGENERAL")["messages"][0]

    assert shown["reactions"][0]["users"] == ["UANNA"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": ":eyes:"}, "invalid_name"),
        ({"timestamp": "1.000001"}, "message_not_found"),
        ({"timestamp": ""}, "no_item_specified"),
        ({"channel": "CRANDOM"}, "not_in_channel"),
        ({"channel": "CHIDDEN"}, "channel_not_found"),
        ({"channel": "COLD"}, "is_archived"),
    ],
)
def test_the_bot_cannot_react_to_what_it_does_not_see(slack, client, changes, error):
    where = {"channel": "CGENERAL", "timestamp": slack.post("a").ts, "name": "eyes"}

    assert error_of(client.reactions_add, **(where | changes)) == error


def test_reacting_needs_a_scope_of_its_own(slack, client):
    slack.scopes.remove("reactions:write")

    where = {"channel": "CGENERAL", "timestamp": slack.post("a").ts, "name": "eyes"}

    assert error_of(client.reactions_add, **where) == "missing_scope"
    assert client.reactions_get(channel="CGENERAL", timestamp=where["timestamp"])["ok"]


def test_a_mention_comes_beside_the_message_under_its_own_event_id(slack):
    slack.subscriptions.add("app_mention")
    parent = slack.post("a")

    slack.post("<@UBOT> WEB-12", thread_ts=parent.ts)

    message, mention = slack.deliveries[-2:]
    assert (message.event["type"], mention.event["type"]) == ("message", "app_mention")
    assert message.event_id != mention.event_id
    assert mention.event["ts"] == message.event["ts"]
    assert mention.event["thread_ts"] == parent.ts
    assert "channel_type" not in mention.event


def test_a_mention_with_a_file_comes_without_the_file(slack):
    slack.subscriptions.add("app_mention")

    slack.share([slack.add_file()], text="<@UBOT|loadmaster> WEB-12")

    assert "files" in events(slack, "message")[0]
    assert "files" not in events(slack, "app_mention")[0]
    assert "subtype" not in events(slack, "app_mention")[0]


def test_a_mention_is_none_in_direct_messages_or_unsubscribed(slack):
    slack.post("<@UBOT> WEB-12")
    slack.subscriptions.add("app_mention")
    slack.post("<@UBOT> WEB-12", channel="DANNA")
    slack.post("<@UBEN> WEB-12")

    assert events(slack, "app_mention") == []
