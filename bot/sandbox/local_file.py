"""Files to share: from this machine's disk, in constant memory, or a small made one."""

import hashlib
import mimetypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.slack.content import PIECE, Content, Stored


class UnusableFiles(Exception):
    """Some paths name no file that can be read; *faults* has a sentence for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """Content that stays on the disk; size and SHA-256 are of the first look."""

    path: Path
    size: int
    sha256: str

    def pieces(self) -> Iterator[bytes]:
        """Iterate over the bytes in pieces of at most 256 KiB."""
        with self.path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


@dataclass(frozen=True, slots=True)
class Offer:
    """A file as a person's Slack client uploads it."""

    name: str
    mimetype: str
    content: Content


def offer_greeting() -> Offer:
    """Make a small file to share."""
    text = "Hello from Slack, to a work item in Plane. \N{PAPERCLIP}\n"
    return Offer("hello.txt", "text/plain", Stored(text.encode()))


def offer_paths(paths: Sequence[str]) -> list[Offer]:
    """Look at the files that *paths* name.

    Raises:
        UnusableFiles: not all of them can be read.
    """
    offers, faults = [], []
    for path in paths:
        try:
            offers.append(_offer(Path(path)))
        except OSError as error:
            faults.append(f"{path} cannot be read: {error.strerror}.")
        except ValueError as error:
            faults.append(f"{path} {error}.")
    if faults:
        raise UnusableFiles(faults)
    return offers


def _offer(path: Path) -> Offer:
    if not path.exists():
        raise ValueError("is not there")
    if path.is_dir():
        raise ValueError("is a folder; name the files in it")
    if not path.is_file():
        raise ValueError("is not a regular file")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        content = LocalFile(path.absolute(), file.tell(), sha256)
    # A name on the disk may be any bytes; what a client uploads is text.
    name = os.fsencode(path.name).decode("utf-8", "replace")
    return Offer(name, _guess_type(name), content)


def _guess_type(name: str) -> str:
    kind, encoding = mimetypes.guess_type(name)
    return kind if kind and not encoding else "application/octet-stream"
