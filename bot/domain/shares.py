"""A share: what one trigger asks to be attached, and to what. No I/O."""

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.envelopes import (
    JsonObject,
    is_author_known,
    is_external,
    is_own,
    read_home,
    read_id,
    read_object,
    read_text,
    read_ts,
)
from bot.domain.files import SharedFile, parse_file
from bot.domain.outcomes import Outcome
from bot.domain.reference_search import find_references
from bot.domain.references import PlaneLinks, Reference
from bot.domain.seeks import Seek, SeekAuthor
from bot.errors import MalformedEvent

#: How the identity of a share begins that is a message.
MESSAGE = "message:"
#: And one that nobody made in Slack, and nobody is answered there.
TERMINAL = "terminal:"
#: Of more, nobody can mean each; those after it are not even looked up.
MOST_REFERENCES = 100

#: Slack's docs call `file_share` no longer served, its events carry it all the same
#: (bolt-python#644): both are messages of people.
_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})


@dataclass(frozen=True, slots=True)
class Share:
    """What one trigger asks for: each of *files* onto each of *references*.

    *message_ts* is the message with the files, *thread_ts* the root of the thread to
    answer in; both are None while *seek* has still to find them. *is_private* is None
    where the event does not tell; *is_external* tells that another organisation's
    person did it. *trigger* names what was done other than writing that message. A
    share that asks for nothing has a *notice* to be told instead. *moves* is the number
    of the share whose files are to be only here from now on. *version* is the ts of the
    message's last edit, or "".
    """

    team_id: str
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    user_id: str
    is_private: bool | None
    is_external: bool
    references: tuple[Reference, ...] = ()
    files: tuple[SharedFile, ...] = ()
    trigger: str | None = None
    seek: Seek | None = None
    notice: Outcome | None = None
    moves: int | None = None
    version: str = ""

    @property
    def identity(self) -> str:
        """What is the same whenever the same trigger is delivered again."""
        return self.trigger or f"{MESSAGE}{self.channel_id}:{self.message_ts}"


def parse_share(body: object, *, links: PlaneLinks) -> Share | None:
    """Read the share out of an Events API body; None where a message is none.

    An edited message (`message_changed`) is read in its new form; Slack also sends
    that event when it unfolds a link, then without `edited`, which is no edit.

    Raises:
        MalformedEvent: the body has not the shape of a message event.
    """
    envelope = read_object(body, "body")
    event = read_object(envelope.get("event"), "event")
    message = find_message(envelope, event)
    if message is None or not message.get("files"):
        return None
    references = find_references(read_text(message, "text"), links=links)
    if not references:
        return None
    references = references[:MOST_REFERENCES]
    return share_of_message(
        envelope,
        event,
        message,
        references=references,
        files=parse_files(message["files"], shared_by=read_id(message, "user")),
        seek=_seek_author(envelope, message),
    )


def _seek_author(envelope: JsonObject, message: JsonObject) -> SeekAuthor | None:
    if is_author_known(envelope, message):
        return None
    ts = read_ts(message.get("ts"))
    return SeekAuthor(ts, read_ts(message.get("thread_ts") or ts))


def find_message(envelope: JsonObject, event: JsonObject) -> JsonObject | None:
    """Return the message that a person wrote or edited, if this event is one.

    Raises:
        MalformedEvent: the event has not the shape of a message event.
    """
    message = event
    if event.get("subtype") == "message_changed":
        message = read_object(event.get("message"), "message")
        if not message.get("edited"):
            return None
    subtype = message.get("subtype")
    if subtype is not None and not isinstance(subtype, str):
        raise MalformedEvent("subtype is not a text")
    if subtype not in _SUBTYPES or message.get("bot_id"):
        return None
    if is_own(envelope, message):
        return None
    return message


def share_of_message(
    envelope: JsonObject, event: JsonObject, message: JsonObject, **fields: Any
) -> Share:
    """Build the share that *message* is; *fields* are those that it asks with.

    Raises:
        MalformedEvent: the event does not tell who wrote it where.
    """
    ts = read_ts(message.get("ts"))
    return Share(
        team_id=read_home(envelope),
        channel_id=read_id(event, "channel"),
        message_ts=ts,
        thread_ts=read_ts(message.get("thread_ts") or ts),
        user_id=read_id(message, "user"),
        # Of the other types (group, im, mpim, app_home) none is open to everyone.
        is_private=event.get("channel_type") != "channel",
        is_external=is_external(envelope, message),
        version=_version(message),
        **fields,
    )


def _version(message: JsonObject) -> str:
    edited = message.get("edited")
    return read_ts(read_object(edited, "edited").get("ts")) if edited else ""


def parse_files(raw: object, *, shared_by: str | None) -> tuple[SharedFile, ...]:
    """Read the files of a message that *shared_by* wrote, each once.

    Raises:
        MalformedEvent: it is no list of files.
    """
    if not isinstance(raw, list):
        raise MalformedEvent("files is not a list")
    found = {file.file_id: file for file in map(parse_file, raw)}
    return tuple(replace(file, shared_by=shared_by) for file in found.values())
