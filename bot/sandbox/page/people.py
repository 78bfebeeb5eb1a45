"""Who one can be on the page, and which conversations each of them sees. No I/O."""

from typing import Any

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.workspace import Channel, User

_ROLES = {"UANNA": "member", "UBEN": "member", "UGUEST": "guest"}


def show_people(slack: SlackServer) -> list[Json]:
    """Return everybody that one can be."""
    return [
        {
            "id": user.id,
            "name": user.name,
            "role": _role(user),
            "isStranger": user.is_stranger,
        }
        for user in slack.state.users.values()
        if not user.is_bot
    ]


def show_conversations(slack: SlackServer, user: str) -> list[Json]:
    """Return the conversations that *user* is in: channels first, direct ones last."""
    state = slack.state
    channels = [
        each
        for each in list(state.channels.values())
        if user in each.members and not each.is_archived
    ]
    return [_conversation(each, slack) for each in sorted(channels, key=_order)]


def _conversation(channel: Channel, slack: SlackServer) -> dict[str, Any]:
    members = [slack.state.users[each] for each in sorted(channel.members)]
    people = [each.name for each in members if not each.is_bot]
    kinds = {"group": "private", "im": "direct", "mpim": "group"}
    kind = "shared" if channel.is_ext_shared else kinds.get(channel.kind, "public")
    name = (
        channel.name if kind in ("public", "private", "shared") else ", ".join(people)
    )
    return {
        "id": channel.id,
        "name": name,
        "kind": kind,
        "hasBot": channel.has_bot,
        "members": people,
    }


def _order(channel: Channel) -> tuple[int, bool]:
    return ("channel", "group", "mpim", "im").index(channel.kind), not channel.has_bot


def _role(user: User) -> str:
    if user.is_stranger:
        return "of Globex"
    return _ROLES.get(user.id, "member")
