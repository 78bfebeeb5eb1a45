"""Plane's answers: JSON, and its four shapes of error (observed, Plane CE 1.3.1)."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.message import Response, json_response


class Failed(Exception):
    """A view gives up with this answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.response = reply(body, status)


def reply(value: Any, status: int = 200) -> Response:
    """Build an answer, as compact as Django REST framework's."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, {"Content-Type": "application/json"}, body)


def page_not_found() -> Response:
    """Build the answer for a URL that leads nowhere (plane/urls.py, `handler404`)."""
    return json_response({"error": "Page not found."}, 404)


def body_too_large() -> Response:
    """Build the answer of plane/middleware/request_body_size.py."""
    body = {
        "error": "REQUEST_BODY_TOO_LARGE",
        "detail": "The size of the request body exceeds the maximum allowed size.",
    }
    return json_response(body, 413)


def detail(text: str, status: int) -> Response:
    """Build an error in the framework's own shape."""
    return reply({"detail": text}, status)


def not_found() -> Failed:
    """Build the answer for a row that is not there (plane/api/views/base.py)."""
    return Failed(404, {"error": "The requested resource does not exist."})


def broken() -> Failed:
    """Build the generic 500, also given for many a client's mistake (views/base.py)."""
    return Failed(500, {"error": "Something went wrong please try again later"})


def refused(text: str) -> Failed:
    """Build a 403 of a view's own."""
    return Failed(403, {"error": text})


def invalid(text: str) -> Failed:
    """Build a 400 of a view's own."""
    return Failed(400, {"error": text, "status": False})


def invalid_payload() -> Failed:
    """Build the answer for a foreign key that leads nowhere (views/base.py)."""
    return Failed(400, {"error": "The payload is not valid"})


def iso(moment: float | None) -> str | None:
    """Write a time as Plane does; None stays None."""
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "Z")
