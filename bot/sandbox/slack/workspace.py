"""The people and channels of the emulated workspace, and who is in them at first."""

from dataclasses import dataclass, field
from typing import Any, Literal

TEAM = "T1"
OTHER_TEAM = "T2"
DOMAIN = "acme"
BOT_USER = "UBOT"
BOT_ID = "BBOT"
APP_ID = "A1"

Kind = Literal["channel", "group", "im", "mpim"]


@dataclass(slots=True, eq=False)
class User:
    """A person or bot; *is_stranger* is of another team, met in a shared channel."""

    id: str
    name: str
    team_id: str = TEAM
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False

    @property
    def is_stranger(self) -> bool:
        """Whether the person belongs to another workspace."""
        return self.team_id != TEAM

    def as_json(self) -> dict[str, Any]:
        """Build the user object (docs.slack.dev/reference/objects/user-object).

        Of somebody who was deactivated it has less.
        """
        shown = self.name.capitalize()
        known = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "profile": {
                "real_name": shown,
                "display_name": self.name,
                "team": self.team_id,
            },
        }
        if self.deleted:
            return known
        return known | {
            "real_name": shown,
            "is_admin": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": self.is_stranger,
            "tz": "Europe/Berlin",
        }


@dataclass(slots=True, eq=False)
class Channel:
    """A conversation of any *kind*; events use its name `channel_type`."""

    id: str
    name: str
    kind: Kind = "channel"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    is_ext_shared: bool = False
    topic: str = ""
    #: The error that posting gives here, such as restricted_action_read_only_channel.
    posting_error: str | None = None

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member and so sees the channel's events."""
        return BOT_USER in self.members

    @property
    def scope_prefix(self) -> str:
        """The first part of its scopes: `channels` in channels:history."""
        return {"channel": "channels", "group": "groups"}.get(self.kind, self.kind)

    def as_json(self) -> dict[str, Any]:
        """Build the conversation object.

        Source: docs.slack.dev/reference/objects/conversation-object.
        """
        common = {
            "id": self.id,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_archived": self.is_archived,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "context_team_id": TEAM,
        }
        if self.kind == "im":
            return {**common, "user": min(self.members - {BOT_USER}, default="")}
        topic = {"value": self.topic, "creator": "", "last_set": 0}
        return {
            **common,
            "name": self.name,
            "is_member": self.has_bot,
            "topic": topic,
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


def first_users() -> list[User]:
    """Return the bot, two members, a guest and a stranger of another team."""
    return [
        User(BOT_USER, "loadmaster", is_bot=True),
        User("UANNA", "anna"),
        User("UBEN", "ben"),
        User("UGUEST", "guest", is_restricted=True, is_ultra_restricted=True),
        User("USTRANGER", "stranger", team_id=OTHER_TEAM),
    ]


def first_channels() -> list[Channel]:
    """Return a channel of each kind; the bot is in all but `random` and `hidden`."""
    people = {"UANNA", "UBEN"}
    all_of_us = {*people, "UGUEST", BOT_USER}
    return [
        Channel("CGENERAL", "general", members=set(all_of_us)),
        Channel("CRANDOM", "random", members=set(people)),
        Channel("CSECRET", "secret", "group", members={*people, BOT_USER}),
        Channel("CHIDDEN", "hidden", "group", members=set(people)),
        Channel(
            "CSHARED",
            "shared-with-globex",
            members={*all_of_us, "USTRANGER"},
            is_ext_shared=True,
        ),
        Channel("COLD", "old", members=set(all_of_us), is_archived=True),
        Channel("GTRIO", "mpdm-anna--ben--loadmaster-1", "mpim", set(all_of_us)),
        Channel("DANNA", "directmessage", "im", members={"UANNA", BOT_USER}),
        Channel("DGUEST", "directmessage", "im", members={"UGUEST", BOT_USER}),
    ]
