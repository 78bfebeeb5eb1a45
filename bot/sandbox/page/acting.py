"""What a person does in Slack on the page, and the names that the page calls it by."""

from collections.abc import Mapping

from bot.sandbox.page.action import (
    Action,
    Body,
    check,
    demand_member,
    find_message,
    find_view,
)
from bot.sandbox.page.filling import FILLING
from bot.sandbox.page.writing import WRITING
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.messages import Json

#: The callback ids of the shortcuts, as in the app's manifest.
MESSAGE_SHORTCUT = "attach_message"
GLOBAL_SHORTCUT = "attach_files"


def use_shortcut(slack: SlackServer, user: str, body: Body) -> None:
    """Use a message's shortcut, or without one the global shortcut."""
    demand_member(slack, user)
    if "ts" in body:
        message = find_message(slack, user, body)
        check(slack.message_shortcut(MESSAGE_SHORTCUT, message, user=user))
    else:
        check(slack.shortcut(GLOBAL_SHORTCUT, user=user))


def press(slack: SlackServer, user: str, body: Body) -> None:
    """Press a button, or choose from a menu beside or outside of a form."""
    is_view = "view" in body
    where = find_view(slack, user, body) if is_view else find_message(slack, user, body)
    check(
        slack.press(
            where,
            str(body["action"]),
            block_id=str(body["block"]),
            value=body.get("value"),
            user=user,
        )
    )


def open_home(slack: SlackServer, user: str, body: Body) -> None:
    """Open the app's Home."""
    demand_member(slack, user)
    slack.open_home(user)


def open_direct(slack: SlackServer, user: str, body: Body) -> Json:
    """Return the direct messages with the bot; make them if need be."""
    demand_member(slack, user)
    return {"channel": slack.state.direct(user).id}


ACTIONS: Mapping[str, Action] = {
    **WRITING,
    **FILLING,
    "shortcut": use_shortcut,
    "press": press,
    "home": open_home,
    "direct": open_direct,
}
