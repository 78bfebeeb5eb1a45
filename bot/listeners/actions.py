"""Buttons under a reply: Undo and Retry."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.domain.blocks import RETRY, UNDO
from bot.domain.presses import Press, parse_press
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)


def register(app: App, intake: Intake) -> None:
    """Listen to the buttons."""
    app.action(UNDO)(partial(_take, intake.undo))
    app.action(RETRY)(partial(_take, intake.retry))


def _take(accept: Callable[[Press], None], ack: Ack, body: Mapping[str, Any]) -> None:
    """Store what the button asks for; whether its user may is decided there."""
    try:
        accept(parse_press(body))
    except MalformedEvent as error:
        logger.warning("A press of a button is malformed: %s", error)
    ack()
