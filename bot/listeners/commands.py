"""The slash command: answered at once, carried out afterwards."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.domain.commands import parse_command
from bot.domain.help import write_command_answer, write_help
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake


def register(app: App, intake: Intake, *, command: str, emoji: str) -> None:
    """Listen to the command."""
    app.command(command)(
        partial(attach_by_command, intake, command=command, emoji=emoji)
    )


def attach_by_command(
    intake: Intake, ack: Ack, body: Mapping[str, Any], *, command: str, emoji: str
) -> None:
    """Take in what the command asks for, or tell how it is used."""
    try:
        share = parse_command(body, links=intake.links, now=time.time()).share
    except MalformedEvent:
        share = None
    if share is None:
        ack(text=write_help(command=command, emoji=emoji))
        return
    intake.response_urls.keep(share.identity, str(body.get("response_url")))
    intake.accept(share)
    ack(text=write_command_answer(share))
