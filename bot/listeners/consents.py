"""Buttons of the question whether private files may go to Plane."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.config import PrivateFiles
from bot.domain.consents import ANSWERED, CONSENT, REFUSE, write_thanks
from bot.domain.outcomes import Outcome
from bot.domain.presses import Decision, parse_decision
from bot.domain.sentences import tell
from bot.errors import MalformedEvent, MessageDeleted, PrivateConversation
from bot.listeners.intake import Intake

logger = logging.getLogger(__name__)

#: Under this name the one function leaves the other what it has to show, and where.
_SHOWN = "loadmaster_shown"


def register(app: App, intake: Intake, *, private: PrivateFiles) -> None:
    """Listen to the buttons."""
    for action_id, is_yes in ((CONSENT, True), (REFUSE, False)):
        # Bolt starts what is lazy once the other has acknowledged.
        app.action(action_id)(
            ack=partial(_take, intake, private, is_yes),
            lazy=[partial(_show, intake)],
        )


def _take(
    intake: Intake,
    private: PrivateFiles,
    is_yes: bool,
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
) -> None:
    """Store the answer; whether it is this person's to give is decided there."""
    try:
        decision = parse_decision(body, is_yes=is_yes)
    except MalformedEvent as error:
        logger.warning("An answer to a question is malformed: %s", error)
    else:
        text = _decide(intake, decision, private)
        context[_SHOWN] = (decision.response_url, text)
    ack()


def _decide(intake: Intake, decision: Decision, private: PrivateFiles) -> str:
    """Return what takes the question's place; nothing for who was asked none."""
    if intake.consents.was_left_out(decision.press):
        return tell(Outcome.of(MessageDeleted()), it="that")
    if not intake.consents.was_asked(decision.press):
        return ""
    if decision.is_yes and private is PrivateFiles.DENY:  # set after it was asked
        return tell(Outcome.of(PrivateConversation()), it="that")
    question = intake.decide(decision)
    return write_thanks(question, is_yes=decision.is_yes) if question else ANSWERED


def _show(intake: Intake, context: BoltContext) -> None:
    """Put what came of the answer into the question's place; nobody depends on it."""
    url, text = context.get(_SHOWN, ("", ""))
    if text and not intake.response_urls.replace(url, text):
        logger.warning("A question that was answered stays as it is")
