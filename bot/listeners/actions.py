"""Buttons under a reply: Undo and Retry; Retry is in the App Home, too."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.domain.blocks import RETRY, UNDO
from bot.domain.outcomes import Outcome
from bot.domain.presses import (
    Press,
    parse_answer_place,
    parse_press,
    write_press_answer,
)
from bot.domain.visits import Visitor
from bot.errors import MalformedEvent
from bot.listeners.home import Homes
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)

#: What the context of a press has for `_answer`.
_TEXT = "press_answer"


def register(app: App, intake: Intake, homes: Homes) -> None:
    """Listen to the buttons; who pressed is told of it after the acknowledgement."""
    for action_id, accept in ((UNDO, intake.undo), (RETRY, intake.retry)):
        app.action(action_id)(
            ack=partial(_take, accept, homes), lazy=[partial(_answer, intake)]
        )


def _take(
    accept: Callable[[Press], Outcome | None],
    homes: Homes,
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
) -> None:
    """Store what the button asks for; whether its user may is decided there."""
    try:
        press = parse_press(body)
    except MalformedEvent as error:
        logger.warning("A press of a button is malformed: %s", error)
        ack()
        return
    idle = accept(press)
    if press.channel_id is None:
        homes.show(Visitor(press.team_id, press.user_id))
    elif idle:
        context[_TEXT] = write_press_answer(idle)
    ack()


def _answer(intake: Intake, body: Mapping[str, Any], context: BoltContext) -> None:
    """Tell the one who pressed why nothing came of it; Bolt calls this in a thread."""
    text = context.get(_TEXT)
    if not text:
        return
    try:
        place = parse_answer_place(body)
    except MalformedEvent as error:
        logger.warning("A press of a button cannot be answered: %s", error)
        return
    intake.response_urls.tell_at(place.url, text, thread_ts=place.thread_ts)
