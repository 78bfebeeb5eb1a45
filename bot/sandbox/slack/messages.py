"""A message in the emulated Slack, its history, and the JSON that Slack shows of it.

Source: docs.slack.dev/reference/events/message and /messaging/retrieving-messages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.files import File
from bot.sandbox.slack.workspace import DOMAIN

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said from *at* on (seconds since the epoch)."""

    at: float
    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True, eq=False)
class Message:
    """A message; *fields* override or add single fields of its JSON."""

    channel_id: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    metadata: Json | None = None
    edited: Json | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False
    #: Who reacted with each emoji, in the order of their reactions.
    reactions: dict[str, list[str]] = field(default_factory=dict)
    #: The one person who sees it, if it is ephemeral.
    only_for: str | None = None
    #: What was chosen in its blocks, by block_id and action_id.
    values: dict[tuple[str, str], Json] = field(default_factory=dict)
    #: Every version with its time, the first as posted.
    history: list[Version] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below its parent."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def edits(self) -> int:
        """How often it was edited."""
        return max(0, len(self.history) - 1)

    def remember(self, at: float) -> None:
        """Add what it says now to its history."""
        self.history.append(Version(at, self.text, tuple(self.blocks)))


def message_json(
    message: Message, show: Callable[[File], Json], *, metadata: bool = False
) -> Json:
    """Build the message object; *show* builds each of its files."""
    optional = {
        "subtype": message.subtype,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "thread_ts": message.thread_ts,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited,
        "metadata": message.metadata if metadata else None,
        "files": [show(file) for file in message.files],
        "reactions": reactions_json(message),
    }
    return {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        **{name: value for name, value in optional.items() if value},
        **message.fields,
    }


def reactions_json(message: Message) -> list[Json]:
    """Build the reactions of a message, as its history shows them."""
    return [
        {"name": emoji, "users": list(people), "count": len(people)}
        for emoji, people in message.reactions.items()
    ]


def permalink(message: Message) -> str:
    """Build the link to a message; one to a reply names its thread."""
    place = f"https://{DOMAIN}.slack.com/archives/{message.channel_id}"
    link = f"{place}/p{message.ts.replace('.', '')}"
    if message.thread_ts is None:
        return link
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel_id}"
