"""What passes between an emulator and its client: requests, answers, bodies."""

import json
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

#: RFC 9112, 7.1.
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class ConnectionCut(Exception):
    """The connection is gone, or is to be: it is reset and no answer is sent."""


class Readable(Protocol):
    """Where a body's bytes come from."""

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes, everything without one."""

    def readline(self, size: int = -1) -> bytes:
        """Read to the end of the line."""


class Body(Protocol):
    """One request's body."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to read."""

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes; raise `ConnectionCut` when the client went away."""


class Limited:
    """The next *length* bytes of *source*: a body with a Content-Length, or none."""

    def __init__(self, source: Readable, length: int) -> None:
        self._source = source
        self.left = length

    @property
    def finished(self) -> bool:
        """Whether nothing is left to read."""
        return not self.left

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes; raise `ConnectionCut` when the client went away."""
        wanted = self.left if size < 0 else min(size, self.left)
        data = self._source.read(wanted) if wanted else b""
        if len(data) < wanted:
            raise ConnectionCut(f"the body lacks {wanted - len(data)} bytes")
        self.left -= wanted
        return data


class Chunked:
    """A body sent with `Transfer-Encoding: chunked`."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._chunk = Limited(source, 0)
        self.finished = False

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes; raise `ConnectionCut` when the client went away."""
        pieces = []
        while size and not self.finished:
            if self._chunk.finished:
                self._next_chunk()
                continue
            piece = self._chunk.read(size)
            size -= len(piece) if size > 0 else 0
            if self._chunk.finished:
                self._source.readline()
            pieces.append(piece)
        return b"".join(pieces)

    def _next_chunk(self) -> None:
        line = self._source.readline(1024).partition(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(line):
            raise ConnectionCut("no chunk size")
        self._chunk = Limited(self._source, int(line, 16))
        if self._chunk.finished:
            while self._source.readline(65536).strip():
                """Pass over the trailers."""
            self.finished = True


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; *headers* have lower-case names, *params* come from the route.

    *path* is percent-decoded, *target* is the request line's path and query as sent.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    params: Mapping[str, str]
    stream: Body
    connection: socket.socket
    target: str = ""

    @property
    def length(self) -> int | None:
        """The body's length in bytes by Content-Length; None without one."""
        value = self.headers.get("content-length", "")
        return int(value) if value.isascii() and value.isdigit() else None

    def read(self) -> bytes:
        """Read the rest of the body."""
        return self.stream.read()

    def arg(self, name: str, default: str = "") -> str:
        """Return the first value of the query argument *name*."""
        return self.query.get(name, [default])[0]


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; a *body* that is not bytes needs its *length* in bytes."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    length: int | None = None


Handler = Callable[[Request], Response]


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Build an answer with *value* as its JSON body."""
    body = json.dumps(value).encode()
    return Response(
        status, {"Content-Type": "application/json", **(headers or {})}, body
    )
