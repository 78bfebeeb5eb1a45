"""Socket Mode: keeps a WebSocket to Slack and answers its envelopes."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.clients.slack_sockets import SlackSocket, SlackSockets
from bot.entrypoints.request_meter import RequestMeter, find_kind
from bot.entrypoints.turns import take_turn
from bot.errors import Problem, TransientProblem
from bot.work.precedence import Precedence

logger = logging.getLogger(__name__)

_FIRST_SECONDS = 0.5
_LONGEST_SECONDS = 30.0
#: After a connection that lived this long, the next is opened at once.
_CALM_SECONDS = 10.0
_ANSWERING_THREADS = 10

# Bolt's own lines at DEBUG hold whole messages.
_quiet = logging.getLogger("slack_bolt.quiet.socket")
_quiet.setLevel(logging.CRITICAL)


class SocketMode:
    """The connections: one, or for a while two, so that nothing falls in between."""

    def __init__(
        self,
        app: App,
        sockets: SlackSockets,
        precedence: Precedence,
        meter: RequestMeter | None = None,
    ) -> None:
        self._app = app
        self._sockets = sockets
        self._precedence = precedence
        self._pauses = Pauses()
        self._open: list[SlackSocket] = []
        self._lock = threading.Lock()
        self._is_wanted = threading.Event()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(_ANSWERING_THREADS, "socket")
        self._meter = meter or RequestMeter()
        #: How many connections were opened, and how many tries opened none.
        self.opened = self.refused = 0

    @property
    def is_connected(self) -> bool:
        """Whether envelopes can come in now."""
        return bool(self._open)

    def start(self) -> None:
        """Connect as soon as Slack lets us, and again whenever that ends."""
        self._is_wanted.set()
        threading.Thread(target=self._keep, daemon=True).start()

    def stop(self) -> None:
        """Take nothing more in."""
        self._stopping.set()
        self._is_wanted.set()
        # A CLOSE frame is waited for; the work goes on meanwhile.
        threading.Thread(target=self._close, args=(0,), daemon=True).start()

    def _keep(self) -> None:
        while self._is_wanted.wait() and not self._stopping.is_set():
            self._is_wanted.clear()
            if self._stopping.wait(self._pauses.take()):
                return
            try:
                self._serve(self._sockets.open())
            except Exception as error:  # noqa: BLE001 - whatever it is, try again
                self._regret(error)

    def _regret(self, error: Exception) -> None:
        self.refused += 1
        is_refused = isinstance(error, Problem) and not isinstance(
            error, TransientProblem
        )
        hint = " Check SLACK_APP_TOKEN and that Socket Mode is on." * is_refused
        logger.warning("No socket to Slack, trying again: %s.%s", error, hint)
        self._is_wanted.set()
        self._stopping.wait(getattr(error, "retry_after", None) or 0.0)

    def _serve(self, socket: SlackSocket) -> None:
        reader = threading.Thread(target=self._read, args=(socket,), daemon=True)
        with self._lock:
            reader.start()
            self._open.append(socket)
            self.opened += 1
        logger.info("Connected to Slack")
        # Slack ends the one that it wants replaced. One more before that is dead.
        self._close(2)

    def _close(self, kept: int) -> None:
        with self._lock:
            closing = self._open[: len(self._open) - kept]
        for socket in closing:
            socket.close()

    def _read(self, socket: SlackSocket) -> None:
        is_replaced = False
        try:
            for message in socket.messages():
                if self._stopping.is_set():
                    break
                if message.get("type") != "disconnect":
                    self._pool.submit(self._answer, socket, message, time.monotonic())
                elif not is_replaced:  # after a warning comes another one
                    logger.info("Slack asks to reconnect: %s", message.get("reason"))
                    is_replaced = True
                    self._is_wanted.set()
        except Exception:  # whatever it is, it must not leave us deaf
            logger.exception("A socket could not be read")
        finally:
            self._forget(socket, is_replaced=is_replaced)

    def _forget(self, socket: SlackSocket, *, is_replaced: bool) -> None:
        with self._lock:
            self._open.remove(socket)
        if not is_replaced:
            logger.warning("The socket to Slack ended, opening another")
            self._is_wanted.set()
        socket.close()

    def _answer(
        self, socket: SlackSocket, message: Mapping[str, Any], since: float
    ) -> None:
        request = SocketModeRequest.from_dict(dict(message))
        if request is None:  # no envelope: a hello
            return
        try:
            with take_turn(self._precedence, request.payload):
                response = run_bolt_app(self._app, request)
            send_response(_Outlet(socket), request, response, time.time())
            seconds = time.monotonic() - since
            self._meter.answered(find_kind(request.payload), response.status, seconds)
        except Exception:  # what is not answered comes again
            logger.exception("An envelope was not answered")


class _Outlet(BaseSocketModeClient):
    """What Bolt sends its answers to."""

    def __init__(self, socket: SlackSocket) -> None:
        self.logger = _quiet
        self._socket = socket

    def send_message(self, message: str) -> None:
        """Send on the connection that the envelope came by."""
        self._socket.send(message)


class Pauses:
    """How long to wait before each opening, the longer the more come in a row."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._last: float | None = None
        self._seconds = 0.0

    def take(self) -> float:
        """Return the seconds to wait, after which a connection is opened."""
        now = self._timer()
        if self._last is None or now - self._last >= _CALM_SECONDS:
            self._seconds = 0.0
        else:
            self._seconds = max(_FIRST_SECONDS, 2 * self._seconds)
        self._seconds = min(self._seconds, _LONGEST_SECONDS)
        self._last = now + self._seconds
        return self._seconds
