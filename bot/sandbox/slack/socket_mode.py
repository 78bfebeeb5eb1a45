"""Socket Mode: WebSocket connections that events travel over as envelopes.

Source: docs.slack.dev/apis/events-api/using-socket-mode; slack_sdk
socket_mode/builtin/connection.py for what the client checks (the pong's payload).
"""

import contextlib
import json
import secrets
import socket
import struct
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from bot.sandbox.slack.http_delivery import PATIENCE, Result
from bot.sandbox.slack.socket_messages import farewell, hello, say
from bot.sandbox.slack.workspace import APP_ID

MOST_CONNECTIONS = 10


@dataclass(slots=True, eq=False)
class Unanswered:
    """An envelope that waits for its acknowledgement on one connection."""

    connection: ServerConnection
    done: threading.Event = field(default_factory=threading.Event)
    acknowledged: bool = False
    payload: Any = None


class SocketMode:
    """The connected sockets; *on_connect* is called for each new one."""

    def __init__(
        self, on_connect: Callable[[], None], *, patience: float = PATIENCE
    ) -> None:
        self._on_connect = on_connect
        self._patience = patience
        self._tickets: set[str] = set()
        self._connected: list[ServerConnection] = []
        self._unanswered: dict[str, Unanswered] = {}
        self._changed = threading.Condition()
        self._left: list[ServerConnection] = []
        self._opened = 0
        self._turn = 0
        self._server: Server = serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._admit,
            compression=None,  # slack_sdk's own client offers no extension
            close_timeout=1,
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="socket-mode", daemon=True
        )

    @property
    def count(self) -> int:
        """How many sockets are connected."""
        with self._changed:
            return len(self._connected)

    def start(self) -> None:
        """Begin to take connections."""
        self._thread.start()

    def close(self) -> None:
        """Cut all connections and take no more."""
        self.cut()
        self._server.shutdown()

    def open_url(self) -> str:
        """Make a URL for one connection, as apps.connections.open answers."""
        ticket = secrets.token_hex(16)
        with self._changed:
            self._tickets.add(ticket)
        host, port = self._server.socket.getsockname()[:2]
        return f"ws://{host}:{port}/link/?ticket={ticket}&app_id={APP_ID}"

    def wait_connected(self, count: int, timeout: float) -> None:
        """Wait until exactly *count* sockets are connected.

        Raises:
            TimeoutError: it did not come to that.
        """
        with self._changed:
            if not self._changed.wait_for(
                lambda: len(self._connected) == count, timeout
            ):
                raise TimeoutError(f"{len(self._connected)} sockets, not {count}")

    def wait_opened(self, total: int, timeout: float) -> None:
        """Wait until *total* connections were made since the start, open or not.

        Raises:
            TimeoutError: it did not come to that.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._opened >= total, timeout):
                raise TimeoutError(f"{self._opened} connections, not {total}")

    def send_event(self, envelope: Any, retry: int, reason: str) -> Result:
        """Send an Events API envelope to one socket and wait for the ack."""
        message = {
            "type": "events_api",
            "accepts_response_payload": False,
            "retry_attempt": retry,
            "retry_reason": reason,
            "payload": envelope,
        }
        return self.send(message)[0]

    def send(self, message: dict[str, Any]) -> tuple[Result, Any]:
        """Send *message* to any one socket; return the result and the ack's payload."""
        connection = self._choose()
        if connection is None:
            return Result(reason="connection_failed"), None
        envelope_id = str(uuid.uuid4())
        waiting = Unanswered(connection)
        with self._changed:
            self._unanswered[envelope_id] = waiting
        try:
            connection.send(json.dumps({"envelope_id": envelope_id, **message}))
            answered = waiting.done.wait(self._patience)
        except ConnectionClosed:
            answered = True
        finally:
            with self._changed:
                del self._unanswered[envelope_id]
        if waiting.acknowledged:
            return Result(), waiting.payload
        reason = "connection_failed" if answered else "timeout"
        return Result(reason=reason), None

    def disconnect(self, reason: str) -> None:
        """Tell every socket to reconnect: `warning`, `refresh_requested`, …

        After a `warning` events go on to come for some ten seconds. After the others no
        more are sent to that socket, and it is closed once a new one is there; that
        much is a guess, and it is what lets slack_sdk's own client hear the new one:
        it reads the old until that is closed or silent for three seconds.
        """
        for connection in self._sockets():
            say(connection, farewell(reason))
            if reason != "warning":
                self._leave(connection)
                self._left.append(connection)

    def cut(self) -> None:
        """Break every connection off with no CLOSE frame, as a failing network does."""
        linger = struct.pack("ii", 1, 0)
        for connection in self._sockets():
            # Only the thread that reads may close the socket: its number could belong
            # to the next connection before that thread notices.
            with contextlib.suppress(OSError):
                connection.socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, linger
                )
                connection.socket.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Close every connection with a CLOSE frame and no `disconnect` before."""
        for connection in self._sockets():
            connection.close()

    def _sockets(self) -> list[ServerConnection]:
        with self._changed:
            return list(self._connected)

    def _choose(self) -> ServerConnection | None:
        with self._changed:
            if not self._connected:
                return None
            self._turn += 1
            return self._connected[self._turn % len(self._connected)]

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        ticket = parse_qs(urlsplit(request.path).query).get("ticket", [""])[0]
        with self._changed:
            if ticket in self._tickets:
                self._tickets.discard(ticket)
                return None
        return connection.respond(HTTPStatus.FORBIDDEN, "unknown ticket\n")

    def _serve(self, connection: ServerConnection) -> None:
        with self._changed:
            full = len(self._connected) >= MOST_CONNECTIONS
        if full:
            say(connection, farewell("too_many_websockets"))
            return
        self._join(connection)
        try:
            for text in connection:
                self._receive(text)
        except ConnectionClosed:
            pass
        finally:
            self._leave(connection)

    def _join(self, connection: ServerConnection) -> None:
        # `hello` is the first thing a client hears, so it goes out before the
        # connection can be chosen for an event.
        with self._changed:
            say(connection, hello(len(self._connected) + 1))
            self._connected.append(connection)
            self._opened += 1
            left, self._left = self._left, []
            self._changed.notify_all()
        for each in left:
            threading.Thread(target=each.close, daemon=True).start()
        self._on_connect()

    def _leave(self, connection: ServerConnection) -> None:
        with self._changed:
            if connection not in self._connected:
                return
            self._connected.remove(connection)
            lost = [
                each
                for each in self._unanswered.values()
                if each.connection is connection
            ]
            self._changed.notify_all()
        for waiting in lost:
            waiting.done.set()

    def _receive(self, text: str | bytes) -> None:
        answer = json.loads(text)
        with self._changed:
            waiting = self._unanswered.get(answer.get("envelope_id", ""))
        if waiting is not None:
            waiting.acknowledged = True
            waiting.payload = answer.get("payload")
            waiting.done.set()
