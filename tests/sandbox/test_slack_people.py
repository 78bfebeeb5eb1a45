"""What people do in the emulated workspace, and the events that tell of it."""

import pytest
from slack_sdk import WebClient

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.rich_text import rich_text


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


def events(slack):
    return [delivery.event for delivery in slack.deliveries]


def test_a_shared_file_is_announced_with_everything_about_it(slack):
    file = slack.add_file(name="design.pdf", content=b"abc")
    message = slack.share([file], text="see WEB-12", thread_ts=None)

    envelope = slack.delivery_of(message).envelope
    event = envelope["event"]

    assert envelope["type"] == "event_callback"
    assert envelope["authorizations"][0]["user_id"] == "UBOT"
    assert (event["type"], event["subtype"], event["upload"]) == (
        "message",
        "file_share",
        True,
    )
    assert (event["channel"], event["channel_type"]) == ("CGENERAL", "channel")
    assert event["text"] == "see WEB-12"
    assert event["ts"] == event["event_ts"] == message.ts
    shown = event["files"][0]
    assert (shown["id"], shown["name"], shown["size"]) == (file.id, "design.pdf", 3)
    assert shown["url_private_download"].startswith(f"{slack.origin}/files-pri/T1-")


def test_a_file_shared_again_is_no_upload_and_keeps_its_uploader(slack):
    file = slack.add_file(user="UANNA")
    slack.share([file])
    slack.share([file], user="UBEN", channel="CSECRET")

    event = events(slack)[-1]

    assert (event["upload"], event["user"]) == (False, "UBEN")
    assert event["files"][0]["user"] == "UANNA"
    assert event["channel_type"] == "group"


def test_overrides_and_fields_make_any_odd_message(slack):
    file = slack.add_file(name=None, size=99, mimetype="text/plain")
    slack.share([file], subtype=None, fields={"text": None})

    event = events(slack)[0]

    assert event["text"] is None
    assert "subtype" not in event
    assert (event["files"][0]["name"], event["files"][0]["size"]) == (None, 99)


def test_events_come_only_from_channels_that_the_bot_is_in(slack):
    for channel in ("CRANDOM", "CHIDDEN"):
        slack.post("unseen", channel=channel)
    for channel in ("CGENERAL", "CSECRET", "GTRIO", "DANNA"):
        slack.post("seen", channel=channel)

    assert [event["channel_type"] for event in events(slack)] == [
        "channel",
        "group",
        "mpim",
        "im",
    ]


def test_only_events_subscribed_to_are_delivered(slack):
    slack.subscriptions.discard("message.im")
    slack.subscriptions.add("file_shared")

    slack.post("direct", channel="DANNA")
    slack.share([slack.add_file()])

    assert [event["type"] for event in events(slack)] == ["message", "file_shared"]
    assert len({delivery.event_id for delivery in slack.deliveries}) == 2


def test_a_shared_channel_shows_stubs_in_events_and_files_in_the_history(slack):
    file = slack.add_file(user="USTRANGER")
    message = slack.share([file], user="USTRANGER", channel="CSHARED")
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    envelope = slack.deliveries[0].envelope
    history = client.conversations_replies(channel="CSHARED", ts=message.ts)

    assert envelope["is_ext_shared_channel"]
    assert "team" not in envelope["event"]
    assert envelope["event"]["files"] == [
        {
            "id": file.id,
            "mode": "file_access",
            "file_access": "check_file_info",
            "created": 0,
            "timestamp": 0,
            "user": "",
        }
    ]
    assert history["messages"][0]["files"][0]["name"] == "design.pdf"


def test_an_edit_tells_what_the_message_was(slack):
    message = slack.share([slack.add_file()], text="see WEB-12")

    slack.edit(message, "see WEB-13")

    event = events(slack)[-1]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["message"]["text"] == "see WEB-13"
    assert event["message"]["edited"]["user"] == "UANNA"
    assert event["message"]["ts"] == message.ts != event["ts"]
    assert event["previous_message"]["text"] == "see WEB-12"
    assert event["message"]["files"] == event["previous_message"]["files"]


def test_a_link_preview_changes_a_message_that_nobody_edited(slack):
    message = slack.post("<https://example.com/>")

    slack.unfurl(message)

    event = events(slack)[-1]
    assert event["subtype"] == "message_changed"
    assert "edited" not in event["message"]
    assert event["message"]["attachments"][0]["from_url"] == "https://example.com/"


