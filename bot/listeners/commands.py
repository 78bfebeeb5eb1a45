"""The slash command: answered at once, carried out afterwards."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.domain.commands import Command, is_bare, parse_command
from bot.domain.forms import parse_command_opening
from bot.domain.help import write_command_answer, write_help
from bot.domain.outcomes import Outcome
from bot.domain.sentences import tell
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake
from bot.work.forming import FormDesk

logger = logging.getLogger(__name__)


def register(
    app: App, intake: Intake, desk: FormDesk, *, command: str, emoji: str
) -> None:
    """Listen to the command."""
    app.command(command)(
        ack=partial(attach_by_command, intake, command=command, emoji=emoji),
        lazy=[partial(open_form, desk)],
    )


def open_form(desk: FormDesk, body: Mapping[str, Any]) -> None:
    """Open the form where nothing was typed behind the command."""
    if not is_bare(body):
        return
    try:
        desk.open(parse_command_opening(body))
    except MalformedEvent as error:
        logger.warning("A command is malformed: %s", error)


def attach_by_command(
    intake: Intake, ack: Ack, body: Mapping[str, Any], *, command: str, emoji: str
) -> None:
    """Take in what the command asks for, or tell how it is used."""
    if is_bare(body):
        ack()
        return
    asked = _parse(intake, body)
    if asked.problem:
        ack(text=tell(Outcome.of(asked.problem), it="your request"))
        return
    if asked.share is None:
        ack(text=write_help(command=command, emoji=emoji))
        return
    intake.response_urls.keep(asked.share.identity, str(body.get("response_url")))
    intake.accept(asked.share)
    ack(text=write_command_answer(asked.share))


def _parse(intake: Intake, body: Mapping[str, Any]) -> Command:
    try:
        return parse_command(body, links=intake.links, now=time.time())
    except MalformedEvent:
        return Command(None)
