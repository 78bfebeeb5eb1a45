"""Hand out the bytes of files, or what Slack hands out in their place.

Source: docs.slack.dev/reference/objects/file-object (authentication); the sign-in page
with status 200: slackapi/bolt-js issue 2585 and slack-go/slack issue 1284; redirects:
NousResearch/hermes-agent issue 114483. Ranges are not documented and not supported.
"""

import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from bot.sandbox.slack.files import MODES_WITHOUT_BYTES, Behaviour, File
from bot.sandbox.slack.state import State
from bot.sandbox.wire import ConnectionCut, Request, Response, Server

SIGN_IN_PAGE = (
    b"<!DOCTYPE html><html lang='en-US'><head><title>Sign in | Slack</title></head>"
    b"<body><h1>Sign in to Slack</h1></body></html>\n"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Delivering:
    """One download: the file, where it was asked for, and how the server stops."""

    file: File
    request: Request
    pieces: Callable[[], Iterator[bytes]]
    closing: threading.Event


class Downloads:
    """The file hosts: Slack's own, and another that must not get Slack's token."""

    def __init__(self, state: State, may_read: Callable[[str | None], bool]) -> None:
        #: Answer a missing or wrong token with 302 instead of the page itself.
        self.sign_in_by_redirect = False
        #: How a deleted file's URL answers: 404, or 410 as seen once (jademind #4).
        self.deleted_status = 404
        self._state = state
        self._may_read = may_read
        self._closing = threading.Event()
        self._elsewhere = ""

    def mount(self, server: Server, elsewhere: Server) -> None:
        """Let *server* be files.slack.com and *elsewhere* a host of someone else."""
        pattern = "/files-pri/(?P<team>[A-Z0-9]+)-(?P<file>F[A-Z0-9]+)/.+"
        server.route("GET", pattern, "slack.files.download", self._slack)
        server.route("GET", "/", "slack.sign_in", lambda request: _sign_in_page())
        elsewhere.route("GET", "/(?P<file>F[A-Z0-9]+)/.+", "elsewhere", self._other)
        self._elsewhere = elsewhere.origin

    def close(self) -> None:
        """Let go of downloads that stall or are slow."""
        self._closing.set()

    def _slack(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._may_read(token):
            return self._refuse(request)
        with self._state.lock():
            file = self._state.files.get(request.params["file"])
            if file is None or file.mode in MODES_WITHOUT_BYTES:
                return Response(404, HTML, b"<html>Not found</html>")
            if file.deleted:
                return Response(self.deleted_status, HTML, b"<html>Gone</html>")
            file.downloads += 1
            behaviour = file.take_behaviour()
        return self._deliver(file, request, behaviour)

    def _other(self, request: Request) -> Response:
        file = self._state.files[request.params["file"]]
        return self._deliver(file, request, None)

    def _deliver(
        self, file: File, request: Request, behaviour: Behaviour | None
    ) -> Response:
        if behaviour == "sign_in":
            return _sign_in_page()
        if behaviour == "sign_in_redirect":
            return _sign_in_redirect(request)
        if behaviour is not None and behaviour.startswith("redirect"):
            return self._redirect(file, request, behaviour)
        download = Delivering(file, request, lambda: self._paced(file), self._closing)
        return BEHAVIOURS[behaviour](download)

    def _refuse(self, request: Request) -> Response:
        if self.sign_in_by_redirect:
            return _sign_in_redirect(request)
        return _sign_in_page()

    def _redirect(self, file: File, request: Request, behaviour: Behaviour) -> Response:
        if behaviour == "redirect_elsewhere":
            name = quote(request.path.rsplit("/", 1)[-1])
            return Response(302, {"Location": f"{self._elsewhere}/{file.id}/{name}"})
        if behaviour == "redirect" and request.arg("origin"):
            return self._deliver(file, request, None)
        return Response(302, {"Location": f"{quote(request.path)}?origin=1"})

    def _paced(self, file: File) -> Iterator[bytes]:
        for piece in file.content.pieces():
            for part in _parts(piece, file.rate):
                if file.rate and self._closing.wait(len(part) / file.rate):
                    raise ConnectionCut("closing")
                yield part


def _parts(piece: bytes, rate: float | None) -> Iterator[bytes]:
    """Cut *piece* so that about ten parts go out in a second at *rate*."""
    size = max(1, int(rate / 10)) if rate else len(piece)
    return (piece[start : start + size] for start in range(0, len(piece), size))


def _sign_in_page() -> Response:
    return Response(200, HTML, SIGN_IN_PAGE)


def _sign_in_redirect(request: Request) -> Response:
    return Response(302, {"Location": f"/?redir={quote(request.path, safe='')}"})


def _headers(download: Delivering, **more: str) -> Mapping[str, str]:
    extra = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Content-Type": download.file.mimetype, **extra}


def _whole(download: Delivering) -> Response:
    return Response(200, _headers(download), download.pieces(), download.file.size)


def _truncated(download: Delivering) -> Response:
    """Announce everything, send half, close in order."""
    half = _first(download.pieces(), download.file.size // 2)
    return Response(
        200, _headers(download, Connection="close"), half, download.file.size
    )


def _cut(download: Delivering) -> Response:
    """Announce everything, send half, reset."""
    half = _first(download.pieces(), download.file.size // 2)
    return Response(200, _headers(download), chain(half, _reset()), download.file.size)


def _short(download: Delivering) -> Response:
    """Send one byte less than the file object says, in a valid answer."""
    size = max(0, download.file.size - 1)
    pieces = _first(download.pieces(), size)
    return Response(200, _headers(download), pieces, size)


def _long(download: Delivering) -> Response:
    """Send one byte more than the file object says, in a valid answer."""
    pieces = chain(download.pieces(), [b"\n"])
    return Response(200, _headers(download), pieces, download.file.size + 1)


def _unsized(download: Delivering) -> Response:
    """Send everything with no Content-Length; the end is where the connection ends."""
    return Response(200, _headers(download), download.pieces())


def _gzip(download: Delivering) -> Response:
    """Send everything compressed, whether the client asked for that or not."""
    headers = _headers(download, Content_Encoding="gzip")
    return Response(200, headers, _compressed(download.pieces()))


def _stall(download: Delivering) -> Response:
    """Send half and then nothing, for as long as the client cares to wait."""
    half = _first(download.pieces(), download.file.size // 2)
    silence = _silence(download.closing)
    return Response(200, _headers(download), chain(half, silence), download.file.size)


BEHAVIOURS: Mapping[Behaviour | None, Callable[[Delivering], Response]] = {
    None: _whole,
    "truncated": _truncated,
    "cut": _cut,
    "short": _short,
    "long": _long,
    "unsized": _unsized,
    "gzip": _gzip,
    "stall": _stall,
}


def _first(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return


def _reset() -> Iterator[bytes]:
    raise ConnectionCut("download")
    yield b""


def _silence(closing: threading.Event) -> Iterator[bytes]:
    closing.wait()
    raise ConnectionCut("download")
    yield b""


def _compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
