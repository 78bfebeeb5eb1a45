"""Socket Mode's WebSockets: opens one, reads what Slack sends on it, sends answers.

The SDK's own client is not used: it takes an end of the stream for silence, asks for
the next bytes as fast as it can, and gives up only after 20 to 25 seconds; it waits up
to 5 seconds after a CLOSE frame, and reads no new connection for up to 3 seconds after
it was told to refresh (slack_sdk/socket_mode/builtin, 3.47.0).
"""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.clients.slack_calls import call
from bot.clients.slack_clients import build_writer
from bot.errors import SlackUnavailable

logger = logging.getLogger(__name__)

#: Slack is asked this often whether it is there still; seconds. A connection that NAT
#: forgot swallows what is sent to it until that is noticed.
PING_SECONDS = 5.0
#: Pings without an answer for so many times `PING_SECONDS` end a connection.
_PATIENCE = 2

_OPEN_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
_LONGEST_MESSAGE = 16 * 1024 * 1024

# The library's own lines at DEBUG hold whole messages.
_quiet = logging.getLogger("websockets.quiet")
_quiet.setLevel(logging.CRITICAL)


class SlackSocket:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def messages(self) -> Iterator[Mapping[str, Any]]:
        """Yield what Slack sends until the connection ends, however it does."""
        try:
            for text in self._connection:
                message = _read(text)
                if message is not None:
                    yield message
        except ConnectionClosed as error:
            logger.info("A socket ended: %s", error)

    def hear(self, *, seconds: float) -> Mapping[str, Any] | None:
        """Return the next message; None if none comes for so long, or ever."""
        try:
            return _read(self._connection.recv(timeout=seconds))
        except (ConnectionClosed, TimeoutError):
            return None

    def send(self, message: str) -> None:
        """Send *message*; on a connection that ended it is lost."""
        try:
            self._connection.send(message)
        except ConnectionClosed:
            logger.info("An answer is lost with its socket; Slack will ask again")

    def close(self) -> None:
        """End the connection; this takes a second if Slack is silent."""
        self._connection.close()


class SlackSockets:
    """Opens connections with the app-level token."""

    def __init__(
        self, *, app_token: str, api_url: str, ping_seconds: float = PING_SECONDS
    ) -> None:
        self._client = build_writer(token=app_token, api_url=api_url)
        self._app_token = app_token
        self._ping_seconds = ping_seconds

    def open(self) -> SlackSocket:
        """Open one more connection.

        Raises:
            Problem: Slack gives none, or it could not be opened.
        """
        return self.connect(self.request_url())

    def request_url(self) -> str:
        """Have Slack make an address for one more connection.

        Raises:
            Problem: Slack makes none.
        """
        method = self._client.apps_connections_open
        return str(call(method, app_token=self._app_token).get("url"))

    def connect(self, url: str) -> SlackSocket:
        """Open the connection at *url*, which is good for one.

        Raises:
            SlackUnavailable: it could not be opened.
        """
        try:
            opening = connect(
                url,
                open_timeout=_OPEN_SECONDS,
                ping_interval=self._ping_seconds,
                ping_timeout=_PATIENCE * self._ping_seconds,
                close_timeout=_CLOSE_SECONDS,
                max_size=_LONGEST_MESSAGE,
                logger=_quiet,
            )
            # Some versions connect only here; what is entered is left by `close`.
            return SlackSocket(opening.__enter__())
        except (WebSocketException, OSError, ValueError) as error:
            raise SlackUnavailable from error


def _read(text: str | bytes) -> Mapping[str, Any] | None:
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, Mapping):
        logger.warning("Slack sent something on a socket that is no message")
        return None
    return message
