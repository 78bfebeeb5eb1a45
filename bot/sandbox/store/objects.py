"""The store's objects: bytes in files of a temporary directory, digests in memory."""

import hashlib
import tempfile
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as it was stored last; *path* is None when bytes are not kept."""

    key: str
    content_type: str
    size: int
    sha256: str
    md5: str
    stored_at: float
    path: Path | None

    @property
    def etag(self) -> str:
        """The entity tag, with its quotes: the MD5 of the bytes."""
        return f'"{self.md5}"'


class Writing:
    """One object on its way in, piece by piece in constant memory."""

    def __init__(self, sink: BinaryIO | None, path: Path | None) -> None:
        self.size = 0
        self._sink = sink
        self._path = path
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)

    def write(self, piece: bytes) -> None:
        """Take the next *piece*."""
        self.size += len(piece)
        self._sha256.update(piece)
        self._md5.update(piece)
        if self._sink is not None:
            self._sink.write(piece)

    def finish(self, key: str, content_type: str, now: float) -> StoredObject:
        """Close the object's file and describe the object."""
        if self._sink is not None:
            self._sink.close()
        digests = self._sha256.hexdigest(), self._md5.hexdigest()
        return StoredObject(key, content_type, self.size, *digests, now, self._path)

    def abandon(self) -> None:
        """Forget the bytes that came."""
        if self._sink is not None and self._path is not None:
            self._sink.close()
            self._path.unlink(missing_ok=True)


class Objects:
    """All objects by key; an object is replaced whole, when its last byte is there."""

    def __init__(self, clock: Callable[[], float], *, keep: bool) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._objects: dict[str, StoredObject] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="store-") if keep else None

    def open(self) -> Writing:
        """Begin an object."""
        if self._folder is None:
            return Writing(None, None)
        path = Path(self._folder.name) / uuid.uuid4().hex
        return Writing(path.open("wb"), path)

    def commit(self, writing: Writing, *, key: str, content_type: str) -> None:
        """Make the written bytes the object *key*."""
        stored = writing.finish(key, content_type, self._clock())
        with self._lock:
            self._objects[key] = stored

    def find(self, key: str) -> StoredObject | None:
        """Return the object *key*, if there is one."""
        with self._lock:
            return self._objects.get(key)

    def all(self) -> list[StoredObject]:
        """Return every object."""
        with self._lock:
            return list(self._objects.values())

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.cleanup()
