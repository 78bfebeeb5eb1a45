"""Messages: shares of files, mentions of the bot, and direct messages to it."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import App

from bot.domain.deletions import parse_deletion
from bot.domain.mentions import parse_direct_message, parse_mention
from bot.domain.shares import Share, parse_share
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)


def register(app: App, intake: Intake, *, attach_on_share: bool) -> None:
    """Listen to messages of every subtype; most are none of ours."""
    app.event("message")(
        partial(accept_message, intake, attach_on_share=attach_on_share)
    )


def accept_message(
    intake: Intake, body: Mapping[str, Any], *, attach_on_share: bool
) -> None:
    """Take in what the message asks for, if it asks for anything."""
    try:
        if deletion := parse_deletion(body):
            intake.withdraw(deletion)
            return
        share = _parse(intake, body, attach_on_share=attach_on_share)
    except MalformedEvent as error:
        # Delivered again it would be no better: it counts as seen.
        logger.warning("event=%s is malformed: %s", body.get("event_id"), error)
        return
    if share is not None:
        intake.accept(share)


def _parse(
    intake: Intake, body: Mapping[str, Any], *, attach_on_share: bool
) -> Share | None:
    if mention := parse_mention(body, links=intake.links):
        return mention
    share = parse_share(body, links=intake.links) if attach_on_share else None
    return share or parse_direct_message(body)
