"""Presses of a reply's buttons. No I/O."""

import re
from dataclasses import dataclass

from bot.domain.envelopes import read_id, read_object, read_text
from bot.errors import MalformedEvent

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed a button of which share's reply, and where."""

    team_id: str
    channel_id: str
    user_id: str
    share_id: int


def parse_press(body: object) -> Press:
    """Read a `block_actions` payload.

    Raises:
        MalformedEvent: it is none of a button under a reply.
    """
    payload = read_object(body, "payload")
    value = read_value(payload)
    if not _NUMBER.fullmatch(value):
        raise MalformedEvent("the value is no share")
    return Press(
        team_id=read_id(read_object(payload.get("team"), "team"), "id"),
        channel_id=read_id(read_object(payload.get("channel"), "channel"), "id"),
        user_id=read_id(read_object(payload.get("user"), "user"), "id"),
        share_id=int(value),
    )


def read_value(body: object) -> str:
    """Return the value of the button that a `block_actions` payload tells of.

    Raises:
        MalformedEvent: there is none.
    """
    actions = read_object(body, "payload").get("actions")
    if not isinstance(actions, list) or not actions:
        raise MalformedEvent("no action")
    return read_text(read_object(actions[0], "action"), "value")
