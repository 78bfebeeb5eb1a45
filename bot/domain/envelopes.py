"""Reads single fields out of what Slack sends, whatever they hold. No I/O."""

import re
from collections.abc import Mapping
from typing import Any

from bot.errors import MalformedEvent

JsonObject = Mapping[Any, Any]

_ID = re.compile(r"[A-Z0-9]{2,64}", re.ASCII)
_TS = re.compile(r"[0-9]{1,16}\.[0-9]{1,9}", re.ASCII)


def read_object(value: object, name: str) -> JsonObject:
    """Return *value* if it is an object.

    Raises:
        MalformedEvent: it is not.
    """
    if not isinstance(value, Mapping):
        raise MalformedEvent(f"{name} is not an object")
    return value


def read_text(raw: JsonObject, name: str) -> str:
    """Return the text *name* of *raw*, or "" where it has none.

    Raises:
        MalformedEvent: it is something else.
    """
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise MalformedEvent(f"{name} is not a text")
    return value or ""


def read_id(raw: JsonObject, name: str) -> str:
    """Return the id *name* of *raw*, such as `C0123ABCD`.

    Raises:
        MalformedEvent: it has none.
    """
    value = raw.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise MalformedEvent(f"{name} is not an id")
    return value


def read_ts(value: object) -> str:
    """Return *value* if it is a message's ts.

    Raises:
        MalformedEvent: it is not.
    """
    if not isinstance(value, str) or not _TS.fullmatch(value):
        raise MalformedEvent("ts is not a message's time")
    return value


def read_home(envelope: JsonObject) -> str:
    """Return our workspace's id: in a shared channel team_id may be the other side's.

    Raises:
        MalformedEvent: there is none.
    """
    first = _first_authorization(envelope)
    return read_id(first if first.get("team_id") else envelope, "team_id")


def read_bot_user(envelope: JsonObject) -> str | None:
    """Return the id of the bot's own user; None where the event does not tell it."""
    user = _first_authorization(envelope).get("user_id")
    return user if isinstance(user, str) else None


def is_own(envelope: JsonObject, event: JsonObject) -> bool:
    """Whether the bot itself did what the event tells of."""
    bot_user = read_bot_user(envelope)
    return bot_user is not None and event.get("user") == bot_user


def is_external(envelope: JsonObject, message: JsonObject) -> bool:
    """Whether another organisation's person wrote *message*."""
    home = read_home(envelope)
    author = _home_of_author(message)
    if author is None:
        return not is_author_known(envelope, message)
    return not isinstance(author, str) or author not in (home, _enterprise(envelope))


def is_author_known(envelope: JsonObject, message: JsonObject) -> bool:
    """Whether it is certain of which organisation the person is who wrote *message*.

    Slack's reactions do not tell it, nor do its messages with files (bolt-js#435,
    slack-api-specs#62); only where others are is that a reason for doubt.
    """
    if _home_of_author(message) is not None:
        return True
    return envelope.get("is_ext_shared_channel") is not True


def _home_of_author(message: JsonObject) -> object:
    # user_team may name the enterprise, whose workspaces are all of one organisation.
    return message.get("user_team") or message.get("team")


def _first_authorization(envelope: JsonObject) -> JsonObject:
    granted = envelope.get("authorizations")
    first = granted[0] if isinstance(granted, list) and granted else None
    return first if isinstance(first, Mapping) else {}


def _enterprise(envelope: JsonObject) -> str | None:
    value = envelope.get("enterprise_id") or envelope.get("context_enterprise_id")
    return value if isinstance(value, str) else None
