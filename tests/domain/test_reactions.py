"""The share that a reaction asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reactions import is_same_emoji, parse_reaction
from bot.domain.seeks import SeekMessage
from bot.errors import MalformedEvent
from tests.domain.bodies import JSON, mutated

ITEM = {"type": "message", "channel": "C1", "ts": "1700000000.000100"}
EVENT = {
    "type": "reaction_added",
    "user": "U1",
    "reaction": "paperclip",
    "item_user": "U2",
    "item": ITEM,
    "event_ts": "1700000005.000500",
}
BODY = {
    "type": "event_callback",
    "team_id": "T1",
    "authorizations": [{"team_id": "T1", "user_id": "UBOT"}],
    "event": EVENT,
}


def body(**fields):
    return {**BODY, "event": {**EVENT, **fields}}


def parse(value, emoji="paperclip"):
    return parse_reaction(value, emoji=emoji)


def test_the_emoji_asks_for_the_files_of_its_message():
    share = parse(body())

    assert (share.team_id, share.channel_id, share.user_id) == ("T1", "C1", "U1")
    assert share.seek == SeekMessage("1700000000.000100")
    assert not share.seek.is_elsewhere
    assert (share.references, share.files) == ((), ())
    assert (share.message_ts, share.thread_ts, share.is_private) == (None, None, None)


def test_the_same_reaction_is_the_same_trigger_however_often_it_comes():
    again = {**body(), "event_id": "Ev2"}

    assert parse(again).identity == parse(body()).identity


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"event_ts": "1700000009.000900"}, id="taken back and put again"),
        pytest.param({"user": "U3"}, id="somebody else's"),
        pytest.param({"item": {**ITEM, "ts": "1700000001.000100"}}, id="message"),
        pytest.param({"item": {**ITEM, "channel": "C2"}}, id="conversation"),
    ],
)
def test_another_reaction_is_another_trigger(fields):
    assert parse(body(**fields)).identity != parse(body()).identity


@pytest.mark.parametrize(
    ("reaction", "emoji", "expected"),
    [
        ("paperclip", "paperclip", True),
        ("+1", "thumbsup", True),
        ("thumbsup", "+1", True),
        ("thumbsup::skin-tone-5", "+1", True),
        ("+1::skin-tone-2", "+1::skin-tone-6", True),
        ("paperclip", ":paperclip:", True),
        ("to-plane", "to-plane", True),
        ("to-plane", "to_plane", False),
        ("to-plane", "paperclip", False),
        ("paperclips", "paperclip", False),
        ("Paperclip", "paperclip", False),
        ("thumbsdown", "+1", False),
        ("x:paperclip", "paperclip", False),
        ("paperclip: :paperclip", "paperclip", False),
        ("", "paperclip", False),
    ],
)
def test_an_emoji_is_known_by_each_of_its_names_and_in_each_skin_tone(
    reaction, emoji, expected
):
    assert is_same_emoji(reaction, emoji) is expected
    assert (parse(body(reaction=reaction), emoji) is not None) is expected


@pytest.mark.parametrize(
    "fields",
    [
        {"reaction": "tada"},
        {"reaction": None},
        {"item": {"type": "file", "file": "F1"}},
        {"item": {"type": "file_comment", "file_comment": "Fc1", "file": "F1"}},
        {"item": {}},
    ],
)
def test_other_reactions_are_passed_over(fields):
    assert parse(body(**fields)) is None


@pytest.mark.parametrize(
    ("fields", "is_external", "is_asker_known"),
    [
        pytest.param({}, False, True, id="in a channel of ours"),
        pytest.param(
            {"is_ext_shared_channel": True}, True, False, id="in a shared one"
        ),
    ],
)
def test_in_a_shared_channel_it_has_to_be_asked_whose_person_reacted(
    fields, is_external, is_asker_known
):
    share = parse({**body(), **fields})

    assert share.is_external is is_external
    assert share.seek == SeekMessage(ITEM["ts"], is_asker_known=is_asker_known)


@pytest.mark.parametrize(("team", "is_external"), [("T1", False), ("T2", True)])
def test_nobody_is_asked_where_the_event_tells_whose_person_reacted(team, is_external):
    value = {**body(user_team=team), "is_ext_shared_channel": True}

    share = parse(value)

    assert (share.is_external, share.seek.is_asker_known) == (is_external, True)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {**BODY, "event": "reaction_added"},
        body(reaction=["paperclip"]),
        body(item=None),
        body(item={**ITEM, "ts": None}),
        body(item={**ITEM, "ts": "1700000000"}),
        body(item={**ITEM, "channel": "../C1"}),
        body(user=None),
        body(event_ts=1700000005.0005),
        body() | {"team_id": None, "authorizations": None},
    ],
)
def test_what_slack_would_never_send_is_malformed(value):
    with pytest.raises(MalformedEvent):
        parse(value)


@given(JSON | mutated(body()))
def test_anything_else_is_read_passed_over_or_malformed(value):
    try:
        share = parse(value)
    except MalformedEvent:
        return
    if share is not None:
        assert len(share.identity) <= 256
        assert share.seek


@given(st.text(), st.text())
def test_any_two_names_can_be_compared(reaction, emoji):
    assert is_same_emoji(reaction, reaction)
    assert is_same_emoji(reaction, emoji) is is_same_emoji(emoji, reaction)


def test_the_bots_own_reaction_asks_for_nothing():
    assert parse(body(user="UBOT")) is None
    assert parse(body(user="UB0T")) is not None
