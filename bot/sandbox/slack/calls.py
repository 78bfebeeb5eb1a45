"""One call of a Web API method: its arguments out of any of the wire formats.

Source: docs.slack.dev/apis/web-api (content types); slack_sdk/web/internal_utils.py for
what the client sends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.wire import Request


class ApiError(Exception):
    """The call is answered with `ok: false`, *error* and *extra* fields."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class RateLimited(ApiError):
    """The call is answered with 429; the caller is to wait *seconds*."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Call:
    """A call of *method* with its *args*; the token is not among them."""

    method: str
    args: Mapping[str, Any]
    token: str | None

    def text(self, name: str) -> str:
        """Return a text argument; empty without it."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean argument; forms say 1 and 0 or true and false."""
        value = self.args.get(name)
        if value is None:
            return default
        return str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """Return a whole-number argument."""
        value = self.text(name)
        return int(value) if value.isdecimal() else default

    def json(self, name: str) -> Any:
        """Return a structured argument; in a form it is JSON text."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            return value


def read_call(method: str, request: Request) -> Call:
    """Read a request.

    Raises:
        ApiError: the body is not what its content type says.
    """
    args = _arguments(request)
    in_body = args.pop("token", None)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else in_body
    return Call(method, args, token or None)


def _arguments(request: Request) -> dict[str, Any]:
    query = {name: values[0] for name, values in request.query.items()}
    body = request.read()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    # auth.test and apps.connections.open come as application/json with no body.
    if not body:
        return query
    if kind == "application/json":
        return {**query, **_from_json(body)}
    if kind == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        return {**query, **dict(pairs)}
    raise ApiError("invalid_post_type")


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(value, dict):
        raise ApiError("json_not_object")
    return value
