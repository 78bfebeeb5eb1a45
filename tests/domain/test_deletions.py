"""A deleted message is known by its event, whichever of the two it is."""

import pytest
from hypothesis import given

from bot.domain.deletions import Deletion, parse_deletion
from bot.errors import MalformedEvent
from tests.domain.bodies import JSON, mutated

TS = "1700000000.000100"
GONE = Deletion("T1", "C1", TS)


def body(**event):
    event = {"type": "message", "channel": "C1", "ts": "1700000009.000900", **event}
    return {"type": "event_callback", "team_id": "T1", "event": event}


def changed(**message):
    message = {"type": "message", "ts": TS, "text": "", **message}
    return body(subtype="message_changed", message=message)


DELETED = body(subtype="message_deleted", deleted_ts=TS, previous_message={})
BURIED = changed(subtype="tombstone", user="USLACKBOT", hidden=True)


def test_a_message_that_is_gone_is_known():
    assert parse_deletion(DELETED) == GONE


def test_the_root_of_a_thread_leaves_a_tombstone():
    assert parse_deletion(BURIED) == GONE


@pytest.mark.parametrize(
    "other", [body(text="WEB-1"), changed(edited={"ts": TS}), body(subtype="x")]
)
def test_other_messages_are_not_gone(other):
    assert parse_deletion(other) is None


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        {},
        body(subtype="message_deleted", deleted_ts=TS, channel=7),
        body(subtype="message_deleted", deleted_ts="yesterday"),
        body(subtype="message_changed", message="x"),
    ],
)
def test_what_is_no_such_event_is_malformed(malformed):
    with pytest.raises(MalformedEvent):
        parse_deletion(malformed)


@given(JSON | mutated(DELETED, BURIED))
def test_whatever_comes_is_a_deletion_or_none_or_malformed(anything):
    try:
        found = parse_deletion(anything)
    except MalformedEvent:
        return
    assert found is None or isinstance(found, Deletion)
