"""A file as Slack describes it, and what can be told from that alone. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.names import safe_name, safe_title
from bot.domain.remote_files import find_external_url, name_service
from bot.errors import (
    FileDeleted,
    FileElsewhere,
    FileEmpty,
    FileHidden,
    FileInvisible,
    FileNotDownloadable,
    FileNotReady,
    FileTooLarge,
    MalformedEvent,
)

#: The modes whose bytes are the file itself (docs.slack.dev/reference/objects/
#: file-object; `email` was seen, not documented).
DOWNLOADABLE = frozenset({"hosted", "snippet", "email"})

_FILE_ID = re.compile(r"[A-Z0-9]{2,64}", re.ASCII)
_MAX_SIZE = 2**53


@dataclass(frozen=True, slots=True)
class SharedFile:
    """One file of a message; *size* in bytes. What Slack left out is None or "".

    *team_id* is the workspace or organisation of who uploaded it. *shared_by* is the
    person whose message it is in, *uploaded_by* the one who uploaded it to Slack. *url*
    is Slack's address, *external_url* the other service's if that keeps it.
    """

    file_id: str
    name: str | None = None
    mimetype: str | None = None
    filetype: str = ""
    mode: str = ""
    file_access: str = ""
    size: int | None = None
    url: str | None = None
    external_type: str = ""
    title: str | None = None
    shared_by: str | None = None
    uploaded_by: str | None = None
    team_id: str | None = None
    external_url: str | None = None

    @property
    def service(self) -> str:
        """Who keeps a remote file, in words."""
        return name_service(self.external_type, self.external_url)

    @property
    def plane_name(self) -> str:
        """What it is called in Plane: a file's name, or a link's title."""
        title = safe_title(self.title or self.name or "") if self.external_url else ""
        return title or safe_name(
            self.name, file_id=self.file_id, filetype=self.filetype
        )

    @property
    def is_stub(self) -> bool:
        """Whether files.info has to be asked before anything is known (Slack Connect).

        Also so where an event came before the file's address was filled in.
        """
        if self.mode == "file_access" or self.file_access == "check_file_info":
            return True
        return self.mode in DOWNLOADABLE and (self.url is None or self.size is None)


def parse_file(raw: object) -> SharedFile:
    """Read Slack's file object, from an event or from files.info.

    Raises:
        MalformedEvent: it is not an object or has no usable id.
    """
    if not isinstance(raw, Mapping):
        raise MalformedEvent("a file is not an object")
    file_id = raw.get("id")
    if not isinstance(file_id, str) or not _FILE_ID.fullmatch(file_id):
        raise MalformedEvent("a file has no id")
    mode = _mode(raw)
    return SharedFile(
        file_id=file_id,
        name=_text(raw, "name") or _text(raw, "title"),
        mimetype=_text(raw, "mimetype"),
        filetype=_text(raw, "filetype") or "",
        mode=mode,
        file_access=_text(raw, "file_access") or "",
        size=_size(raw.get("size")),
        url=_url(raw) if mode != "external" else None,
        external_type=_text(raw, "external_type") or "",
        title=_text(raw, "title"),
        uploaded_by=_text(raw, "user"),
        team_id=_text(raw, "user_team"),
        external_url=find_external_url(raw) if mode == "external" else None,
    )


def check_file(file: SharedFile, *, limit: int | None) -> None:
    """Raise the problem that keeps *file* from being attached or linked, if any.

    *limit* is Plane's, in bytes; None where it is not known.

    Raises:
        FinalProblem: the one that says why.
        FileNotReady: Slack does not offer its bytes yet.
    """
    _check_access(file)
    if file.mode == "external":
        if file.external_url is None:
            raise FileElsewhere(file.service)
    else:
        _check_bytes(file, limit)


def _check_bytes(file: SharedFile, limit: int | None) -> None:
    if file.mode not in DOWNLOADABLE:
        raise FileNotDownloadable(file.mode or file.filetype)
    if file.url is None or file.size is None:
        raise FileNotReady
    if file.size == 0:
        raise FileEmpty
    if limit is not None and file.size > limit:
        raise FileTooLarge(file.size, limit)


def _check_access(file: SharedFile) -> None:
    if file.mode == "tombstone" or file.file_access == "file_not_found":
        raise FileDeleted
    if file.mode == "hidden_by_limit":
        raise FileHidden
    if file.mode == "file_access" or file.file_access in (
        "access_denied",
        "check_file_info",
    ):
        raise FileInvisible


def _mode(raw: Mapping[Any, Any]) -> str:
    # A remote file may come with any mode; its address is the other service's.
    return "external" if raw.get("is_external") is True else _text(raw, "mode") or ""


def _url(raw: Mapping[Any, Any]) -> str | None:
    return _text(raw, "url_private_download") or _text(raw, "url_private")


def _size(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MAX_SIZE else None


def _text(raw: Mapping[Any, Any], name: str) -> str | None:
    value = raw.get(name)
    return value if isinstance(value, str) and value else None
