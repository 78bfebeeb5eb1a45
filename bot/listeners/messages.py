"""Messages: one that shares files with a reference to a work item is taken in."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import App

from bot.domain.shares import parse_share
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)


def register(app: App, intake: Intake) -> None:
    """Listen to messages of every subtype; most are none of ours."""
    app.event("message")(partial(attach_shared_files, intake))


def attach_shared_files(intake: Intake, body: Mapping[str, Any]) -> None:
    """Take in what the message shares, if it does."""
    try:
        share = parse_share(body, links=intake.links)
    except MalformedEvent as error:
        # Delivered again it would be no better: it counts as seen.
        logger.warning("event=%s is malformed: %s", body.get("event_id"), error)
        return
    if share is not None:
        intake.accept(share)
