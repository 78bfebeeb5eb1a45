"""`loadmaster run`, `web` and `worker`: do one's part until SIGTERM or Ctrl-C."""

import logging
import signal
from dataclasses import dataclass

from bot.clients.slack_sockets import SlackSockets
from bot.config import Settings
from bot.entrypoints.composition import Loadmaster, Role
from bot.entrypoints.metrics import Metrics
from bot.entrypoints.requests_from_slack import Verifier
from bot.entrypoints.socket_mode import SocketMode
from bot.entrypoints.web import HttpServer, WebApp
from bot.errors import ConfigError, StartError
from bot.work.bell import Bell, place_bell
from bot.work.ledger.database import is_shared, sole_use

logger = logging.getLogger(__name__)

#: Supervisors wait 10 to 30 s before they kill; a relay may use this much of it.
DRAIN_SECONDS = 8.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


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


def run(settings: Settings, role: Role = Role.RUN) -> None:
    """Do what the *role* says until told to stop.

    Raises:
        ConfigError: the role needs a database that several processes can share.
        StartError: the database or the port cannot be had.
    """
    _check_database(settings, role)
    # Every thread started from here on leaves them to this one, which waits for them:
    # an exception out of a handler could end up anywhere.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with sole_use(settings.database_url):
        metrics = Metrics()
        loadmaster = Loadmaster(settings, metrics, role)
        socket = _build_socket(settings, loadmaster, metrics)
        server = _bind(settings, loadmaster, socket, metrics)
        bell = _hang_bell(settings, loadmaster)
        loadmaster.start()
        server.start()
        if socket:
            socket.start()
        if bell:
            bell.start()
        logger.info("Listening on %s", server.url)
        signal.sigwait(_SIGNALS)
        logger.info("Stopping")
        if bell:
            bell.stop()
        server.stop()
        if socket:
            socket.stop()
        loadmaster.stop(timeout=DRAIN_SECONDS)


def _check_database(settings: Settings, role: Role) -> None:
    if role is not Role.RUN and not is_shared(settings.database_url):
        raise ConfigError(
            (
                "DATABASE_URL must be that of a PostgreSQL, as postgresql://…, which"
                " `web` and `worker` share; with SQLite, use `loadmaster run`",
            )
        )


def _build_socket(
    settings: Settings, loadmaster: Loadmaster, metrics: Metrics
) -> SocketMode | None:
    if settings.slack.app_token is None or loadmaster.app is None:
        return None
    sockets = SlackSockets(
        app_token=settings.slack.app_token, api_url=settings.slack.api_url
    )
    socket = SocketMode(loadmaster.app, sockets, loadmaster.precedence, metrics)
    metrics.look_at_socket(socket)
    return socket


def _hang_bell(settings: Settings, loadmaster: Loadmaster) -> Bell | None:
    place = place_bell(settings.database_url)
    if place is None:
        return None
    bell = Bell(place, loadmaster.take_up)
    bell.hang()
    return bell


def _bind(
    settings: Settings,
    loadmaster: Loadmaster,
    socket: SocketMode | None,
    metrics: Metrics,
) -> HttpServer:
    verifier = None
    if socket is None and settings.slack.signing_secret is not None:
        verifier = Verifier(settings.slack.signing_secret)
    app = WebApp(
        _Readiness(loadmaster, socket),
        app=loadmaster.app,
        verifier=verifier,
        precedence=loadmaster.precedence,
        meter=metrics,
        scrape=metrics.scrape,
    )
    try:
        return HttpServer(app, host=settings.host, port=settings.port)
    except OSError as error:
        raise StartError(
            f"Cannot listen on {settings.host} port {settings.port}:"
            f" {error.strerror}. See HOST and PORT."
        ) from error
