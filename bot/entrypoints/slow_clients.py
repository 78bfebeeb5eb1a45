"""waitress's server, in which slow clients lose their places to those who come.

By itself waitress counts each byte as activity, and takes nobody in while all places
are taken: who sends a request a byte at a time keeps everybody else out.
"""

import resource
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: Connections at once. More than Slack opens, and few enough to look through.
_PLACES = 500
#: Kept free of them; waitress counts its own two, too.
_FREE = 10
#: Of what is not received whole, so many bytes are kept in memory.
_MOST_HELD = 64 * 1024 * 1024
#: Taken in at once: a queue of slow clients costs those behind it no time.
_AT_ONCE = 50
#: While requests wait to be answered, the next look at the sockets waits for so many
#: seconds: it goes through all of them, with the interpreter that answers are made by.
_PAUSE = 0.01


def count_files() -> int:
    """Return how many files this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def count_places(files: int) -> int:
    """Return how many connections there may be where *files* may be open.

    Half are left to the work: each relay has two, the ledger a few.
    """
    if files == resource.RLIM_INFINITY:
        return _PLACES
    return min(_PLACES, files // 2)


#: In a request's environment: when it was there whole, by `time.monotonic`.
WHOLE_AT = "loadmaster.whole_at"


class Task(WSGITask):
    """A request that knows since when it has waited to be answered."""

    def get_environment(self) -> dict[str, Any]:
        """Return what the application is told of it."""
        environ: dict[str, Any] = super().get_environment()
        channel: Any = self.channel
        environ[WHOLE_AT] = channel.whole_at
        return environ


class Channel(HTTPChannel):
    """A connection that knows since when its client owes a whole request."""

    task_class = Task

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.owes_since = self.whole_at = time.monotonic()
        super().__init__(*args, **kwargs)

    @property
    def held(self) -> int:
        """The bytes of the request that is not whole yet."""
        request = self.request
        if request is None:
            return 0
        return request.header_bytes_received + request.body_bytes_received

    def service(self) -> None:
        """Answer one request."""
        self.owes_since = time.monotonic()
        super().service()


class PatientServer(TcpWSGIServer):
    """Closes connections whose clients owe a request for long, oldest first.

    A request has `channel_timeout` seconds to come whole, and fewer where its place or
    its memory is needed.
    """

    channel_class = Channel

    def __init__(
        self, app: "WSGIApplication", *, host: str, port: int, **kw: Any
    ) -> None:
        self._sockets: Any = {}
        self._listened_at = 0.0
        super().__init__(app, self._sockets, host=host, port=port, **kw)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.getsockname()
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def add_task(self, task: Any) -> None:
        """Have a channel answer its next request, once it is the channel's turn."""
        task.whole_at = time.monotonic()
        super().add_task(task)

    def close_all(self) -> None:
        """Close every connection, and the port."""
        self.asyncore.close_all(self._sockets, ignore_all=True)

    def run_once(self, *, timeout: float) -> None:
        """Wait *timeout* seconds at most for something to do, and do it."""
        if self.task_dispatcher.queue:
            time.sleep(_PAUSE)
        # Nothing may be closed while the loop goes through what it was told of: the
        # next to come in would get the number, and what was told of the one before.
        self._make_room()
        self._listened_at = time.monotonic()
        self.asyncore.loop(timeout, use_poll=True, map=self._sockets, count=1)

    def handle_accept(self) -> None:
        """Take in those who wait."""
        for _ in range(_AT_ONCE):
            before = len(self._channels())
            super().handle_accept()
            if len(self._channels()) == before:
                return

    def maintenance(self, now: float) -> None:
        """Leave it to `run_once`."""

    def _make_room(self) -> None:
        latest = time.monotonic() - self.adj.channel_timeout
        excess = len(self._channels()) - self.adj.connection_limit + _FREE
        surplus = sum(channel.held for channel in self._channels()) - _MOST_HELD
        for channel in sorted(self._owing(), key=lambda channel: channel.owes_since):
            if excess <= 0 >= surplus and channel.owes_since > latest:
                return
            excess -= 1
            surplus -= channel.held
            channel.handle_close()

    def _owing(self) -> list[Channel]:
        """Return those that were listened to and have not asked for anything whole."""
        return [
            channel
            for channel in self._channels()
            if not channel.requests and channel.owes_since < self._listened_at
        ]

    def _channels(self) -> Collection[Channel]:
        channels: Any = self.active_channels  # the stubs take it for a single one
        found: Collection[Channel] = channels.values()
        return found
