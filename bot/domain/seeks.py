"""What has still to be fetched from Slack before a share is whole. No I/O.

A listener calls nobody before it has stored a share; what its event lacks is written
down as one of these and fetched by a worker.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SeekMessage:
    """The files of the message *ts*, and where it is not told, their work item.

    *is_elsewhere* tells that the one who asked need not be in its conversation,
    *is_asker_known* that the event told of which organisation they are; with *only*,
    no other files than those of these ids are meant.
    """

    ts: str
    is_elsewhere: bool = False
    only: tuple[str, ...] = ()
    is_asker_known: bool = True


@dataclass(frozen=True, slots=True)
class SeekThread:
    """The files of the thread *thread_ts*, up to the message *until*.

    *is_asker_known* is as of a `SeekMessage`.
    """

    thread_ts: str
    until: str
    is_asker_known: bool = True


@dataclass(frozen=True, slots=True)
class SeekAuthor:
    """Of which organisation the one is who wrote the message *ts*, in *thread_ts*."""

    ts: str
    thread_ts: str


@dataclass(frozen=True, slots=True)
class SeekLatest:
    """The files of the sharer's latest message since *since* (epoch seconds)."""

    since: float


@dataclass(frozen=True, slots=True)
class SeekFile:
    """A file that was named by a link to it."""

    file_id: str


@dataclass(frozen=True, slots=True)
class SeekUploads:
    """Files that the sharer uploaded for this, into no conversation."""

    file_ids: tuple[str, ...]


Seek = SeekMessage | SeekThread | SeekAuthor | SeekLatest | SeekFile | SeekUploads

_KINDS: Mapping[str, type[Seek]] = {
    "message": SeekMessage,
    "thread": SeekThread,
    "author": SeekAuthor,
    "latest": SeekLatest,
    "file": SeekFile,
    "uploads": SeekUploads,
}


def print_seek(seek: Seek) -> dict[str, Any]:
    """Return *seek* as JSON for the ledger."""
    kind = next(name for name, type_ in _KINDS.items() if isinstance(seek, type_))
    return {"kind": kind, **dataclasses.asdict(seek)}


def parse_seek(raw: Mapping[str, Any]) -> Seek:
    """Return what `print_seek` made *raw* of."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.items()
        if name != "kind"
    }
    return _KINDS[raw["kind"]](**fields)
