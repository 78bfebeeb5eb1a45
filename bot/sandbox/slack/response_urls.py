"""Response URLs: where the app may answer five times within thirty minutes.

Source: docs.slack.dev/interactivity/handling-user-interaction (message responses). The
host is this server's; Slack's is hooks.slack.com.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.calls import ApiError, Call, read_call
from bot.sandbox.slack.responding import Place, Responder
from bot.sandbox.slack.workspace import TEAM
from bot.sandbox.wire import Request, Response, Server, json_response

USES = 5
LIFETIME = 30 * 60.0


@dataclass(slots=True)
class ResponseUrl:
    """One URL: where its answers appear, and how often it still works."""

    place: Place
    expires_at: float
    uses_left: int = USES


class ResponseUrls:
    """The response URLs that were given out; their operation is `slack.respond`."""

    def __init__(
        self,
        responder: Responder,
        clock: Callable[[], float],
        origin: Callable[[], str],
    ) -> None:
        self._responder = responder
        self._clock = clock
        self._origin = origin
        self._issued: dict[str, ResponseUrl] = {}
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def issue(self, sort: str, place: Place) -> str:
        """Return a new URL; *sort* is `commands`, `actions` or `app`."""
        with self._lock:
            number = len(self._issued) + 1
            path = f"/{sort}/{TEAM}/{number}/{secrets.token_urlsafe(16)}"
            self._issued[path] = ResponseUrl(place, self._clock() + LIFETIME)
        return self._origin() + path

    def mount(self, server: Server) -> None:
        """Let *server* be hooks.slack.com."""
        pattern = "/(commands|actions|app)/[^/]+/[^/]+/[^/]+"
        server.route("POST", pattern, "slack.respond", self._answer)

    def calls(self) -> list[Call]:
        """Return what the app sent, oldest first."""
        with self._lock:
            return list(self._calls)

    def forget(self) -> None:
        """Drop the record of what the app sent so far."""
        with self._lock:
            self._calls.clear()

    def _answer(self, request: Request) -> Response:
        try:
            call = read_call("respond", request)
            place = self._use(request.path)
            with self._lock:
                self._calls.append(call)
            self._responder.respond(call, place)
        except ApiError as error:
            # Documented is the 404 of a URL that is used up or too old.
            gone = error.error in ("used_url", "expired_url", "invalid_url")
            body = {"ok": False, "error": error.error}
            return json_response(body, 404 if gone else 400)
        return Response(200, {"Content-Type": "text/html"}, b"ok")

    def _use(self, path: str) -> Place:
        with self._lock:
            url = self._issued.get(path)
            if url is None:
                raise ApiError("invalid_url")
            if self._clock() > url.expires_at:
                raise ApiError("expired_url")
            if not url.uses_left:
                raise ApiError("used_url")
            url.uses_left -= 1
            return url.place
