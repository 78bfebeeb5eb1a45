"""Reactions: the configured emoji has the files of its message attached."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import App

from bot.domain.reactions import parse_reaction
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)


def register(app: App, intake: Intake, *, emoji: str) -> None:
    """Listen to every reaction; most are none of ours."""
    app.event("reaction_added")(partial(attach_files_reacted_to, intake, emoji=emoji))


def attach_files_reacted_to(
    intake: Intake, body: Mapping[str, Any], *, emoji: str
) -> None:
    """Take in what the reaction asks for, if it is the one."""
    try:
        share = parse_reaction(body, emoji=emoji)
    except MalformedEvent as error:
        logger.warning("event=%s is malformed: %s", body.get("event_id"), error)
        return
    if share is not None:
        intake.accept(share)
