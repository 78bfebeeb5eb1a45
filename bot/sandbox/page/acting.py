"""What a person does in Slack on the page: each action takes JSON."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.mrkdwn import from_plain
from bot.sandbox.slack import AppRequest, Message, Refused, SlackServer, View
from bot.sandbox.slack.messages import Json

#: The callback ids of the shortcuts and the command, as in the app's manifest.
MESSAGE_SHORTCUT = "attach_message"
GLOBAL_SHORTCUT = "attach_files"
SLASH_COMMAND = "/attach"

_MENTION = re.compile(r"@([a-z][a-z0-9]*)\b", re.IGNORECASE)

Body = Mapping[str, Any]
Action = Callable[[SlackServer, str, Body], Json | None]


class Unwell(Exception):
    """The action was not carried out; the message says why."""


def share(slack: SlackServer, user: str, body: Body) -> None:
    """Write a message, with files or without, or type the slash command."""
    text, channel = str(body.get("text", "")).strip(), _channel(slack, user, body)
    files = [slack.state.files[each] for each in body.get("files", [])]
    if _is_command(text, files, body.get("thread")):
        _command(slack, user, channel, text)
        return
    wire_text = _mention_all(slack, from_plain(text))
    place: dict[str, Any] = {
        "user": user,
        "channel": channel,
        "thread_ts": body.get("thread"),
    }
    if files:
        slack.share(files, text=wire_text, **place)
    elif text:
        slack.post(wire_text, **place)


def react(slack: SlackServer, user: str, body: Body) -> None:
    """React to a message, or take the reaction back."""
    message, emoji = _message(slack, user, body), str(body["emoji"])
    if user in message.reactions.get(emoji, []):
        slack.unreact(message, emoji, user=user)
    else:
        slack.react(message, emoji, user=user)


def use_shortcut(slack: SlackServer, user: str, body: Body) -> None:
    """Use a message's shortcut, or without one the global shortcut."""
    if "ts" in body:
        message = _message(slack, user, body)
        _check(slack.message_shortcut(MESSAGE_SHORTCUT, message, user=user))
    elif slack.state.users[user].is_stranger:
        raise Unwell("Only members of this workspace have its shortcuts.")
    else:
        _check(slack.shortcut(GLOBAL_SHORTCUT, user=user))


def press(slack: SlackServer, user: str, body: Body) -> None:
    """Press a button, or choose from a menu beside or outside of a form."""
    where = _view(slack, user, body) if "view" in body else _message(slack, user, body)
    _check(
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
    slack.open_home(user)


def open_direct(slack: SlackServer, user: str, body: Body) -> Json:
    """Return the direct messages with the bot; make them if need be."""
    return {"channel": slack.state.direct(user).id}


def _command(slack: SlackServer, user: str, channel: str, text: str) -> None:
    name, _, rest = text.partition(" ")
    if name != SLASH_COMMAND:
        raise Unwell(f"Slack knows no {name} here; there is {SLASH_COMMAND}.")
    result = slack.command(rest, user=user, channel=channel, command=name)
    if result.error is not None:
        raise Unwell(f'{name} failed with the error "{result.error}".')


def _is_command(text: str, files: list[Any], thread: Any) -> bool:
    return text.startswith("/") and not files and thread is None


def _mention_all(slack: SlackServer, text: str) -> str:
    ids = {each.name: each.id for each in slack.state.users.values()}

    def mention(found: re.Match[str]) -> str:
        user = ids.get(found[1].lower())
        return f"<@{user}>" if user else found[0]

    return _MENTION.sub(mention, text)


def _channel(slack: SlackServer, user: str, body: Body) -> str:
    channel = slack.state.channels[str(body["channel"])]
    if user not in channel.members:
        raise Refused(f"{user} is not in {channel.id}")
    return channel.id


def _message(slack: SlackServer, user: str, body: Body) -> Message:
    channel, ts = _channel(slack, user, body), str(body["ts"])
    told = [each for each in slack.ephemerals(user, channel) if each.ts == ts]
    message = told[0] if told else slack.state.message(channel, ts)
    if message is None:
        raise Unwell("This message is gone.")
    return message


def _view(slack: SlackServer, user: str, body: Body) -> View:
    return find_view(slack, user, str(body["view"]))


def find_view(slack: SlackServer, user: str, view_id: str) -> View:
    """Return the modal or Home of *user* with this id.

    Raises:
        Unwell: they have it open no more.
    """
    views = [*slack.views(user), slack.home(user)]
    for view in views:
        if view is not None and view.id == view_id:
            return view
    raise Unwell("This form is closed.")


def _check(request: AppRequest) -> None:
    if request.error is not None:
        raise Unwell(
            f"Loadmaster did not take that, so Slack shows an error ({request.error})."
        )


ACTIONS: Mapping[str, Action] = {
    "share": share,
    "react": react,
    "shortcut": use_shortcut,
    "press": press,
    "home": open_home,
    "direct": open_direct,
}
