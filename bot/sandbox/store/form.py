"""POST Object: a streamed multipart form, its fields first and its file last."""

import re
from collections.abc import Iterator

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from bot.sandbox.message import Request
from bot.sandbox.store.refusal import Refused, invalid

#: Bytes read from the connection at a time.
PIECE = 256 * 1024
#: The longest form field, which is the policy.
LONGEST_FIELD = 64 * 1024

Events = Iterator[MultipartSegment | bytes | None]


class Form:
    """Reads a form up to its file; then `pieces` yields the file's bytes."""

    def __init__(self, request: Request) -> None:
        self.fields: dict[str, str] = {}
        self.filename = ""
        self._events = _events(request, _boundary(request))

    def read_fields(self) -> None:
        """Read the fields before the file.

        Names are compared without case, the file's too (observed, radosgw 16.2.15).
        """
        for event in self._events:
            if not isinstance(event, MultipartSegment):
                continue
            name = (event.name or "").lower()
            if name == "file":
                self.filename = event.filename or ""
                return
            self.fields[name] = self._value()
        raise invalid()

    def pieces(self) -> Iterator[bytes]:
        """Yield the file's bytes, then pass over what follows it."""
        for event in self._events:
            if event is None:
                break
            yield event
        for _ in self._events:
            """Parts after the file are ignored (observed, radosgw 16.2.15)."""

    def _value(self) -> str:
        value = b""
        for event in self._events:
            if event is None:
                break
            value += event
            if len(value) > LONGEST_FIELD:
                raise invalid()
        return value.decode(errors="replace")


def _boundary(request: Request) -> str:
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise invalid("Request Content-Type is not multipart/form-data")
    found = re.search(r'boundary="?([^";,]+)"?', content_type)
    if found is None:
        raise invalid("Missing multipart boundary specification")
    return found[1]


def _events(request: Request, boundary: str) -> Events:
    if request.length is None or "transfer-encoding" in request.headers:
        raise Refused(411, "MissingContentLength")
    parser = PushMultipartParser(boundary)
    try:
        while not parser.closed and (piece := request.stream.read(PIECE)):
            yield from parser.parse(piece)
    except MultipartError as exc:
        raise invalid() from exc
    # A form that ends without its closing boundary is taken for whole, and the short
    # object is stored (observed, radosgw 16.2.15).
