"""A threaded HTTP/1.1 server for the emulators: routes, a wire log and faults."""

import contextlib
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any, Self

from bot.sandbox.connection import Connection, reset
from bot.sandbox.faults import Action, Fault, Faults, Phase, answer, cut
from bot.sandbox.message import (
    ConnectionCut,
    Handler,
    Request,
    Response,
    json_response,
)

__all__ = [
    "Action",
    "ConnectionCut",
    "Exchange",
    "Fault",
    "Handler",
    "Phase",
    "Request",
    "Response",
    "Server",
    "answer",
    "cut",
    "json_response",
    "reset",
]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it was seen on the wire, and the status it was answered with."""

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    status: int | None
    started: float
    seconds: float
    query: str = ""


#: Is given how a request ended.
Told = Callable[[Exchange], object]


class Server:
    """An HTTP server on loopback with a free port; use it as a context manager.

    Connections on which nothing is asked for *idle* seconds are closed.
    """

    def __init__(
        self,
        name: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
        idle: float | None = None,
    ) -> None:
        self.name = name
        self.idle = idle
        self._clock = clock
        self._routes: list[tuple[str, re.Pattern[str], str, Handler]] = []
        self._faults = Faults()
        self._exchanges: list[Exchange] = []
        #: Is given every byte that comes in on connections made from now on.
        self.tap: Callable[[bytes], object] | None = None
        #: Is given every request as it begins, with the time; what it returns is given
        #: how that ended.
        self.on_request: Callable[[Request, float], Told] | None = None
        #: How many requests were begun, answered or not.
        self.begun = 0
        self._lock = threading.Lock()
        self._fallback: Handler = lambda request: Response(404)
        handling = type("Handling", (Connection,), {"answering": self})
        self._http = _Listening((host, port), handling)
        if tls is not None:
            self._http.socket = tls.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
        self._scheme = "https" if tls else "http"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._accept, name=name, daemon=True)

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        host, port = self._http.server_address[:2]
        return f"{self._scheme}://{host!s}:{port}"

    def route(
        self, method: str, pattern: str, operation: str, handler: Handler
    ) -> None:
        """Answer *method* on paths that match *pattern* whole (its groups: params)."""
        self._routes.append((method, re.compile(pattern), operation, handler))

    def fallback(self, handler: Handler) -> None:
        """Answer every request that no route matches."""
        self._fallback = handler

    def fail(self, fault: Fault) -> Fault:
        """Arm *fault*; an operation's faults are tried in the order of their arming."""
        return self._faults.arm(fault)

    def mend(self) -> None:
        """Disarm every fault."""
        self._faults.clear()

    @property
    def operations(self) -> Sequence[str]:
        """The names of all calls, those to nowhere left out."""
        return tuple(dict.fromkeys(operation for _, _, operation, _ in self._routes))

    def forget(self) -> None:
        """Drop the record of the requests answered so far."""
        with self._lock:
            self.begun -= len(self._exchanges)
            self._exchanges.clear()

    def exchanges(self, operation: str | None = None) -> list[Exchange]:
        """Return the requests answered so far, oldest first."""
        with self._lock:
            seen = list(self._exchanges)
        return [each for each in seen if operation in (None, each.operation)]

    @property
    def pending(self) -> int:
        """How many requests are being answered now."""
        with self._lock:
            return self.begun - len(self._exchanges)

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, close the port and hang up on every client."""
        self._stopping.set()
        if self._thread.is_alive():
            host, port = self._http.server_address[:2]
            with socket.create_connection((str(host), port)):
                """Wake the thread that waits for a connection."""
            self._thread.join()
        self._http.server_close()
        self._http.hang_up()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def respond(self, request: Request, handler: Handler, started: float) -> Response:
        """Run the faults and the handler for one request and log the exchange."""
        status: int | None = None
        tell = self.on_request(request, started) if self.on_request else None
        with self._lock:
            self.begun += 1
        try:
            response = self._run(request, handler)
            status = response.status
            return response
        finally:
            exchange = Exchange(
                request.operation,
                request.method,
                request.path,
                request.headers,
                status,
                started,
                self._clock() - started,
                request.target.partition("?")[2],
            )
            with self._lock:
                self._exchanges.append(exchange)
            if tell is not None:
                tell(exchange)

    def match(self, method: str, path: str) -> tuple[str, Mapping[str, str], Handler]:
        """Find the route for a request: operation, params and handler."""
        for verb, pattern, operation, handler in self._routes:
            found = pattern.fullmatch(path)
            if found and verb in (method, "*"):
                return operation, found.groupdict(), handler
        return "unknown", {}, self._fallback

    def now(self) -> float:
        """Return the server's time, seconds since the epoch."""
        return self._clock()

    def _accept(self) -> None:
        # not serve_forever(): it looks up from waiting only now and then
        while not self._stopping.is_set():
            self._http.handle_request()

    def _run(self, request: Request, handler: Handler) -> Response:
        early = self._faults.strike(request, "before")
        if early is not None:
            return early
        response = handler(request)
        late = self._faults.strike(request, "after")
        return response if late is None else late


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handling: type[Connection]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handling)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, to end it when the server stops."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close one connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection: a stopped server answers no kept-alive client."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet about clients that go away: these servers are to see that."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
