"""What an action on the page is: JSON in, about something that the person sees."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.slack import AppRequest, Message, SlackServer, View
from bot.sandbox.slack.messages import Json

Body = Mapping[str, Any]
Action = Callable[[SlackServer, str, Body], Json | None]


class Unwell(Exception):
    """The action was not carried out; the message says why."""


def find_channel(slack: SlackServer, user: str, body: Body) -> str:
    """Return the id of the conversation that *body* names.

    Raises:
        Unwell: they are not in it.
    """
    channel = slack.state.channels[str(body["channel"])]
    if user not in channel.members:
        raise Unwell("You are not in that conversation.")
    return channel.id


def find_message(slack: SlackServer, user: str, body: Body) -> Message:
    """Return the message that *body* names.

    Raises:
        Unwell: it was deleted, or they do not see it.
    """
    channel, ts = find_channel(slack, user, body), str(body["ts"])
    told = [each for each in slack.ephemerals(user, channel) if each.ts == ts]
    message = told[0] if told else slack.state.message(channel, ts)
    if message is None:
        raise Unwell("This message is gone.")
    return message


def find_view(slack: SlackServer, user: str, body: Body) -> View:
    """Return the modal or Home of *user* that *body* names.

    Raises:
        Unwell: they have it open no more.
    """
    wanted = str(body["view"])
    for view in (*slack.views(user), slack.home(user)):
        if view is not None and view.id == wanted:
            return view
    raise Unwell("This form is closed.")


def demand_member(slack: SlackServer, user: str) -> None:
    """Keep people of other workspaces from what only members have.

    Source: docs.slack.dev/apis/slack-connect.

    Raises:
        Unwell: *user* is of another one.
    """
    if slack.state.users[user].is_stranger:
        raise Unwell("Only members of this workspace have its shortcuts and commands.")


def check(request: AppRequest) -> None:
    """Look at what the app said to a shortcut or a press.

    Raises:
        Unwell: nothing good.
    """
    if request.error is not None:
        raise Unwell(
            f"Loadmaster did not take that, so Slack shows an error ({request.error})."
        )
