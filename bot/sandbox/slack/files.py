"""A file in the emulated Slack, and the JSON that Slack shows of it.

Source: docs.slack.dev/reference/objects/file-object.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from bot.sandbox.slack.content import Content
from bot.sandbox.slack.workspace import DOMAIN

#: What a download may do instead of delivering the file. The sources are named in
#: `downloads`, where each is carried out.
Behaviour = Literal[
    "truncated",
    "cut",
    "short",
    "long",
    "unsized",
    "gzip",
    "stall",
    "sign_in",
    "sign_in_redirect",
    "redirect",
    "redirect_loop",
    "redirect_elsewhere",
]

#: Modes of files whose bytes Slack does not hold or does not hand out.
MODES_WITHOUT_BYTES = frozenset({"external", "tombstone", "hidden_by_limit"})

FILETYPES = {
    "application/pdf": ("pdf", "PDF"),
    "image/png": ("png", "PNG"),
    "image/jpeg": ("jpg", "JPEG"),
    "text/plain": ("text", "Plain Text"),
    "text/html": ("html", "HTML"),
    "text/csv": ("csv", "CSV"),
    "application/zip": ("zip", "Zip"),
    "application/vnd.slack-docs": ("quip", "Canvas"),
}


@dataclass(frozen=True, slots=True)
class Posting:
    """One appearance of a file in a channel."""

    channel_id: str
    ts: str
    thread_ts: str | None
    public: bool


@dataclass(slots=True, eq=False)
class File:
    """A file; *fields* override single fields of its JSON."""

    id: str
    name: str | None
    title: str | None
    mimetype: str
    mode: str
    content: Content
    user: str
    user_team: str
    created: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    #: Bytes per second that a download gets; None for as fast as possible.
    rate: float | None = None
    #: The error that files.info gives for this file.
    info_error: str | None = None
    #: How often files.info shows the file before its URLs are filled in; the event
    #: then comes without them too (NousResearch/hermes-agent PR 45407).
    lookups_without_url: int = 0
    deleted: bool = False
    postings: list[Posting] = field(default_factory=list)
    downloads: int = 0
    _behaviour: Behaviour | None = None
    _behaviour_left: int = 0

    @property
    def size(self) -> int:
        """The number of bytes that Slack announces and, if all is well, delivers."""
        return self.content.size

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes, in hexadecimal."""
        return self.content.sha256

    def misbehave(self, behaviour: Behaviour, *, times: int = 1_000_000) -> None:
        """Let the next *times* downloads do *behaviour* instead."""
        self._behaviour, self._behaviour_left = behaviour, times

    def take_behaviour(self) -> Behaviour | None:
        """Return what this download is to do, and count it."""
        if self._behaviour_left <= 0:
            return None
        self._behaviour_left -= 1
        return self._behaviour


def url_name(file: File) -> str:
    """Return the file's name as Slack writes it in URLs."""
    return re.sub(r"[^\w.-]", "_", (file.name or file.title or file.id).lower())


def file_permalink(file: File) -> str:
    """Build the link to a file's page: for people, not for download."""
    place = f"https://{DOMAIN}.slack.com/files/{file.user}/{file.id}"
    return f"{place}/{quote(url_name(file))}"


def tombstone(file: File) -> dict[str, Any]:
    """Build what is left of a deleted file in a message."""
    return {"id": file.id, "mode": "tombstone"}


def connect_stub(file: File) -> dict[str, Any]:
    """Build what an event in a shared channel shows of a file.

    Source: docs.slack.dev/apis/slack-connect (files; check_file_info).
    """
    return {
        "id": file.id,
        "mode": "file_access",
        "file_access": "check_file_info",
        "created": 0,
        "timestamp": 0,
        "user": "",
    }


def file_json(file: File, origin: str) -> dict[str, Any]:
    """Build the full file object; downloads point at *origin*."""
    if file.deleted:
        return tombstone(file)
    if file.mode in ("tombstone", "hidden_by_limit"):
        return {"id": file.id, "mode": file.mode, **file.fields}
    return {
        **_description(file),
        **_kind(file, origin),
        **_places(file),
        **file.fields,
    }


def _description(file: File) -> dict[str, Any]:
    filetype, pretty = FILETYPES.get(file.mimetype, ("binary", "Binary"))
    public = any(posting.public for posting in file.postings)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": filetype,
        "pretty_type": pretty,
        "user": file.user,
        "user_team": file.user_team,
        "mode": file.mode,
        "file_access": "visible",
        "editable": file.mode == "snippet",
        "size": file.size,
        "is_external": False,
        "external_type": "",
        "is_public": public,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "permalink": file_permalink(file),
        "permalink_public": f"https://slack-files.com/{file.user_team}-{file.id}-0a1b",
    }


def _kind(file: File, origin: str) -> dict[str, Any]:
    if file.mode == "external":
        return {
            "is_external": True,
            "external_type": "gdrive",
            "external_id": f"gdrive-{file.id}",
            "external_url": f"https://docs.example.com/d/{file.id}",
            "url_private": f"https://docs.example.com/d/{file.id}",
            "filetype": "remote",
            "size": 0,
        }
    if file.lookups_without_url > 0:
        return {}
    path = f"{origin}/files-pri/{file.user_team}-{file.id}"
    name = quote(url_name(file))
    urls = {
        "url_private": f"{path}/{name}",
        "url_private_download": f"{path}/download/{name}",
    }
    return {**urls, **(_snippet(file) if file.mode == "snippet" else {})}


def _snippet(file: File) -> dict[str, Any]:
    start = next(file.content.pieces(), b"")
    text = start.decode("utf-8", "replace")
    return {
        "edit_link": f"https://{DOMAIN}.slack.com/files/{file.user}/{file.id}/edit",
        "preview": text[:500],
        "preview_is_truncated": len(text) > 500,
        "lines": text.count("\n") + 1,
        "lines_more": 0,
    }


def _places(file: File) -> dict[str, Any]:
    seen = sorted({posting.channel_id for posting in file.postings})
    return {
        "channels": [each for each in seen if each.startswith("C")],
        "groups": [each for each in seen if each.startswith("G")],
        "ims": [each for each in seen if each.startswith("D")],
    }


def shares_json(file: File) -> dict[str, Any]:
    """Build `shares`: where the file was posted, as files.info shows it."""
    shares: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for posting in file.postings:
        side = shares.setdefault("public" if posting.public else "private", {})
        where: dict[str, Any] = {"ts": posting.ts}
        if posting.thread_ts:
            where["thread_ts"] = posting.thread_ts
        side.setdefault(posting.channel_id, []).append(where)
    return shares
