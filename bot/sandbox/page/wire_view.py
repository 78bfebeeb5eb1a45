"""Each HTTP call between Slack, the bot, Plane and its store, with no secret in it."""

import itertools
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from bot.sandbox.slack.http_delivery import Posted
from bot.sandbox.slack.messages import Json
from bot.sandbox.stage import Stage
from bot.sandbox.wire import Exchange

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
    """Listens to the servers of *stage*; *notify* is called after each call."""

    def __init__(self, stage: Stage, notify: Callable[[], object]) -> None:
        self._notify = notify
        self._calls: deque[Json] = deque(maxlen=_MOST_CALLS)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        stage.slack.wire.on_exchange = lambda each: self._came("Slack", each)
        stage.plane.server.on_exchange = lambda each: self._came("Plane", each)
        stage.plane.store.server.on_exchange = lambda each: self._came("Storage", each)
        stage.slack.poster.on_posted = self._posted

    def show(self, after: int) -> list[Json]:
        """Return the calls with a number above *after*, oldest first."""
        with self._lock:
            return [each for each in self._calls if each["number"] > after]

    def _came(self, server: str, exchange: Exchange) -> None:
        self._add(
            {
                "from": "Loadmaster",
                "to": server,
                "about": _name(exchange.operation),
                "method": exchange.method,
                "path": mask(exchange.path, exchange.query),
                "auth": name_credential(exchange.headers),
                "status": exchange.status,
                "at": exchange.started,
                "ms": round(exchange.seconds * 1000),
            }
        )

    def _posted(self, posted: Posted) -> None:
        self._add(
            {
                "from": "Slack",
                "to": "Loadmaster",
                "about": posted.about,
                "method": "POST",
                "path": urlsplit(posted.url).path,
                "auth": name_credential(posted.headers),
                "status": posted.result.status,
                "at": posted.started,
                "ms": round(posted.seconds * 1000),
            }
        )

    def _add(self, call: Json) -> None:
        with self._lock:
            self._calls.append({"number": next(self._numbers), **call})
        self._notify()


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
