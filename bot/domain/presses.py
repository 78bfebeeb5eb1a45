"""Presses of the buttons that stand for a share, or for a question. No I/O."""

import re
from dataclasses import dataclass

from bot.domain.envelopes import JsonObject, read_id, read_object, read_text
from bot.domain.escaping import mention
from bot.domain.outcomes import Outcome
from bot.domain.sentences import tell
from bot.errors import MalformedEvent

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_QUESTION = re.compile(r"([0-9]{1,18})\.([0-9a-f]{16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where the one who pressed a button is told of it: a *url*, and the thread."""

    url: str
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed a button of which share, and where.

    *channel_id* is None for a button in the person's own App Home.
    """

    team_id: str
    channel_id: str | None
    user_id: str
    share_id: int

    @property
    def group(self) -> str:
        """Whose turn it counts as: the conversation's, else the person's."""
        return self.channel_id or self.user_id


@dataclass(frozen=True, slots=True)
class Decision:
    """A press of a button of a question: yes or no, to what *digest* stands for.

    *response_url* is where the question can be replaced, or "".
    """

    press: Press
    digest: str
    is_yes: bool
    response_url: str


def parse_press(body: object) -> Press:
    """Read a `block_actions` payload.

    Raises:
        MalformedEvent: it is none of a button under a reply or in an App Home.
    """
    payload = read_object(body, "payload")
    value = read_value(payload)
    if not _NUMBER.fullmatch(value):
        raise MalformedEvent("the value is no share")
    return _press(payload, int(value))


def parse_decision(body: object, *, is_yes: bool) -> Decision:
    """Read a `block_actions` payload of a question's button.

    Raises:
        MalformedEvent: it is none of such a button.
    """
    payload = read_object(body, "payload")
    asked = _QUESTION.fullmatch(read_value(payload))
    if asked is None:
        raise MalformedEvent("the value is no question")
    return Decision(
        press=_press(payload, int(asked[1])),
        digest=asked[2],
        is_yes=is_yes,
        response_url=read_text(payload, "response_url"),
    )


def _press(payload: JsonObject, share_id: int) -> Press:
    return Press(
        team_id=read_id(read_object(payload.get("team"), "team"), "id"),
        channel_id=_read_channel(payload),
        user_id=read_id(read_object(payload.get("user"), "user"), "id"),
        share_id=share_id,
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


def _read_channel(payload: JsonObject) -> str | None:
    """Return the reply's conversation; None for an App Home, which is in none.

    docs.slack.dev/reference/interaction-payloads/block_actions-payload: of a view's
    button, `view` is told and no `channel`.
    """
    view = payload.get("view")
    if view is not None and payload.get("channel") is None:
        if read_object(view, "view").get("type") == "home":
            return None
        raise MalformedEvent("a view that has none of our buttons")
    return read_id(read_object(payload.get("channel"), "channel"), "id")


def parse_answer_place(body: object) -> AnswerPlace:
    """Read from a `block_actions` payload where it can be answered.

    The container's `thread_ts` is in no page of Slack's, but there (slack-go/slack
    pull request 888).

    Raises:
        MalformedEvent: it has no such place.
    """
    payload = read_object(body, "payload")
    container = read_object(payload.get("container"), "container")
    url = read_text(payload, "response_url")
    return AnswerPlace(url, read_text(container, "thread_ts") or None)


def write_press_answer(outcome: Outcome) -> str:
    """Return what the one who pressed a button is told where it changed nothing."""
    owner = outcome.facts.get("owner")
    return tell(outcome, it=mention(str(owner)) if owner else "that")
