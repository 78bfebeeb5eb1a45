"""The page's HTTP server: its files, what there is to see and do, what is new."""

import json
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from bot.sandbox.message import Handler, Request, Response, json_response
from bot.sandbox.page.acting import ACTIONS
from bot.sandbox.page.action import Unwell
from bot.sandbox.page.guard import Guard
from bot.sandbox.page.keeper import Keeper
from bot.sandbox.page.plane_view import show_plane
from bot.sandbox.page.slack_view import show_slack
from bot.sandbox.page.static_files import StaticFiles
from bot.sandbox.page.uploads import TooLarge, receive
from bot.sandbox.page.weather import Weather
from bot.sandbox.page.wire_view import WireView
from bot.sandbox.slack import Refused
from bot.sandbox.slack.messages import Json
from bot.sandbox.stage import Stage
from bot.sandbox.wire import Server

#: So often a browser that has heard nothing hears that it is still connected, seconds.
_STILL_THERE = 10.0
#: What happens within this time is told at once.
_BREATH = 0.1
_LARGEST_BODY = 1_000_000
#: More than the number of a call ever has.
_DIGITS = 15


class PageServer:
    """The page of *stage*, on loopback; use it as a context manager."""

    def __init__(self, stage: Stage, *, port: int = 0) -> None:
        self._stage = stage
        self._key = secrets.token_urlsafe(16)
        self._server = Server("page", port=port)
        self._folder = tempfile.TemporaryDirectory(prefix="loadmaster-page-")
        self._closing = threading.Event()
        self._keeper = Keeper(stage)
        self._weather = Weather(stage, self._keeper)
        self._wire = WireView(stage, stage.slack.state.touch)
        self._mount(Guard(self._key, lambda: self._server.origin))

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return self._server.origin

    @property
    def address(self) -> str:
        """What to open in a browser; it has the key in it."""
        return f"{self.origin}/?key={self._key}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._weather.close()
        self._stage.slack.state.touch()
        self._server.stop()
        self._folder.cleanup()

    def _mount(self, guard: Guard) -> None:
        static = StaticFiles()
        self._server.route("GET", "/", "page", guard.welcome(static.answer))
        routes: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/static/(?P<name>[a-z_]+[.][a-z]+)", static.answer),
            ("GET", "/state", self._show),
            ("GET", "/events", self._stream),
            ("GET", "/attachments/(?P<id>[0-9a-f-]+)", self._download),
            ("POST", "/upload", self._upload),
            ("POST", "/do/(?P<name>[a-z_]+)", self._act),
        )
        for method, pattern, handler in routes:
            self._server.route(method, pattern, "page", guard.protect(handler))
        self._server.fallback(guard.protect(lambda request: Response(404)))

    def _show(self, request: Request) -> Response:
        self._server.forget()  # nobody looks at the page's own calls
        user = self._person(request.arg("as", "UANNA"))
        after = request.arg("after")[:_DIGITS]
        slack = self._stage.slack
        seen = slack.state.changes
        return json_response(
            {
                "seen": seen,
                "me": user,
                "slack": slack.state.look(lambda: show_slack(slack, user)),
                "plane": show_plane(self._stage) | self._weather.plane,
                "bot": self._keeper.state,
                "weather": self._weather.show(),
                "wire": self._wire.show(int(after) if after.isdecimal() else 0),
            }
        )

    def _stream(self, request: Request) -> Response:
        """Tell by Server-Sent Events that something changed, not what."""
        return Response(200, {"Content-Type": "text/event-stream"}, self._news())

    def _news(self) -> Iterator[bytes]:
        state, seen = self._stage.slack.state, 0

        def look() -> int | None:
            is_news = state.changes != seen or self._closing.is_set()
            return state.changes if is_news else None

        while not self._closing.is_set():
            now = state.wait_for(look, _STILL_THERE)
            seen = now or seen
            yield b"data: %d\n\n" % now if now else b": still there\n\n"
            self._closing.wait(_BREATH)

    def _act(self, request: Request) -> Response:
        text = request.stream.read(_LARGEST_BODY + 1)
        if len(text) > _LARGEST_BODY:
            return json_response({"error": "That is too long."}, 413)
        try:
            body = json.loads(text)
            done = self._carry_out(request.params["name"], body)
        except Unwell as error:
            return json_response({"error": str(error)})
        except Refused as error:
            return json_response({"error": f"Slack does not allow that: {error}."})
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return json_response({"error": "That cannot be done."}, 400)
        return json_response(done or {})

    def _carry_out(self, name: str, body: Mapping[str, Any]) -> Json | None:
        if name == "weather":
            self._weather.switch(str(body["id"]), on=bool(body["on"]))
            return None
        if name == "bot":
            act: Mapping[bool, Callable[[], None]] = {
                True: self._keeper.start,
                False: self._keeper.kill,
            }
            act[bool(body["on"])]()
            return None
        return ACTIONS[name](self._stage.slack, self._person(str(body["as"])), body)

    def _upload(self, request: Request) -> Response:
        user = self._person(request.arg("as"))
        try:
            content = receive(request, Path(self._folder.name))
        except TooLarge:
            return json_response({"error": "Slack takes files of up to 1 GB."}, 413)
        file = self._stage.slack.add_file(
            name=request.arg("name") or "file",
            content=content,
            mimetype=request.arg("type") or "application/octet-stream",
            user=user,
        )
        return json_response({"id": file.id})

    def _download(self, request: Request) -> Response:
        row = self._stage.plane.state.attachment_rows.find(request.params["id"])
        stored = self._stage.plane.stored(row) if row else None
        if row is None or stored is None or stored.path is None:
            return Response(404)
        headers = {
            # never shown: whatever it holds, it must not run as a part of the page
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name)}",
        }
        return Response(200, headers, _read(stored.path), stored.size)

    def _person(self, user: str) -> str:
        known = self._stage.slack.state.users.get(user)
        return user if known and not known.is_bot else "UANNA"


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(256 * 1024):
            yield piece
