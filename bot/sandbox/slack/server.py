"""The emulated Slack as one object: start it, act as people, see what the bot did."""

import time
from collections.abc import Callable, Sequence
from typing import Self

from bot.sandbox import wire
from bot.sandbox.slack.app_requests import AppRequest, AppRequests
from bot.sandbox.slack.calls import Call
from bot.sandbox.slack.commands import Commands
from bot.sandbox.slack.delivery import RETRY_DELAYS, Deliveries
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.downloads import Downloads
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.forms import Forms
from bot.sandbox.slack.home import Homes
from bot.sandbox.slack.http_delivery import PATIENCE, Poster
from bot.sandbox.slack.membership import Membership
from bot.sandbox.slack.methods.chat import Chat
from bot.sandbox.slack.methods.conversations import Conversations
from bot.sandbox.slack.methods.lookups import Lookups
from bot.sandbox.slack.methods.reactions import Reactions
from bot.sandbox.slack.methods.views import ViewMethods
from bot.sandbox.slack.people import People
from bot.sandbox.slack.pressing import Pressing
from bot.sandbox.slack.reactions import Reacting
from bot.sandbox.slack.redelivering import Redelivering
from bot.sandbox.slack.responding import Responder
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.shortcuts import Shortcuts
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state import State
from bot.sandbox.slack.suggestions import Suggesting
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.watching import Watching
from bot.sandbox.slack.web_api import WebApi


class Acting(
    People,
    Reacting,
    Membership,
    Commands,
    Shortcuts,
    Pressing,
    Suggesting,
    Forms,
    Homes,
    Watching,
):
    """Everything that people do and see."""


class SlackServer(Acting, Redelivering):
    """A workspace with one app; use it as a context manager."""

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-sandbox",  # noqa: S107 - opens nothing but this server
        app_token: str = "xapp-sandbox",  # noqa: S107
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107
        clock: Callable[[], float] = time.time,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        patience: float = PATIENCE,
        port: int = 0,
    ) -> None:
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.wire = wire.Server("slack", port=port, clock=clock)
        #: Another host, which must never get the token (behaviour redirect_elsewhere).
        self.files_cdn = wire.Server("elsewhere", clock=clock)
        self.state = State(clock)
        self.poster = Poster(signing_secret, clock, patience)
        self.sockets = SocketMode(lambda: self._deliveries.wake(), patience=patience)
        self._deliveries = Deliveries(
            self.poster, self.sockets, retry_delays=retry_delays, clock=clock
        )
        self.events = Events(self.state, self._deliveries.send, lambda: self.origin)
        self.web_api = WebApi(self.state, bot_token=bot_token, app_token=app_token)
        self.downloads = Downloads(
            self.state, lambda token: self.web_api.may(token, "files:read")
        )
        super().__init__(self.state, self.events)
        self._desk = self._furnish()
        self._mount()

    def _furnish(self) -> Desk:
        state, clock = self.state, self.state.clock
        responder = Responder(state, self.events)
        return Desk(
            state,
            self.events,
            AppRequests(self.poster, self.sockets, lambda: self.request_url),
            Triggers(clock),
            ResponseUrls(responder, clock, lambda: self.origin),
            responder,
            Views(state),
        )

    def _mount(self) -> None:
        state, events, desk = self.state, self.events, self._desk
        self.chat = Chat(state, events)
        self.conversations = Conversations(state, events)
        self.view_methods = ViewMethods(state, desk.views, desk.triggers)
        lookups = Lookups(state, events, self.sockets.open_url)
        reactions = Reactions(state, events)
        for family in (
            self.chat,
            self.conversations,
            lookups,
            reactions,
            self.view_methods,
        ):
            self.web_api.add(family.methods())
        self.web_api.mount(self.wire)
        desk.response_urls.mount(self.wire)
        self.downloads.mount(self.wire, self.files_cdn)

    def __enter__(self) -> Self:
        for part in (self.wire, self.files_cdn, self._deliveries, self.sockets):
            part.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._deliveries.close()
        self.downloads.close()
        self.sockets.close()
        self.files_cdn.stop()
        self.wire.stop()

    @property
    def origin(self) -> str:
        """Scheme, host and port of the Web API and of the files."""
        return self.wire.origin

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is to be."""
        return f"{self.origin}/api/"

    @property
    def scopes(self) -> set[str]:
        """The bot scopes granted; change them at will."""
        return self.state.scopes

    @property
    def subscriptions(self) -> set[str]:
        """The bot events subscribed to, by their names in the manifest."""
        return self.events.subscriptions

    @property
    def request_url(self) -> str | None:
        """Where events are posted; None for Socket Mode."""
        return self._deliveries.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._deliveries.request_url = url

    @property
    def requests(self) -> list[AppRequest]:
        """Every command and interaction that the app was asked about, oldest first."""
        return self._desk.app.all()

    @property
    def responses(self) -> list[Call]:
        """What the app sent to response URLs, oldest first."""
        return self._desk.response_urls.calls()

    def fail(self, fault: wire.Fault) -> wire.Fault:
        """Arm a fault, for example at `slack.chat.postMessage`."""
        return self.wire.fail(fault)

    def mend(self) -> None:
        """Disarm every fault."""
        self.wire.mend()

    def forget(self) -> None:
        """Drop the records of what the app was sent and sent; keep what it did."""
        self.wire.forget()
        self.files_cdn.forget()
        self.web_api.forget()
        self._deliveries.forget()
        self._desk.app.forget()
        self._desk.response_urls.forget()

    def exchanges(self, operation: str | None = None) -> list[wire.Exchange]:
        """Return the requests answered so far, oldest first."""
        return self.wire.exchanges(operation)

    def calls(self, method: str | None = None) -> list[Call]:
        """Return the Web API calls that got past the token check, oldest first."""
        return self.web_api.calls(method)

    def wait_idle(self, timeout: float = 10.0) -> None:
        """Wait until every event was acknowledged or given up.

        Raises:
            TimeoutError: some were not.
        """
        self._deliveries.wait_idle(timeout)

    def verify_request_url(self, url: str) -> bool:
        """Send url_verification; set the request URL if the challenge comes back.

        Source: docs.slack.dev/reference/events/url_verification.
        """
        challenge = self.state.next_id("challenge")
        body = {"type": "url_verification", "token": "x", "challenge": challenge}
        result = self.poster.post_event(url, body, 0, "")
        if result.reason is None and challenge.encode() in result.body:
            self.request_url = url
            return True
        return False
