"""A share: a message with files and references to work items. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.files import SharedFile, parse_file
from bot.domain.references import PlaneLinks, Reference, find_references
from bot.errors import MalformedEvent

#: Slack's docs call `file_share` no longer served, its events carry it all the same
#: (bolt-python#644): both are messages of people.
_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})

_ID = re.compile(r"[A-Z0-9]{2,64}", re.ASCII)
_TS = re.compile(r"[0-9]{1,16}\.[0-9]{1,9}", re.ASCII)

JsonObject = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """What one message asks for: each of *files* onto each of *references*.

    *message_ts* is the message, *thread_ts* the root of the thread to answer in.
    *is_external* tells that another organisation's person sent it.
    """

    team_id: str
    channel_id: str
    message_ts: str
    thread_ts: str
    user_id: str
    is_private: bool
    is_external: bool
    references: tuple[Reference, ...]
    files: tuple[SharedFile, ...]


def parse_share(body: object, *, links: PlaneLinks) -> Share | None:
    """Read the share out of an Events API body; None where a message is none.

    An edited message (`message_changed`) is read in its new form; Slack also sends
    that event when it unfolds a link, then without `edited`, which is no edit.

    Raises:
        MalformedEvent: the body has not the shape of a message event.
    """
    envelope = _object(body, "body")
    event = _object(envelope.get("event"), "event")
    message = _message(event)
    if message is None or not message.get("files"):
        return None
    references = find_references(_text(message, "text"), links=links)
    if not references:
        return None
    team_id = _home(envelope)
    message_ts = _ts(message.get("ts"))
    return Share(
        team_id=team_id,
        channel_id=_id(event, "channel"),
        message_ts=message_ts,
        thread_ts=_ts(message.get("thread_ts") or message_ts),
        user_id=_id(message, "user"),
        # Of the other types (group, im, mpim, app_home) none is open to everyone.
        is_private=event.get("channel_type") != "channel",
        is_external=_is_external(envelope, message, team_id),
        references=references,
        files=_files(message["files"]),
    )


def _message(event: JsonObject) -> JsonObject | None:
    """Return the message that a person wrote or edited, if this event is one."""
    message = event
    if event.get("subtype") == "message_changed":
        message = _object(event.get("message"), "message")
        if not message.get("edited"):
            return None
    subtype = message.get("subtype")
    if subtype is not None and not isinstance(subtype, str):
        raise MalformedEvent("subtype is not a text")
    if subtype not in _SUBTYPES or message.get("bot_id"):
        return None
    return message


def _files(raw: object) -> tuple[SharedFile, ...]:
    if not isinstance(raw, list):
        raise MalformedEvent("files is not a list")
    found = {file.file_id: file for file in map(parse_file, raw)}
    return tuple(found.values())


def _is_external(envelope: JsonObject, message: JsonObject, team_id: str) -> bool:
    # user_team may name the enterprise, whose workspaces are all of one organisation.
    author = message.get("user_team") or message.get("team") or team_id
    home = {team_id, _enterprise(envelope)}
    return not isinstance(author, str) or author not in home


def _enterprise(envelope: JsonObject) -> str | None:
    value = envelope.get("enterprise_id") or envelope.get("context_enterprise_id")
    return value if isinstance(value, str) else None


def _home(envelope: JsonObject) -> str:
    """Return our workspace: in a shared channel team_id may be the other side's."""
    granted = envelope.get("authorizations")
    first = granted[0] if isinstance(granted, list) and granted else None
    if isinstance(first, Mapping) and first.get("team_id"):
        return _id(first, "team_id")
    return _id(envelope, "team_id")


def _object(value: object, name: str) -> JsonObject:
    if not isinstance(value, Mapping):
        raise MalformedEvent(f"{name} is not an object")
    return value


def _text(raw: JsonObject, name: str) -> str:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise MalformedEvent(f"{name} is not a text")
    return value or ""


def _id(raw: JsonObject, name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise MalformedEvent(f"{name} is not an id")
    return value


def _ts(value: object) -> str:
    if not isinstance(value, str) or not _TS.fullmatch(value):
        raise MalformedEvent("ts is not a message's time")
    return value
