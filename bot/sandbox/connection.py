"""One client's connection to an emulator: HTTP/1.1 with keep-alive, and its ends."""

import contextlib
import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from bot.sandbox.message import (
    Body,
    Chunked,
    ConnectionCut,
    Handler,
    Limited,
    Request,
    Response,
)

#: An unread body of up to this many bytes is passed over, to keep the connection.
SPARE = 256 * 1024
#: How long a client may go on sending after it was answered early, in seconds.
LINGER = 2.0


class Answering(Protocol):
    """What a connection asks its server."""

    @property
    def idle(self) -> float | None:
        """Seconds after which a connection without a request is closed."""

    @property
    def tap(self) -> Callable[[bytes], object] | None:
        """What is given every byte that clients send, if anything is."""

    def match(self, method: str, path: str) -> tuple[str, Mapping[str, str], Handler]:
        """Find the route for a request: operation, params and handler."""

    def respond(self, request: Request, handler: Handler, started: float) -> Response:
        """Answer one request."""

    def now(self) -> float:
        """Return the time."""


class _Tapped:
    """Passes on what is read from *source*, and shows it to *tap*."""

    def __init__(self, source: Any, tap: Callable[[bytes], object]) -> None:
        self._source = source
        self._tap = tap
        self.close = source.close
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes, everything without one."""
        return self._show(self._source.read(size))

    def readline(self, size: int = -1) -> bytes:
        """Read to the end of the line."""
        return self._show(self._source.readline(size))

    def _show(self, data: bytes) -> bytes:
        self._tap(data)
        return data


class Connection(BaseHTTPRequestHandler):
    """Answers one connection's requests in turn; subclasses name *answering*."""

    answering: Answering
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rbufsize = 256 * 1024

    def setup(self) -> None:
        """Show what comes in to whoever listens."""
        super().setup()
        if self.answering.tap is not None:
            self.rfile: Any = _Tapped(self.rfile, self.answering.tap)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal for the sandbox; the wire log has every request."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell the server's own time in its answers."""
        now = self.answering.now() if timestamp is None else timestamp
        return super().date_time_string(now)

    def handle_one_request(self) -> None:
        """Wait for the next request, not longer than the server's idle time."""
        self.connection.settimeout(self.answering.idle)
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the headers with as much patience as they need."""
        self.connection.settimeout(None)
        return super().parse_request()

    def answer_request(self) -> None:
        """Answer one request, or cut the connection."""
        started = self.answering.now()
        try:
            request, handler = self._request()
        except ValueError:  # its address or its length cannot be read
            self.send_error(400)
            return
        try:
            response = self.answering.respond(request, handler, started)
            settled = _pass_over(request.stream)
            self.close_connection = self.close_connection or not settled
            self._send(response)
        except ConnectionCut:
            reset(self.connection)
            self.close_connection = True
            return
        if not settled:
            self._linger()

    do_GET = do_POST = do_PATCH = do_PUT = answer_request
    do_DELETE = do_HEAD = do_OPTIONS = answer_request

    def _request(self) -> tuple[Request, Handler]:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        operation, params, handler = self.answering.match(self.command, path)
        request = Request(
            operation=operation,
            method=self.command,
            path=path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            params=params,
            stream=self._body(),
            connection=self.connection,
            target=self.path,
        )
        return request, handler

    def _body(self) -> Body:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return Chunked(self.rfile)
        length = int(self.headers.get("Content-Length", "0"))
        if length < 0:
            raise ValueError(length)
        return Limited(self.rfile, length)

    def _send(self, response: Response) -> None:
        length = self._announce(response)
        if self.command == "HEAD":
            return
        sent = 0
        for piece in _pieces(response.body):
            self.wfile.write(piece)
            sent += len(piece)
        if sent != length:  # the client must not take the next answer for the rest
            self.close_connection = True

    def _announce(self, response: Response) -> int | None:
        body = response.body
        length = len(body) if isinstance(body, bytes) else response.length
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        # RFC 9110, 8.6: 204 and 304 carry no Content-Length
        if length is not None and response.status not in (101, 204, 304):
            if not {"Content-Length", "Transfer-Encoding"} & set(response.headers):
                self.send_header("Content-Length", str(length))
        elif length is None:
            self.close_connection = True
        if self.close_connection and "Connection" not in response.headers:
            self.send_header("Connection", "close")
        self.end_headers()
        return length

    def _linger(self) -> None:
        # Closing at once would reset the connection and take the answer away from a
        # client that is still sending: read on for a while, as nginx does.
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(LINGER)
            while self.connection.recv(SPARE):
                """Throw it away."""


def _pass_over(body: Body) -> bool:
    if not body.finished and not (isinstance(body, Limited) and body.left > SPARE):
        body.read(SPARE)
    return body.finished


def _pieces(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
    else:
        yield from body


def reset(connection: socket.socket) -> None:
    """Close *connection* with a TCP reset, as a crashing peer or a cut cable would."""
    with contextlib.suppress(OSError):
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(connection.detach())  # close() would wait for the files made of it
