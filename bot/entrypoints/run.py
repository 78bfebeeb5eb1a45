"""`loadmaster run`: receive and work in one process until SIGTERM or Ctrl-C."""

import logging
import signal
from dataclasses import dataclass
from types import FrameType
from typing import Any

from bot.config import Settings
from bot.entrypoints.composition import Loadmaster
from bot.entrypoints.requests_from_slack import Verifier
from bot.entrypoints.socket_mode import SocketMode
from bot.entrypoints.web import WebApp, build_server
from bot.errors import StartError
from bot.work.ledger.database import sole_use

logger = logging.getLogger(__name__)

#: Supervisors wait 10 to 30 s before they kill; a relay may use this much of it.
DRAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Readiness:
    loadmaster: Loadmaster
    socket: SocketMode | None

    def faults(self) -> list[str]:
        """Return why the process cannot do its part."""
        faults = self.loadmaster.faults()
        if self.socket is not None and not self.socket.is_connected:
            faults.append("there is no socket to Slack")
        return faults


def run(settings: Settings) -> None:
    """Receive and work until told to stop.

    Raises:
        StartError: the database or the port cannot be had.
    """
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    with sole_use(settings.database_url):
        loadmaster = Loadmaster(settings)
        socket = _build_socket(settings, loadmaster)
        server = _bind(settings, loadmaster, socket)
        loadmaster.start()
        try:
            if socket:
                socket.start()
            logger.info("Listening on http://%s:%d", *_address(server))
            server.run()
        finally:
            logger.info("Stopping")
            server.close()
            if socket:
                socket.stop()
            loadmaster.stop(timeout=DRAIN_SECONDS)


def _build_socket(settings: Settings, loadmaster: Loadmaster) -> SocketMode | None:
    if settings.slack.app_token is None:
        return None
    return SocketMode(
        loadmaster.app,
        app_token=settings.slack.app_token,
        api_url=settings.slack.api_url,
    )


def _bind(settings: Settings, loadmaster: Loadmaster, socket: SocketMode | None) -> Any:
    verifier = None
    if socket is None and settings.slack.signing_secret is not None:
        verifier = Verifier(settings.slack.signing_secret)
    app = WebApp(_Readiness(loadmaster, socket), app=loadmaster.app, verifier=verifier)
    try:
        return build_server(app, host=settings.host, port=settings.port)
    except OSError as error:
        raise StartError(
            f"Cannot listen on {settings.host} port {settings.port}:"
            f" {error.strerror}. See HOST and PORT."
        ) from error


def _address(server: Any) -> tuple[str, int]:
    # A name with several addresses makes a server with several sockets.
    addresses = getattr(server, "effective_listen", None)
    host, port = addresses[0] if addresses else _one_address(server)
    return host, int(port)


def _one_address(server: Any) -> tuple[str, str]:
    return server.effective_host, server.effective_port


def _leave(number: int, frame: FrameType | None) -> None:
    # A second signal must not cut the draining short in the middle of a step.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(0)