def test_a_deleted_message_is_announced(slack):
    message = slack.post("oops")

    slack.delete(message)

    event = events(slack)[-1]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", message.ts)
    assert event["previous_message"]["text"] == "oops"


def test_a_deleted_parent_leaves_a_tombstone_for_its_thread(slack):
    parent = slack.share([slack.add_file()], text="see WEB-12")
    slack.post("thanks", thread_ts=parent.ts)

    slack.delete(parent)

    event = events(slack)[-1]
    assert event["message"]["subtype"] == "tombstone"
    assert "files" not in event["message"]
    assert [each.text for each in slack.thread("CGENERAL", parent.ts)] == [
        "This message was deleted.",
        "thanks",
    ]


def test_a_deleted_file_leaves_its_tombstone_in_a_message_with_a_text(slack):
    file = slack.add_file()
    slack.share([file], text="see WEB-12")

    slack.delete_file(file)

    event = events(slack)[-1]
    assert event["message"]["files"] == [{"id": file.id, "mode": "tombstone"}]
    assert event["previous_message"]["files"][0]["mode"] == "hosted"


def test_a_message_that_was_only_a_file_becomes_a_tombstone_with_it(slack):
    file = slack.add_file()
    slack.share([file])

    slack.delete_file(file)

    event = events(slack)[-1]
    assert (event["message"]["subtype"], event["message"]["user"]) == (
        "tombstone",
        "USLACKBOT",
    )


def test_a_forwarded_message_holds_its_files_within_attachments(slack):
    original = slack.share([slack.add_file()], text="see WEB-12", channel="CSECRET")

    slack.forward(original, text="look")

    event = events(slack)[-1]
    assert "files" not in event
    assert event["text"] == "look"
    assert event["attachments"][0]["text"] == "see WEB-12"
    assert event["attachments"][0]["files"][0]["name"] == "design.pdf"


def test_a_reply_knows_its_parent_and_a_broadcast_brings_it_along(slack):
    parent = slack.share([slack.add_file()], text="see WEB-12")

    slack.post("a", user="UBEN", thread_ts=parent.ts)
    slack.post("b", user="UBEN", thread_ts=parent.ts, broadcast=True)

    plain, broadcast = events(slack)[-2:]
    assert (plain["thread_ts"], plain["parent_user_id"]) == (parent.ts, "UANNA")
    assert "root" not in plain
    assert broadcast["subtype"] == "thread_broadcast"
    assert broadcast["root"]["text"] == "see WEB-12"


def test_the_bots_own_posts_and_edits_are_announced_too(slack):
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    ts = client.chat_postMessage(channel="CGENERAL", text="a")["ts"]
    client.chat_update(channel="CGENERAL", ts=ts, text="b")

    posted, changed = events(slack)

    assert (posted["user"], posted["bot_id"]) == ("UBOT", "BBOT")
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "b")
    assert "user" not in changed


@pytest.mark.parametrize("mode", ["tombstone", "hidden_by_limit"])
def test_files_that_are_gone_show_nothing_but_their_mode(slack, mode):
    file = slack.add_file(mode=mode)
    slack.share([file])

    assert events(slack)[0]["files"] == [{"id": file.id, "mode": mode}]


def test_a_snippet_shows_how_it_begins(slack):
    slack.share([slack.add_file(mode="snippet", content=b"one\ntwo")])

    shown = events(slack)[0]["files"][0]

    assert (shown["preview"], shown["lines"]) == ("one\ntwo", 2)


def test_rich_text_tells_code_links_and_people_apart():
    blocks = rich_text(
        "hi <@U1> `WEB-1` <https://a.example/x|x &amp; y>```WEB-2```:tada:"
    )

    assert [part["type"] for part in blocks[0]["elements"]] == [
        "rich_text_section",
        "rich_text_preformatted",
        "rich_text_section",
    ]
    section, fence, rest = (part["elements"] for part in blocks[0]["elements"])
    assert section == [
        {"type": "text", "text": "hi "},
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "WEB-1", "style": {"code": True}},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://a.example/x", "text": "x & y"},
    ]
    assert fence == [{"type": "text", "text": "WEB-2"}]
    assert rest == [{"type": "emoji", "name": "tada"}]
