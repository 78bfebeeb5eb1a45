"""A press of a button, whose value came back from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes import NOTHING_TO_UNDO, Outcome
from bot.domain.presses import (
    AnswerPlace,
    Decision,
    Press,
    parse_answer_place,
    parse_decision,
    parse_press,
    read_value,
    write_press_answer,
)
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
#: docs.slack.dev/reference/interaction-payloads/block_actions-payload, of a view.
IN_HOME = {
    **{name: each for name, each in BODY.items() if name != "channel"},
    "container": {"type": "view", "view_id": "V1"},
    "view": {"id": "V1", "type": "home", "blocks": []},
}
#: SQLite's largest number; a longer one would be an error of the database's.
LARGEST = 2**63 - 1


def test_a_press_tells_who_pressed_what_where():
    assert parse_press(BODY) == Press("T1", "C1", "U1", 17)


@pytest.mark.parametrize("more", [{}, {"channel": None}])
def test_a_press_in_the_app_home_is_in_no_channel(more):
    assert parse_press({**IN_HOME, **more}) == Press("T1", None, "U1", 17)


def test_a_press_takes_its_turn_with_its_channel_or_its_person():
    assert parse_press(BODY).group == "C1"
    assert parse_press(IN_HOME).group == "U1"


@pytest.mark.parametrize(
    "fields",
    [
        {"view": {"type": "modal"}},
        {"view": {}},
        {"view": "home"},
        {"view": None},
        {"channel": {}},
        {"channel": {"id": None}},
        {"channel": "C1"},
    ],
)
def test_a_press_in_neither_a_channel_nor_a_home_is_malformed(fields):
    with pytest.raises(MalformedEvent):
        parse_press({**IN_HOME, **fields})


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


@given(JSON | mutated(BODY, IN_HOME))
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


URL = "https://hooks.slack.com/actions/T1/1/x"


@pytest.mark.parametrize(
    ("container", "thread_ts"),
    [({"thread_ts": "1.1"}, "1.1"), ({}, None), ({"thread_ts": None}, None)],
)
def test_a_press_is_answered_in_the_thread_of_its_button(container, thread_ts):
    payload = {**BODY, "container": container, "response_url": URL}

    assert parse_answer_place(payload) == AnswerPlace(URL, thread_ts)


@given(JSON | mutated({**BODY, "container": {"thread_ts": "1.1"}, "response_url": URL}))
def test_any_payload_has_a_place_to_answer_or_is_malformed(payload):
    try:
        place = parse_answer_place(payload)
    except MalformedEvent:
        return
    assert isinstance(place.url, str)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (
            Outcome("NotYours", {"owner": "U1"}),
            "Only <@U1> can undo this: they attached it.",
        ),
        (NOTHING_TO_UNDO, "There is nothing left to undo here."),
    ],
)
def test_a_press_that_changes_nothing_is_answered_with_why(outcome, text):
    assert write_press_answer(outcome) == text


DIGEST = "0123456789abcdef"
ANSWER = {
    **BODY,
    "actions": [{**ACTION, "action_id": "consent", "value": f"17.{DIGEST}"}],
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
}


@pytest.mark.parametrize("is_yes", [True, False])
def test_a_decision_tells_who_answered_which_question(is_yes):
    press, url = Press("T1", "C1", "U1", 17), ANSWER["response_url"]

    assert parse_decision(ANSWER, is_yes=is_yes) == Decision(press, DIGEST, is_yes, url)


@pytest.mark.parametrize(
    "value",
    [
        "17",
        f".{DIGEST}",
        f"17.{DIGEST}0",
        f"17.{DIGEST[1:]}",
        f"17.{DIGEST.upper()}",
        "17.x",
    ],
)
def test_a_question_that_we_never_put_is_malformed(value):
    body = {**ANSWER, "actions": [{**ACTION, "value": value}]}

    with pytest.raises(MalformedEvent):
        parse_decision(body, is_yes=True)


@given(JSON | mutated(ANSWER))
def test_any_payload_is_a_decision_or_malformed(payload):
    try:
        decision = parse_decision(payload, is_yes=True)
    except MalformedEvent:
        return
    assert 0 <= decision.press.share_id <= LARGEST
    assert isinstance(decision.response_url, str)


# --- the value alone ----------------------------------------------------------


def test_a_buttons_value_is_read():
    assert read_value({"actions": [{"value": "a-seal"}, {"value": "other"}]}) == (
        "a-seal"
    )


def test_a_button_without_a_value_has_an_empty_one():
    assert read_value({"actions": [{"action_id": "choose"}]}) == ""


@given(JSON | mutated(BODY))
def test_any_payload_has_a_value_or_is_malformed(payload):
    try:
        value = read_value(payload)
    except MalformedEvent:
        return
    assert isinstance(value, str)
