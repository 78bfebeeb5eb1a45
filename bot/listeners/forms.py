"""The form: what opens it, its menu of work items, and its submission."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.domain.blocks import CHOOSE, MOVE
from bot.domain.form_views import build_option
from bot.domain.forms import (
    ATTACH_FORM,
    ITEM,
    Form,
    Moving,
    Uploads,
    is_stranger,
    parse_entries,
    parse_message_shortcut,
    parse_opening,
)
from bot.domain.presses import parse_press, read_value
from bot.domain.submissions import NO_LONGER_VALID, build_share, find_faults
from bot.errors import MalformedEvent
from bot.listeners.intake import Intake
from bot.work.forming import FormDesk
from bot.work.item_menu import ItemMenu
from bot.work.seals import BrokenSeal

logger = logging.getLogger(__name__)

Body = Mapping[str, Any]


def register(
    app: App, intake: Intake, desk: FormDesk, menu: ItemMenu, *, external_users: bool
) -> None:
    """Listen to the shortcuts and buttons that open the form, and to the form.

    What opens it runs after the acknowledgement (`lazy`): it calls Slack.
    """
    app.message_shortcut("attach_message")(
        ack=acknowledge, lazy=[partial(open_for_message, desk)]
    )
    app.global_shortcut("attach_files")(
        ack=acknowledge, lazy=[partial(open_for_uploads, desk)]
    )
    app.action(MOVE)(ack=acknowledge, lazy=[partial(open_for_move, desk)])
    app.action(CHOOSE)(ack=acknowledge, lazy=[partial(open_chosen, desk)])
    app.options(ITEM)(partial(suggest_items, menu, external_users=external_users))
    app.view(ATTACH_FORM)(partial(submit, intake, desk))


def acknowledge(ack: Ack) -> None:
    """Say that it was heard."""
    ack()


def open_for_message(desk: FormDesk, body: Body) -> None:
    """Offer the files of the message whose shortcut was used."""
    try:
        desk.open(parse_message_shortcut(body))
    except MalformedEvent as error:
        logger.warning("A message's shortcut is malformed: %s", error)


def open_for_uploads(desk: FormDesk, body: Body) -> None:
    """Take files that are uploaded into the form."""
    try:
        desk.open(parse_opening(body, Uploads()))
    except MalformedEvent as error:
        logger.warning("A shortcut is malformed: %s", error)


def open_for_move(desk: FormDesk, body: Body) -> None:
    """Move what the reply with the button tells of."""
    try:
        desk.open(parse_opening(body, Moving(parse_press(body).share_id)))
    except MalformedEvent as error:
        logger.warning("A press of Move is malformed: %s", error)


def open_chosen(desk: FormDesk, body: Body) -> None:
    """Open the form that is sealed into the button."""
    try:
        opening = parse_opening(body, Uploads())
        desk.open_sealed(read_value(body), opening)
    except (MalformedEvent, BrokenSeal) as error:
        logger.warning("A press of Choose was refused: %s", type(error).__name__)


def suggest_items(
    menu: ItemMenu, ack: Ack, body: Body, *, external_users: bool
) -> None:
    """Show work items for what is typed so far; to who may not attach, no titles."""
    typed = str(body.get("value") or "")
    try:
        may_look = external_users or not is_stranger(body)
    except MalformedEvent as error:
        logger.warning("A menu's request is malformed: %s", error)
        may_look = False
    found = menu.suggest(typed) if may_look else menu.echo(typed)
    ack(
        options=[
            build_option(str(each.key), f"{each.key} {each.title}") for each in found
        ]
    )


def submit(intake: Intake, desk: FormDesk, ack: Ack, body: Body) -> None:
    """Take in what the form asks for; what is wrong with it stands at its field."""
    try:
        entries = parse_entries(body)
        form = _open_seal(desk, body, entries.team_id, entries.user_id)
    except (MalformedEvent, BrokenSeal) as error:
        logger.warning("A form was refused: %s", type(error).__name__)
        ack(response_action="errors", errors=NO_LONGER_VALID)
        return
    movable = desk.get_movable(form)
    faults = find_faults(
        form,
        entries,
        is_known=bool(
            entries.reference and desk.directory.may_be_known(entries.reference)
        ),
        movable=movable,
        limit=desk.directory.known_file_size_limit,
    )
    if faults:
        ack(response_action="errors", errors=dict(faults))
        return
    intake.accept(build_share(form, entries, movable))
    ack()


def _open_seal(desk: FormDesk, body: Body, team_id: str, user_id: str) -> Form:
    seal = body["view"].get("private_metadata")
    return desk.sealer.open(str(seal), team_id=team_id, user_id=user_id)
