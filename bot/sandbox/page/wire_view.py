"""Each HTTP call between Slack, the bot, Plane and its store, with no secret in it."""

import itertools
import re
import threading
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from bot.sandbox.message import Request
from bot.sandbox.slack.http_delivery import Post, Result
from bot.sandbox.slack.messages import Json
from bot.sandbox.stage import Stage
from bot.sandbox.wire import Exchange, Server

#: Older ones are forgotten.
_MOST_CALLS = 300
_HIDDEN = "\N{BULLET}" * 3
#: Parts of the names of what in a query is secret, or lets one in.
_SECRET = ("signature", "credential", "token", "policy", "key", "secret")
#: The last part of a response URL's path is all that it takes to write there.
_RESPONSE_URL = re.compile(r"^(/(?:commands|actions|app)/[^/]+/[^/]+/)[^/]+$")
#: The headers that let a call in, and how they are told of.
_CREDENTIALS: Mapping[str, str] = {
    "authorization": f"Authorization: Bearer {_HIDDEN}",
    "x-api-key": f"X-Api-Key: {_HIDDEN}",
    "x-slack-signature": f"X-Slack-Signature: {_HIDDEN}",
}

_NAMES: Mapping[str, str] = {
    "slack.files.download": "download of a file",
    "slack.respond": "response URL",
    "storage.post": "upload of a file",
}


class WireView:
    """Listens to the servers of *stage*; *notify* is called whenever there is news."""

    def __init__(self, stage: Stage, notify: Callable[[], object]) -> None:
        self._notify = notify
        self._calls: dict[int, Json] = {}
        self._numbers, self._stamps = itertools.count(1), itertools.count(1)
        self._lock = threading.Lock()
        self._listen("Slack", stage.slack.wire)
        self._listen("Plane", stage.plane.server)
        self._listen("Storage", stage.plane.store.server)
        stage.slack.poster.on_post = self._post
        self._recorders = (stage.slack, stage.plane, stage.plane.store)

    def show(self, after: int) -> list[Json]:
        """Return the calls that began, or ended, after the one stamped *after*.

        A call that is under way has no `ms` yet; it comes again under its number.
        """
        with self._lock:
            return [each for each in self._calls.values() if each["stamp"] > after]

    def _listen(self, name: str, server: Server) -> None:
        def begin(request: Request, started: float) -> Callable[[Exchange], None]:
            number = self._begin(
                {
                    "from": "Loadmaster",
                    "to": name,
                    "about": _name(request.operation),
                    "method": request.method,
                    "path": mask(request.path, request.target.partition("?")[2]),
                    "auth": name_credential(request.headers),
                    "at": started,
                }
            )
            return lambda done: self._end(number, done.status, done.seconds)

        server.on_request = begin

    def _post(self, post: Post) -> Callable[[Result, float], None]:
        number = self._begin(
            {
                "from": "Slack",
                "to": "Loadmaster",
                "about": post.about,
                "method": "POST",
                "path": urlsplit(post.url).path,
                "auth": name_credential(post.headers),
                "at": post.started,
            }
        )
        return lambda result, seconds: self._end(number, result.status, seconds)

    def _begin(self, call: Json) -> int:
        with self._lock:
            number = next(self._numbers)
            self._keep(number, {**call, "status": None, "ms": None})
            if len(self._calls) > _MOST_CALLS:
                del self._calls[next(iter(self._calls))]
        if number % _MOST_CALLS == 0:
            self._forget()
        self._notify()
        return number

    def _end(self, number: int, status: int | None, seconds: float) -> None:
        with self._lock:
            if call := self._calls.get(number):
                ended = {"status": status, "ms": round(seconds * 1000)}
                self._keep(number, {**call, **ended})
        self._notify()

    def _forget(self) -> None:
        # Nobody looks at what the servers remember, and a session may be long.
        for each in self._recorders:
            each.forget()

    def _keep(self, number: int, call: Json) -> None:
        stamp = next(self._stamps)
        self._calls[number] = {**call, "number": number, "stamp": stamp}


def mask(path: str, query: str) -> str:
    """Return a path and query as they may be shown."""
    path = _RESPONSE_URL.sub(rf"\g<1>{_HIDDEN}", path)
    pairs = [
        f"{name}={_HIDDEN if _is_secret(name) else value}"
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def name_credential(headers: Mapping[str, str]) -> str:
    """Return the header that let a call in, its value hidden; empty without one."""
    names = {name.lower() for name in headers}
    return next((text for name, text in _CREDENTIALS.items() if name in names), "")


def _name(operation: str) -> str:
    name = operation.partition(".")[2] or operation
    return _NAMES.get(operation, name.replace("_", " "))


def _is_secret(name: str) -> bool:
    return any(part in name.lower() for part in _SECRET)
