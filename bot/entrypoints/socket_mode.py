"""Socket Mode: keeps a WebSocket to Slack and answers its envelopes."""

import logging
import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.clients.slack_calls import leave_proxy_to_urllib

logger = logging.getLogger(__name__)

_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 30.0
#: The SDK takes a connection for dead after four unanswered pings.
_PING_SECONDS = 5.0

# The SDK's own lines at DEBUG hold whole messages.
_logger = logging.getLogger("slack_sdk.quiet.socket")
_logger.setLevel(logging.CRITICAL)


class SocketMode:
    """The connection; the SDK reconnects it once it was there for the first time."""

    def __init__(self, app: App, *, app_token: str, api_url: str) -> None:
        client = leave_proxy_to_urllib(WebClient(base_url=api_url, logger=_logger))
        self._handler = SocketModeHandler(
            app,
            app_token,
            web_client=client,
            logger=_logger,
            ping_interval=_PING_SECONDS,
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._connect, daemon=True)

    @property
    def is_connected(self) -> bool:
        """Whether envelopes can come in now."""
        return bool(self._handler.client.is_connected())

    def start(self) -> None:
        """Connect as soon as Slack lets us."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more in."""
        self._stopping.set()
        # The SDK waits up to four seconds for its threads; the work goes on meanwhile.
        threading.Thread(target=self._handler.client.close, daemon=True).start()

    def _connect(self) -> None:
        wait = _FIRST_SECONDS
        while not self._stopping.is_set():
            try:
                self._handler.client.connect()
            except Exception as error:  # noqa: BLE001 - whatever it is, try again
                logger.warning("No socket to Slack, next try in %d s: %s", wait, error)
                self._stopping.wait(wait)
                wait = min(2 * wait, _LONGEST_SECONDS)
            else:
                logger.info("Connected to Slack")
                return
