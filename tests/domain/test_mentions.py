"""What a mention of the bot and a direct message to it ask for."""

import pytest
from hypothesis import given

from bot.domain.mentions import parse_direct_message, parse_mention
from bot.domain.outcomes import HELP
from bot.domain.references import PlaneLinks, WorkItemKey
from bot.domain.seeks import SeekThread
from bot.errors import MalformedEvent
from tests.domain.bodies import JSON, mutated

LINKS = PlaneLinks("https://plane.example.com", "acme")
TS, ROOT = "1700000000.000100", "1699999999.000100"
EVENT = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "team": "T1",
    "text": "<@UBOT> WEB-12",
    "ts": TS,
    "thread_ts": ROOT,
}
BODY = {
    "type": "event_callback",
    "team_id": "T1",
    "authorizations": [{"team_id": "T1", "user_id": "UBOT"}],
    "event": EVENT,
}
DIRECT = {"channel": "D1", "channel_type": "im", "text": "hello", "thread_ts": None}


def body(**fields):
    return {**BODY, "event": {**EVENT, **fields}}


def changed(**fields):
    """Build the edit of a message that says so now."""
    message = {**EVENT, "edited": {"user": "U1", "ts": "1.1"}, **fields}
    return body(subtype="message_changed", message=message)


def parse(value):
    return parse_mention(value, links=LINKS)


# --- mentions -----------------------------------------------------------------


def test_a_mention_with_a_key_asks_for_the_files_of_its_thread():
    share = parse(body())

    assert share.references == (WorkItemKey("WEB", 12),)
    assert share.seek == SeekThread(ROOT, until=TS)
    assert (share.message_ts, share.thread_ts, share.user_id) == (TS, ROOT, "U1")
    assert share.notice is None


def test_a_mention_outside_of_a_thread_asks_for_its_own_files():
    assert parse(body(thread_ts=None)).seek == SeekThread(TS, until=TS)


@pytest.mark.parametrize(
    "text",
    [
        "<@UBOT> WEB-12",
        "WEB-12 <@UBOT>",
        "<@UBOT|loadmaster>, this is for WEB-12",
        "<@U2> <@UBOT> <https://plane.example.com/acme/browse/WEB-12/>",
    ],
)
def test_wherever_the_mention_stands_it_counts(text):
    assert parse(body(text=text)).references == (WorkItemKey("WEB", 12),)


@pytest.mark.parametrize("text", ["<@UBOT>", "<@UBOT> help", "<@UBOT> ```WEB-12```"])
def test_a_mention_without_a_reference_asks_for_help(text):
    share = parse(body(text=text))

    assert share.notice == HELP
    assert (share.references, share.seek) == ((), None)


def test_an_edit_asks_for_what_it_says_now():
    share = parse(changed(text="<@UBOT> WEB-13"))

    assert share.references == (WorkItemKey("WEB", 13),)
    assert (share.seek, share.version) == (SeekThread(ROOT, until=TS), "1.1")
    assert share.identity == parse(body()).identity


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(body(text="WEB-12"), id="no mention"),
        pytest.param(body(text="<@UBOTTLE> WEB-12"), id="a longer id"),
        pytest.param(body(text="@UBOT WEB-12"), id="as text"),
        pytest.param(body(text="&lt;@UBOT&gt; WEB-12"), id="escaped"),
        pytest.param(body(text=None), id="no text"),
        pytest.param(body(bot_id="B1"), id="a bot's"),
        pytest.param(body(user="UBOT"), id="our own, with no bot_id"),
        pytest.param(body(subtype="channel_topic"), id="a topic"),
        pytest.param(changed(text="<@UBOT>"), id="an edit that takes the key out"),
        pytest.param(changed(edited=None), id="a link that Slack unfolds"),
        pytest.param(body() | {"authorizations": []}, id="whose bot is not told"),
        pytest.param(
            body() | {"authorizations": [{"team_id": "T1", "user_id": 5}]},
            id="bot is a number",
        ),
    ],
)
def test_what_is_no_mention_is_passed_over(value):
    assert parse(value) is None


def test_people_of_other_organisations_are_known_as_such():
    assert parse(body(team="T2")).is_external
    assert parse(body(channel_type="group")).is_private


# --- direct messages ----------------------------------------------------------


@pytest.mark.parametrize("channel_type", ["im", "app_home"])
def test_a_direct_message_asks_for_help(channel_type):
    share = parse_direct_message(body(**{**DIRECT, "channel_type": channel_type}))

    assert share.notice == HELP
    assert (share.channel_id, share.thread_ts) == ("D1", TS)
    assert share.is_private


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(body(**{**DIRECT, "thread_ts": ROOT}), id="in a thread"),
        pytest.param(body(**DIRECT, bot_id="B1"), id="a bot's, such as our own"),
        pytest.param(body(**{**DIRECT, "user": "UBOT"}), id="our own, with no bot_id"),
        pytest.param(body(**DIRECT, subtype="message_deleted"), id="deleted"),
        pytest.param(body(**{**DIRECT, "channel_type": "mpim"}), id="of several"),
        pytest.param(body(thread_ts=None), id="in a channel"),
        pytest.param(changed(**DIRECT), id="an edit"),
    ],
)
def test_other_messages_are_no_call_for_help(value):
    assert parse_direct_message(value) is None


# --- both ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [{"ts": 5}, {"user": None}, {"channel": "C 1"}, {"subtype": ["file_share"]}],
)
def test_what_slack_would_never_send_is_malformed(fields):
    with pytest.raises(MalformedEvent):
        parse(body(**fields))
    with pytest.raises(MalformedEvent):
        parse_direct_message(body(**{**DIRECT, **fields}))


@given(JSON | mutated(body(), body(text="<@UBOT>"), body(**DIRECT), changed()))
def test_anything_else_is_read_passed_over_or_malformed(value):
    for read in (parse, parse_direct_message):
        try:
            share = read(value)
        except MalformedEvent:
            continue
        assert share is None or share.seek or share.notice == HELP
