"""Who opened their App Home, out of an event."""

import pytest
from hypothesis import given

from bot.domain.visits import Visitor, parse_visit
from bot.errors import MalformedEvent
from tests.domain.bodies import JSON, mutated

EVENT = {
    "type": "app_home_opened",
    "user": "U1",
    "channel": "D1",
    "tab": "home",
    "event_ts": "1700000000.000100",
}
BODY = {
    "type": "event_callback",
    "team_id": "T9",
    "authorizations": [{"team_id": "T1", "user_id": "UBOT"}],
    "event": EVENT,
}


def test_a_visit_tells_who_opened_their_home_in_our_workspace():
    assert parse_visit(BODY) == Visitor("T1", "U1")


@pytest.mark.parametrize("tab", ["messages", "about", "", None, 1, ["home"]])
def test_another_tab_is_no_visit(tab):
    assert parse_visit({**BODY, "event": {**EVENT, "tab": tab}}) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"event": None},
        {"event": {**EVENT, "user": None}},
        {"event": {**EVENT, "user": "<@U1>"}},
        {"team_id": None, "authorizations": []},
    ],
)
def test_what_slack_would_never_send_is_malformed(fields):
    with pytest.raises(MalformedEvent):
        parse_visit({**BODY, **fields})


@given(JSON | mutated(BODY))
def test_any_body_is_a_visit_or_none_or_malformed(body):
    try:
        visitor = parse_visit(body)
    except MalformedEvent:
        return
    assert visitor is None or visitor.user_id.isalnum()
