"""The Web API's front door: tokens, scopes, the envelope of every answer.

Source: docs.slack.dev/apis/web-api; errors and scopes from docs.slack.dev/reference/
methods/<method>.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.slack.calls import ApiError, Call, RateLimited, read_call
from bot.sandbox.slack.state import State
from bot.sandbox.wire import Request, Response, Server, json_response

Method = Callable[[Call], Mapping[str, Any]]

#: The bot scope that each method needs. What depends on the kind of channel is checked
#: where the channel is known (`methods.access`).
SCOPES: Mapping[str, str] = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.join": "channels:join",
    "conversations.open": "im:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "reactions.get": "reactions:read",
    "reactions.remove": "reactions:write",
    "users.info": "users:read",
}

#: Methods of the app-level token (xapp-…).
APP_LEVEL = frozenset({"apps.connections.open"})


class WebApi:
    """Routes `/api/<method>` to a method; its operation is `slack.<method>`."""

    def __init__(self, state: State, *, bot_token: str, app_token: str) -> None:
        self.bot_token = bot_token
        self.app_token = app_token
        #: Every token is answered with this error: token_revoked, account_inactive, …
        self.token_error: str | None = None
        self._state = state
        self._methods: dict[str, Method] = {}
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, methods: Mapping[str, Method]) -> None:
        """Offer these *methods*."""
        self._methods.update(methods)

    def mount(self, server: Server) -> None:
        """Let *server* answer for all methods added so far."""
        for name in self._methods:
            pattern = "/api/" + name.replace(".", r"\.")
            server.route("*", pattern, f"slack.{name}", self._answer)
        server.route("*", "/api/.*", "slack.unknown", self._answer)

    def calls(self, method: str | None = None) -> list[Call]:
        """Return the calls that were authorised so far, oldest first."""
        with self._lock:
            return [each for each in self._calls if method in (None, each.method)]

    def forget(self) -> None:
        """Drop the record of the calls so far."""
        with self._lock:
            self._calls.clear()

    def may(self, token: str | None, scope: str) -> bool:
        """Tell whether *token* is the bot's and has *scope*."""
        valid = token == self.bot_token and self.token_error is None
        return valid and scope in self._state.scopes

    def _answer(self, request: Request) -> Response:
        method = request.path.removeprefix("/api/")
        try:
            result = self._run(method, request)
        except RateLimited as limit:
            headers = {"Retry-After": str(limit.seconds)}
            return json_response({"ok": False, "error": limit.error}, 429, headers)
        except ApiError as error:
            result = {"ok": False, "error": error.error, **error.extra}
        return json_response(result, headers=self._headers(method))

    def _run(self, method: str, request: Request) -> Mapping[str, Any]:
        call = read_call(method, request)
        if method not in self._methods:
            raise ApiError("unknown_method", req_method=method)
        self._authorise(call)
        with self._lock:
            self._calls.append(call)
        return {"ok": True, **self._methods[method](call)}

    def _authorise(self, call: Call) -> None:
        if call.token is None:
            raise ApiError("not_authed")
        if call.token not in (self.bot_token, self.app_token):
            raise ApiError("invalid_auth")
        if self.token_error is not None:
            raise ApiError(self.token_error)
        if (call.token == self.app_token) != (call.method in APP_LEVEL):
            raise ApiError("not_allowed_token_type")
        scope = SCOPES.get(call.method)
        if scope is not None and scope not in self._state.scopes:
            raise missing_scope(self._state, scope)

    def _headers(self, method: str) -> Mapping[str, str]:
        if method in APP_LEVEL:
            return {}
        return {
            "x-oauth-scopes": ",".join(sorted(self._state.scopes)),
            "x-accepted-oauth-scopes": SCOPES.get(method, ""),
        }


def missing_scope(state: State, needed: str) -> ApiError:
    """Build the error that names the scope that is *needed* and those granted."""
    provided = ",".join(sorted(state.scopes))
    return ApiError("missing_scope", needed=needed, provided=provided)
