"""HTTP requests from Slack: verified, then parsed, before anything looks at them."""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import Clock, SignatureVerifier

from bot.errors import ParseError

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


_IdOrObject = (str, dict, type(None))
_SHAPES: Mapping[str, tuple[type, ...]] = {
    "authorizations": (list, type(None)),
    "channel": _IdOrObject,
    "channel_id": (str, type(None)),
    "enterprise": _IdOrObject,
    "item": _IdOrObject,
    "message": (dict, type(None)),
    "team": _IdOrObject,
    "user": _IdOrObject,
    "view": (dict, type(None)),
}


class Unverified(Exception):
    """The request is not signed by Slack, or long ago."""


class MalformedRequest(ParseError):
    """The request is signed, but its body cannot be read."""


class Verifier:
    """Knows requests that Slack signed within the last five minutes.

    docs.slack.dev/authentication/verifying-requests-from-slack
    """

    def __init__(
        self, signing_secret: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._verifier = SignatureVerifier(signing_secret, clock=_Clock(clock))

    def check(self, body: bytes, *, timestamp: str, signature: str) -> None:
        """Raise unless Slack signed *body*.

        Raises:
            Unverified: it did not, or too long ago.
        """
        # Bolt answers 500 to a timestamp that is no number.
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            raise Unverified
        try:
            if self._verifier.is_valid(body, timestamp, signature):
                return
        except UnicodeDecodeError as error:
            raise Unverified from error
        raise Unverified


class _Clock(Clock):
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return self._clock()


def parse_body(body: bytes, *, content_type: str) -> Mapping[str, Any]:
    """Return the request's body: the JSON of an event or a payload, or a form.

    Bolt's own reading loses a form whose text contains `payload` (bolt-python,
    slack_bolt/request/internals.py), so it gets what is read here.

    Raises:
        MalformedRequest: it cannot be read, or has not the shape of an event.
    """
    try:
        text = body.decode()
        mimetype = content_type.partition(";")[0].strip().lower()
        if mimetype == "application/json":
            return _check_event(json.loads(text))
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
        if "payload" not in form:
            return form
        return _check_payload(json.loads(form["payload"]))
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(str(error)) from error


def _check_event(raw: object) -> Mapping[str, Any]:
    body = _check_payload(raw)
    if body.get("type") == "event_callback":
        event = _check_payload(body.get("event"))
        if not isinstance(event.get("type"), str):
            raise MalformedRequest("the event has no type")
    return body


def _check_payload(raw: object) -> Mapping[str, Any]:
    """Return the object *raw* if its parts have shapes that Bolt can take apart."""
    payload = _object(raw)
    for name, shapes in _SHAPES.items():
        if not isinstance(payload.get(name), shapes):
            raise MalformedRequest(f"{name} has a shape that Slack gives it never")
    granted = payload.get("authorizations") or []
    if not all(isinstance(each, dict) for each in granted):
        raise MalformedRequest("authorizations are not objects")
    return payload


def _object(raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise MalformedRequest("not an object")
    return raw
