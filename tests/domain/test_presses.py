"""A press of a button, whose value came back from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.presses import Press, parse_press
from bot.errors import MalformedEvent
from tests.domain.bodies import JSON, mutated

ACTION = {"type": "button", "action_id": "undo", "block_id": "b1", "value": "17"}
BODY = {
    "type": "block_actions",
    "team": {"id": "T1", "domain": "acme"},
    "channel": {"id": "C1", "name": "general"},
    "user": {"id": "U1", "team_id": "T1"},
    "actions": [ACTION],
}
#: SQLite's largest number; a longer one would be an error of the database's.
LARGEST = 2**63 - 1


def test_a_press_tells_who_pressed_what_where():
    assert parse_press(BODY) == Press("T1", "C1", "U1", 17)


@pytest.mark.parametrize(
    "value",
    [
        None,
        17,
        "",
        " 17",
        "17\n",
        "-1",
        "+1",
        "1_7",
        "0x11",
        "1e3",
        "17; DROP TABLE shares",
        "١٧",
        "9" * 19,
        ["17"],
        {"id": 17},
    ],
)
def test_a_value_that_we_never_gave_is_malformed(value):
    with pytest.raises(MalformedEvent):
        parse_press({**BODY, "actions": [{**ACTION, "value": value}]})


@pytest.mark.parametrize(
    "fields",
    [
        {"actions": None},
        {"actions": []},
        {"actions": {"0": ACTION}},
        {"actions": ["undo"]},
        {"team": None},
        {"team": {"id": "t1"}},
        {"channel": None},
        {"channel": {}},
        {"user": "U1"},
        {"user": {"id": "U1\n"}},
    ],
)
def test_a_payload_that_slack_would_never_send_is_malformed(fields):
    with pytest.raises(MalformedEvent):
        parse_press({**BODY, **fields})


@given(JSON | mutated(BODY))
def test_any_payload_is_a_press_or_malformed(payload):
    try:
        press = parse_press(payload)
    except MalformedEvent:
        return
    assert 0 <= press.share_id <= LARGEST


@given(st.text() | st.from_regex(r"[0-9]{1,30}", fullmatch=True))
def test_a_number_is_one_that_the_ledger_can_look_for(value):
    try:
        press = parse_press({**BODY, "actions": [{**ACTION, "value": value}]})
    except MalformedEvent:
        return
    assert press.share_id <= LARGEST
