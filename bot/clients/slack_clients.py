"""The SDK's clients of Slack's Web API: paced, and following no redirects."""

import logging
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener, install_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import ConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import ServerErrorRetryHandler
from slack_sdk.web import SlackResponse

from bot.clients.slack_calls import find_throttle
from bot.clients.slack_limits import SlackLimits, find_scope

# The SDK's own lines at DEBUG hold whole messages.
_logger = logging.getLogger("slack_sdk.quiet")
_logger.setLevel(logging.CRITICAL)

_SECONDS = 15


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirect for the error that it is in an API."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Return None: it is not followed."""


def refuse_redirects() -> None:
    """Keep the SDK from following redirects, for the whole process.

    It calls urllib's urlopen, which would take the token along to any host.
    """
    install_opener(build_opener(_NoRedirects))


class _PacedClient(WebClient):
    """Makes no call that Slack has asked not to be made yet."""

    def __init__(self, limits: SlackLimits, **options: Any) -> None:
        super().__init__(**options)
        self._limits = limits

    def api_call(self, api_method: str, **kwargs: Any) -> SlackResponse:
        """Call Slack.

        Raises:
            SlackThrottled: not yet; nothing was sent.
        """
        scope = find_scope(api_method, kwargs.get("json"))
        self._limits.check(scope)
        try:
            return super().api_call(api_method, **kwargs)
        except SlackApiError as error:
            wait = find_throttle(error.response)
            if wait is not None:
                self._limits.push_back(scope, wait)
            raise


def build_reader(
    *, token: str, api_url: str, limits: SlackLimits | None = None
) -> WebClient:
    """Build the client that reads: the SDK tries once more at once.

    What is throttled waits in the runner and not there, where it would hold a thread.
    """
    return _build(
        token,
        api_url,
        limits,
        ConnectionErrorRetryHandler(max_retry_count=1),
        ServerErrorRetryHandler(max_retry_count=1),
    )


def build_writer(
    *, token: str, api_url: str, limits: SlackLimits | None = None
) -> WebClient:
    """Build the client that writes: never twice, the message might be there already."""
    return _build(token, api_url, limits)


def _build(
    token: str, api_url: str, limits: SlackLimits | None, *handlers: Any
) -> WebClient:
    return leave_proxy_to_urllib(
        _PacedClient(
            limits or SlackLimits(),
            token=token,
            base_url=api_url,
            timeout=_SECONDS,
            retry_handlers=list(handlers),
            logger=_logger,
        )
    )


def leave_proxy_to_urllib(client: WebClient) -> WebClient:
    """Let urlopen find the proxy in the environment, and return *client*.

    The SDK finds it, too, but then builds an opener of its own, which follows redirects
    with the token (`refuse_redirects` does not reach it).
    """
    client.proxy = None
    return client
