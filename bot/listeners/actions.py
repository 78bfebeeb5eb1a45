"""Buttons under a reply: Undo and Retry; Retry is in the App Home, too."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.domain.blocks import RETRY, UNDO
from bot.domain.presses import Press, parse_press
from bot.domain.visits import Visitor
from bot.errors import MalformedEvent
from bot.listeners.home import Homes
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)


def register(app: App, intake: Intake, homes: Homes) -> None:
    """Listen to the buttons."""
    app.action(UNDO)(partial(_take, intake.undo, homes))
    app.action(RETRY)(partial(_take, intake.retry, homes))


def _take(
    accept: Callable[[Press], None], homes: Homes, ack: Ack, body: Mapping[str, Any]
) -> None:
    """Store what the button asks for; whether its user may is decided there."""
    try:
        press = parse_press(body)
    except MalformedEvent as error:
        logger.warning("A press of a button is malformed: %s", error)
    else:
        accept(press)
        if press.channel_id is None:
            homes.show(Visitor(press.team_id, press.user_id))
    ack()
