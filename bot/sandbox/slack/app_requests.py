"""Ask the app something at once: slash commands, interactivity and options.

They are never retried: the person sees an error instead. Source: docs.slack.dev/
interactivity/handling-user-interaction and /apis/events-api/using-socket-mode.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from bot.sandbox.slack.http_delivery import Poster, Result

Kind = Literal["slash_commands", "interactive"]


@dataclass(frozen=True, slots=True)
class AppRequest:
    """One request and what came of it; *kind* is its name in Socket Mode.

    *answer* is what the app said: an object, a text, or None for nothing. *error* is
    what the person sees if the app did not answer well, else None.
    """

    kind: Kind
    payload: Mapping[str, Any]
    error: str | None = None
    status: int | None = None
    answer: Any = None
    seconds: float = 0.0

    @property
    def type(self) -> str:
        """The payload's type, such as `block_actions`; empty for a slash command."""
        return str(self.payload.get("type", ""))

    @property
    def trigger_id(self) -> str:
        """The trigger id that the app got; empty without one."""
        return str(self.payload.get("trigger_id", ""))

    @property
    def response_url(self) -> str:
        """The response URL that the app got; empty without one."""
        return str(self.payload.get("response_url", ""))


class Sockets(Protocol):
    """The part of Socket Mode that requests need."""

    def send(self, message: dict[str, Any]) -> tuple[Result, Any]:
        """Send to one socket; return the result and the acknowledgement's payload."""


class AppRequests:
    """Sends requests to the app and keeps them."""

    def __init__(
        self, poster: Poster, sockets: Sockets, url: Callable[[], str | None]
    ) -> None:
        self._poster = poster
        self._sockets = sockets
        self._url = url
        self._all: list[AppRequest] = []
        self._lock = threading.Lock()

    def all(self) -> list[AppRequest]:
        """Return every request so far, oldest first."""
        with self._lock:
            return list(self._all)

    def forget(self) -> None:
        """Drop the record of the requests so far."""
        with self._lock:
            self._all.clear()

    def command(self, form: Mapping[str, Any]) -> AppRequest:
        """Send a slash command: its fields are the form's."""
        return self._ask("slash_commands", form, form)

    def interact(self, payload: Mapping[str, Any]) -> AppRequest:
        """Send an interactive payload: it is JSON in the form's field `payload`."""
        return self._ask("interactive", payload, {"payload": json.dumps(payload)})

    def _ask(
        self, kind: Kind, payload: Mapping[str, Any], form: Mapping[str, Any]
    ) -> AppRequest:
        started = time.monotonic()
        url = self._url()
        if url is None:
            result, answer = self._by_socket(kind, payload)
        else:
            about = str(payload.get("type") or payload.get("command", ""))
            result, answer = self._by_http(url, form, about)
        seconds = time.monotonic() - started
        request = AppRequest(
            kind, payload, error_of(result), result.status, answer, seconds
        )
        with self._lock:
            self._all.append(request)
        return request

    def _by_http(
        self, url: str, form: Mapping[str, Any], about: str
    ) -> tuple[Result, Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        result = self._poster.post(url, body, headers, about=about)
        return result, read_answer(result.body)

    def _by_socket(self, kind: Kind, payload: Any) -> tuple[Result, Any]:
        message = {
            "type": kind,
            "accepts_response_payload": True,
            "payload": payload,
        }
        result, answer = self._sockets.send(message)
        return result, answer or None


def error_of(result: Result) -> str | None:
    """Return the error that a person sees after "/attach failed with the error".

    `operation_timeout` is documented; `http_client_error`: Netflix/dispatch issue 495;
    `dispatch_failed`: slackapi/bolt-python issue 951.
    """
    if result.reason is None:
        return None
    if result.reason in ("http_timeout", "timeout"):
        return "operation_timeout"
    if result.status is None or result.reason != "http_error":
        return "dispatch_failed"
    return "http_client_error" if result.status < 500 else "http_service_error"


def read_answer(body: bytes) -> Any:
    """Read an answer's body: an object if it is JSON, else a text, None if empty."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else text or None
