"""Files of this machine's disk: the same bytes twice, or a typed error.

A file is read once to know it by its content, and once more to be sent. What differs
then never becomes an attachment.
"""

import hashlib
import mimetypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.clients.slack_files import PIECE_BYTES
from bot.domain.names import safe_name
from bot.errors import FileChanged, FileUnreadable

_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file as it was when it was looked at; *size* in bytes, *sha256* in hex."""

    path: Path
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The name under which it goes to Plane."""
        # A name on the disk may be any bytes.
        name = os.fsencode(self.path.name).decode("utf-8", "replace")
        return safe_name(name, file_id=self.sha256[:12])

    @property
    def mimetype(self) -> str:
        """What its name says that it is; a packed one is only known as bytes."""
        kind, encoding = mimetypes.guess_type(self.name)
        return kind if kind and not encoding else _UNKNOWN_TYPE

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes; all of them, or an error before the last is asked for.

        The errors must not be an OSError (see `bot.clients.slack_files.Download`).

        Raises:
            FileChanged: they are not those of the first look.
            FileUnreadable: the disk does not give them.
        """
        digest, sent = hashlib.sha256(), 0
        try:
            with self.path.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    digest.update(piece)
                    sent += len(piece)
                    if sent > self.size:
                        raise FileChanged
                    yield piece
        except OSError as error:
            raise FileUnreadable(error.strerror or "") from error
        if digest.hexdigest() != self.sha256:
            raise FileChanged


def look_at(path: Path) -> LocalFile:
    """Read the file at *path* once, to know it again.

    Raises:
        ValueError: it is none that can be sent; the message says why.
        OSError: it cannot be read.
    """
    if path.is_dir():
        raise ValueError("is a folder; name the files in it")
    if not path.is_file():
        raise ValueError("is no regular file" if path.exists() else "is not there")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return LocalFile(path.absolute(), file.tell(), digest.hexdigest())
