"""The share that an event of Slack's asks for."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.references import PlaneLinks, WorkItemId, WorkItemKey
from bot.domain.seeks import SeekAuthor
from bot.domain.shares import Share, parse_share
from bot.errors import MalformedEvent
from tests.domain.bodies import JSON, mutated

LINKS = PlaneLinks("https://plane.example.com", "acme")
PROJECT = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01"
ITEM = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02"

FILE = {
    "id": "F1",
    "name": "design.pdf",
    "mimetype": "application/pdf",
    "filetype": "pdf",
    "mode": "hosted",
    "size": 12,
    "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/d.pdf",
}
EVENT = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "team": "T1",
    "text": "see WEB-12",
    "files": [FILE],
    "ts": "1700000000.000100",
    "event_ts": "1700000000.000100",
}
BODY = {
    "type": "event_callback",
    "team_id": "T1",
    "enterprise_id": None,
    "event_id": "Ev1",
    "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": "UBOT"}],
    "is_ext_shared_channel": False,
    "event": EVENT,
}


def body(*, without=(), envelope=None, **fields):
    """Build a body whose event has these fields."""
    event = {name: value for name, value in EVENT.items() if name not in without}
    return {**BODY, **(envelope or {}), "event": {**event, **fields}}


def changed(*, fields=None, edited=None, **outer):
    """Build a message_changed of the message; with *edited* a person edited it."""
    message = {**EVENT, **(fields or {})}
    if edited is not None:
        message["edited"] = edited
    outer = {"channel": "C1", "channel_type": "channel", "hidden": True, **outer}
    own_ts = {"ts": "1700000009.000900", "event_ts": "1700000009.000900"}
    event = {"type": "message", "subtype": "message_changed", "message": message}
    return {**BODY, "event": {**event, **own_ts, **outer}}


EDITED = {"user": "U1", "ts": "1700000009.000000"}
NAMES = sorted({*EVENT, *FILE, *BODY, "subtype", "message", "edited", "thread_ts"})


def parse(value):
    return parse_share(value, links=LINKS)


def test_a_message_with_a_file_and_a_key_is_a_share():
    share = parse(body())

    assert isinstance(share, Share)
    assert (share.team_id, share.channel_id, share.user_id) == ("T1", "C1", "U1")
    assert share.message_ts == share.thread_ts == "1700000000.000100"
    assert share.references == (WorkItemKey("WEB", 12),)
    assert [file.file_id for file in share.files] == ["F1"]
    assert not share.is_private
    assert not share.is_external


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(body(subtype="file_share", upload=True), id="file_share"),
        pytest.param(body(subtype=None), id="no subtype"),
        pytest.param(body(upload=False), id="shared again"),
        pytest.param(body(team=None), id="no team"),
        pytest.param(body(without=["team"]), id="team left out"),
        pytest.param(body(bot_id=None), id="bot_id null"),
        pytest.param(body(text="<https://plane.example.com/acme/browse/WEB-12/>")),
        pytest.param(changed(edited=EDITED), id="edited"),
        pytest.param(
            changed(edited=EDITED, previous_message=[]), id="edited, odd previous"
        ),
    ],
)
def test_what_people_write_is_a_share(event):
    assert dataclasses.replace(parse(event), version="") == parse(body())


def test_of_very_many_keys_the_first_hundred_count():
    share = parse(body(text=" ".join(f"WEB-{number}" for number in range(1, 200))))

    assert [each.sequence_id for each in share.references] == [*range(1, 101)]


def test_an_edit_counts_as_the_message_that_was_edited():
    share = parse(changed(edited=EDITED, fields={"text": "now WEB-13"}))

    assert share.message_ts == "1700000000.000100"
    assert share.references == (WorkItemKey("WEB", 13),)
    assert (share.version, parse(body()).version) == (EDITED["ts"], "")


def test_a_reply_in_a_thread_is_answered_in_that_thread():
    share = parse(body(thread_ts="1699999999.000100", parent_user_id="U2"))

    assert share.thread_ts == "1699999999.000100"
    assert share.message_ts == "1700000000.000100"


def test_a_reply_that_is_sent_to_the_channel_too_is_a_share():
    root = {"user": "U2", "ts": "1699999999.000100", "files": [FILE], "text": "OPS-1"}
    share = parse(
        body(subtype="thread_broadcast", thread_ts="1699999999.000100", root=root)
    )

    assert share.thread_ts == "1699999999.000100"
    assert share.references == (WorkItemKey("WEB", 12),)


def test_a_link_to_a_work_item_is_a_reference():
    url = f"https://plane.example.com/acme/projects/{PROJECT}/issues/{ITEM}"

    assert parse(body(text=f"<{url}|x>")).references == (WorkItemId(PROJECT, ITEM),)


def test_several_files_keep_their_order_and_each_comes_once():
    files = [{**FILE, "id": name} for name in ("F3", "F1", "F3", "F2")]

    share = parse(body(files=files))

    assert [file.file_id for file in share.files] == ["F3", "F1", "F2"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(body(without=["files"]), id="no files"),
        pytest.param(body(files=[]), id="empty files"),
        pytest.param(body(files=None), id="files null"),
        pytest.param(body(text="no key in it"), id="no reference"),
        pytest.param(body(text=""), id="no text"),
        pytest.param(body(text=None), id="text null"),
        pytest.param(body(without=["text"]), id="text left out"),
        pytest.param(body(text="```WEB-12```"), id="in a code block"),
        pytest.param(body(bot_id="B1"), id="a bot's"),
        pytest.param(body(user="UBOT"), id="our own, with no bot_id"),
        pytest.param(body(subtype="bot_message"), id="a classic bot's"),
        pytest.param(body(subtype="message_deleted"), id="deleted"),
        pytest.param(body(subtype="tombstone"), id="tombstone"),
        pytest.param(body(subtype="channel_topic"), id="topic"),
        pytest.param(body(subtype="something_new"), id="unknown subtype"),
        pytest.param(changed(), id="unfolded link"),
        pytest.param(changed(edited=None), id="not edited"),
        pytest.param(
            changed(edited=EDITED, fields={"subtype": "tombstone", "files": []}),
            id="edited to a tombstone",
        ),
        pytest.param(
            changed(edited=EDITED, fields={"bot_id": "B1"}), id="a bot's edit"
        ),
        pytest.param(
            body(
                without=["files"],
                attachments=[{"is_share": True, "files": [FILE], "text": "WEB-12"}],
            ),
            id="forwarded",
        ),
    ],
)
def test_what_is_no_share_is_passed_over(event):
    assert parse(event) is None


@pytest.mark.parametrize("channel_type", ["group", "im", "mpim", "app_home", None, []])
def test_every_conversation_but_a_public_channel_is_private(channel_type):
    assert parse(body(channel_type=channel_type)).is_private
    assert parse(body(without=["channel_type"])).is_private


@pytest.mark.parametrize(
    ("fields", "envelope", "is_external"),
    [
        pytest.param({"team": "T1"}, {}, False, id="ours"),
        pytest.param({"team": "T2"}, {}, True, id="theirs"),
        pytest.param({"team": "T1", "user_team": "T2"}, {}, True, id="user_team"),
        pytest.param({"team": "T2", "user_team": "T1"}, {}, False, id="ours abroad"),
        pytest.param({"user_team": ["T1"]}, {}, True, id="no text"),
        pytest.param(
            {"user_team": "E1"}, {"enterprise_id": "E1"}, False, id="enterprise"
        ),
        pytest.param(
            {"user_team": "E1"}, {"context_enterprise_id": "E1"}, False, id="context"
        ),
        pytest.param(
            {"user_team": "E2"}, {"enterprise_id": "E1"}, True, id="other one"
        ),
        pytest.param({"user_team": "E1"}, {"enterprise_id": ["E1"]}, True, id="list"),
    ],
)
def test_who_is_of_another_organisation_is_external(fields, envelope, is_external):
    assert parse(body(envelope=envelope, **fields)).is_external is is_external


def test_in_a_shared_channel_it_is_sought_whose_person_shared_where_it_is_not_told():
    shared = {"is_ext_shared_channel": True}

    share = parse(body(without=["team"], envelope=shared, thread_ts="1.1"))

    assert share.is_external
    assert share.seek == SeekAuthor(EVENT["ts"], thread_ts="1.1")
    assert parse(body(envelope=shared)).seek is None
    assert parse(body(without=["team"])).seek is None


def test_the_workspace_is_the_one_that_the_app_was_installed_in():
    # In a channel shared by Slack Connect, team_id may be the other side's.
    share = parse(body(envelope={"team_id": "T2"}))

    assert share.team_id == "T1"
    assert not share.is_external


@pytest.mark.parametrize("granted", [None, [], ["T1"], [{"team_id": None}], "T1"])
def test_without_an_authorization_the_workspace_is_the_envelopes(granted):
    envelope = {"team_id": "T3", "authorizations": granted}

    assert parse(body(envelope=envelope)).team_id == "T3"


def test_a_stub_of_slack_connect_is_kept_to_be_looked_up():
    stub = {"id": "F1", "mode": "file_access", "file_access": "check_file_info"}

    (file,) = parse(body(files=[{**stub, "created": 0, "user": ""}])).files

    assert file.is_stub


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="list"),
        pytest.param({}, id="no event"),
        pytest.param({**BODY, "event": "message"}, id="event is a text"),
        pytest.param(changed(message=None), id="no message in message_changed"),
        pytest.param(body(subtype=["file_share"]), id="subtype is a list"),
        pytest.param(body(text={"text": "WEB-12"}), id="text is an object"),
        pytest.param(body(files={"id": "F1"}), id="files is an object"),
        pytest.param(body(files=["F1"]), id="a file is a text"),
        pytest.param(body(files=[{**FILE, "id": "../F1"}]), id="file id is a path"),
        pytest.param(body(files=[{**FILE, "id": ""}]), id="file id is empty"),
        pytest.param(body(channel="c1"), id="no channel id"),
        pytest.param(body(without=["channel"]), id="no channel"),
        pytest.param(body(without=["user"]), id="no user"),
        pytest.param(body(user="U1\n"), id="user with a line end"),
        pytest.param(body(ts=1700000000.0001), id="ts is a number"),
        pytest.param(body(ts="1700000000"), id="ts without its second part"),
        pytest.param(body(ts="١٧.١"), id="ts in other digits"),
        pytest.param(body(thread_ts="never"), id="thread_ts is no ts"),
        pytest.param(
            body(envelope={"team_id": None, "authorizations": []}), id="no team"
        ),
        pytest.param(
            body(envelope={"authorizations": [{"team_id": {}, "x": 1}]})
            | {"team_id": 5},
            id="team is a number",
        ),
    ],
)
def test_what_slack_would_never_send_is_malformed(event):
    with pytest.raises(MalformedEvent):
        parse(event)


@given(JSON | st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_json_at_all_raises_anything_but_malformed_event(value):
    try:
        share = parse(value)
    except MalformedEvent:
        return
    assert share is None


@given(mutated(body(), changed(edited=EDITED)))
def test_an_event_with_anything_wrong_is_read_passed_over_or_malformed(event):
    try:
        share = parse(event)
    except MalformedEvent:
        return
    if share is not None:
        assert share.references
        assert share.files
