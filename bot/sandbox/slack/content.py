"""The bytes of files, real or generated, handed out in pieces and never held whole."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

PIECE = 256 * 1024


class Content(Protocol):
    """Bytes with a known size and SHA-256."""

    @property
    def size(self) -> int:
        """The number of bytes."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal."""

    def pieces(self) -> Iterator[bytes]:
        """Iterate over the bytes in pieces of at most 256 KiB."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Content that was given as bytes."""

    data: bytes

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.data)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """Iterate over the bytes in pieces of at most 256 KiB."""
        for start in range(0, len(self.data), PIECE):
            yield self.data[start : start + PIECE]


@dataclass(frozen=True, slots=True)
class Generated:
    """Pseudo-random content of any *size*, the same for the same *seed*."""

    size: int
    seed: int = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal; computed once."""
        return _digest(self)

    def pieces(self) -> Iterator[bytes]:
        """Iterate over the bytes in pieces of at most 256 KiB."""
        # One random piece, told apart by its number: as fast as copying, and a piece
        # that is lost, doubled or swapped still changes the digest.
        noise = random.Random(self.seed).randbytes(PIECE)  # noqa: S311 - not a secret
        for number, start in enumerate(range(0, self.size, PIECE)):
            piece = number.to_bytes(8, "big") + noise[8:]
            yield piece[: self.size - start]


@lru_cache(maxsize=256)
def _digest(content: Generated) -> str:
    digest = hashlib.sha256()
    for piece in content.pieces():
        digest.update(piece)
    return digest.hexdigest()


def as_content(content: bytes | Content) -> Content:
    """Wrap plain bytes; return anything else as it is."""
    return Stored(content) if isinstance(content, bytes) else content
