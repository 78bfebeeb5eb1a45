"""The HTTP side: Slack's requests, health, and the server that answers them.

waitress reads a whole request before it gives it to a thread, so that slow clients
hold none.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

from slack_bolt import App, BoltRequest, BoltResponse

from bot.entrypoints.replays import Replays
from bot.entrypoints.request_meter import (
    MALFORMED_BODY,
    REPEATED,
    UNSIGNED,
    RequestMeter,
    find_kind,
)
from bot.entrypoints.requests_from_slack import (
    MalformedRequest,
    Unverified,
    Verifier,
    parse_body,
)
from bot.entrypoints.slow_clients import (
    WHOLE_AT,
    PatientServer,
    count_files,
    count_places,
)
from bot.entrypoints.turns import take_turn
from bot.listeners.app import MALFORMED
from bot.work.precedence import Precedence

logger = logging.getLogger(__name__)

#: Slack's longest events are far below it.
MOST_BODY_BYTES = 1024 * 1024
MOST_HEAD_BYTES = 32 * 1024

#: One answers, and hands over with no quarrel over the interpreter and the ledger; the
#: others are for menus that wait for Plane (bot.work.item_menu has two at most).
_THREADS = 4
_WAITING = 2000
_IDLE_SECONDS = 10
_END_SECONDS = 3

#: Of Prometheus' text format.
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Answer = tuple[int, dict[str, str], str]


class Readiness(Protocol):
    """Tells why the process cannot do its part at this moment."""

    def faults(self) -> list[str]:
        """Return one line for each reason; none where it is ready."""


class WebApp:
    """The WSGI application."""

    def __init__(
        self,
        readiness: Readiness,
        *,
        app: App | None,
        verifier: Verifier | None,
        precedence: Precedence | None = None,
        meter: RequestMeter | None = None,
        scrape: Callable[[], str] | None = None,
    ) -> None:
        self._readiness = readiness
        self._app = app
        self._verifier = verifier
        self._precedence = precedence or Precedence()
        self._replays = Replays()
        self._meter = meter or RequestMeter()
        self._pages: dict[str, Callable[[], Answer]] = {
            "/healthz": lambda: (200, {}, "ok\n"),
            "/readyz": self._readyz,
        }
        if scrape:
            told = {"content-type": _METRICS_TYPE}
            self._pages["/metrics"] = lambda: (200, dict(told), scrape())

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        status, headers, text = self._route(environ)
        body = text.encode()
        headers.setdefault("content-type", "text/plain; charset=utf-8")
        headers["content-length"] = str(len(body))
        start_response(f"{status} {_phrase(status)}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _route(self, environ: Environ) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if page := self._pages.get(path):
            is_read = method in ("GET", "HEAD")
            return page() if is_read else _refuse_method("GET, HEAD")
        if path == "/slack/events" and self._app and self._verifier:
            if method == "POST":
                return self._receive(environ, self._app, self._verifier)
            return _refuse_method("POST")
        return 404, {}, "not found\n"

    def _readyz(self) -> Answer:
        faults = self._readiness.faults()
        if faults:
            return 503, {}, "".join(f"{fault}\n" for fault in faults)
        return 200, {}, "ready\n"

    def _receive(self, environ: Environ, app: App, verifier: Verifier) -> Answer:
        since = environ.get(WHOLE_AT) or time.monotonic()
        body = environ["wsgi.input"].read()
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        try:
            verifier.check(
                body,
                timestamp=environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""),
                signature=signature,
            )
            parsed = parse_body(body, content_type=environ.get("CONTENT_TYPE", ""))
        except Unverified:
            self._meter.refused(UNSIGNED)
            return _refuse_stranger("not signed by Slack in time")
        except MalformedRequest as error:
            self._meter.refused(MALFORMED_BODY)
            logger.warning("A request was refused: %s", error)
            return 400, {}, "malformed\n"
        with take_turn(self._precedence, parsed):
            answer = self._take(app, parsed, signature)
        self._meter.answered(find_kind(parsed), answer[0], time.monotonic() - since)
        return answer

    def _take(self, app: App, body: Mapping[str, Any], signature: str) -> Answer:
        if self._replays.has(body, signature):
            self._meter.refused(REPEATED)
            return _refuse_stranger("it was answered before")
        response = dispatch(app, body)
        if response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._replays.add(body, signature)
        return _answer(response)


def dispatch(app: App, body: Mapping[str, Any]) -> BoltResponse:
    """Have the app answer a verified and parsed request."""
    try:
        # In this mode Bolt takes the body as it was parsed and verifies nothing again.
        return app.dispatch(BoltRequest(mode="socket_mode", body=dict(body)))
    except MALFORMED as error:  # Bolt takes it apart once more for the error's listener
        logger.warning("A request was refused: %r", error)
        return BoltResponse(status=400, body="malformed\n")


class HttpServer:
    """Answers in a thread of its own.

    Raises:
        OSError: the address cannot be had.
    """

    def __init__(self, app: WebApp, *, host: str, port: int) -> None:
        # A name may have several addresses; waitress would make a server of each.
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4]
        self._server = PatientServer(
            app,
            host=str(address[0]),
            port=port,
            threads=_THREADS,
            connection_limit=count_places(count_files()),
            backlog=_WAITING,
            channel_timeout=_IDLE_SECONDS,
            max_request_header_size=MOST_HEAD_BYTES,
            max_request_body_size=MOST_BODY_BYTES,
            inbuf_overflow=2 * MOST_BODY_BYTES,  # never to disk: it may be anything
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=True,
            ident="Loadmaster",
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._server.url

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing new, and let what is being answered end."""
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=_END_SECONDS)
        self._server.close_all()

    def _serve(self) -> None:
        # waitress's own loop ends by an exception, which not every place in it lets
        # through.
        while not self._stopping.is_set():
            self._server.run_once(timeout=_IDLE_SECONDS)


def _answer(response: BoltResponse) -> Answer:
    headers = response.first_headers_without_set_cookie().items()
    lower = {name.lower(): value for name, value in headers}
    return response.status, lower, response.body


def _refuse_stranger(reason: str) -> Answer:
    logger.warning("A request was refused: %s", reason)
    return 401, {}, "not signed by Slack\n"


def _refuse_method(allowed: str) -> Answer:
    return 405, {"allow": allowed}, "method not allowed\n"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
