"""What Plane's answers mean: the one place where statuses become errors.

Shapes and statuses as observed with Plane Community Edition 1.3.1.
"""

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests import Response

from bot.clients.http import retry_after
from bot.errors import (
    CallTooLarge,
    PlaneFailed,
    PlaneKeyRefused,
    PlaneRejected,
    PlaneUnavailable,
    ProjectRefused,
    WorkItemNotFound,
)


def raise_for_key(response: Response) -> None:
    """Raise if the answer refuses the API key.

    Raises:
        PlaneKeyRefused: it is wrong, expired or inactive.
    """
    status = response.status_code
    refused = error_text(response) == "Given API token is not valid"
    if status == requests.codes.unauthorized or (
        status == requests.codes.forbidden and refused
    ):
        raise PlaneKeyRefused


def raise_for_item(response: Response, item: str, project: str) -> None:
    """Raise if a call about *item* of *project* was not done."""
    if is_missing(response):
        raise WorkItemNotFound(item)
    if response.status_code == requests.codes.forbidden and error_text(response):
        raise ProjectRefused(project)
    raise_for_status(response)


def raise_for_status(response: Response) -> None:
    """Raise if the call was not done."""
    status = response.status_code
    if status >= requests.codes.server_error:
        wait = retry_after(response.headers.get("Retry-After"))
        # Plane itself answers 500 as JSON, but for a search, which asks its database
        # only when the answer is written; HTML comes from what stands before it.
        if status == requests.codes.server_error and error_text(response):
            raise PlaneFailed(retry_after=wait)
        raise PlaneUnavailable(retry_after=wait)
    # Nor does Plane say in HTML that it did something, or that there is no such thing.
    if response.ok and _is_html(response):
        raise PlaneUnavailable
    if status == requests.codes.not_found and not error_text(response):
        raise PlaneUnavailable
    if status == requests.codes.request_entity_too_large:
        raise CallTooLarge
    if status >= requests.codes.multiple_choices:
        raise PlaneRejected(status)


def is_missing(response: Response) -> bool:
    """Whether Plane, and not what stands before it, knows no such thing."""
    is_not_found = response.status_code == requests.codes.not_found
    # An address that this Plane does not know is another matter.
    return is_not_found and error_text(response) not in ("", "Page not found.")


def is_mimetype_refused(response: Response) -> bool:
    """Whether Plane refused an attachment for its type alone."""
    return (
        response.status_code == requests.codes.bad_request
        and error_text(response) == "Invalid file type."
    )


def error_text(response: Response) -> str:
    """Return the sentence of an error, in whichever of Plane's shapes it comes."""
    if response.ok or response.is_redirect:
        return ""
    try:
        raw = response.json()
    except requests.JSONDecodeError:
        return ""
    if not isinstance(raw, Mapping):
        return ""
    text = raw.get("error") or raw.get("detail") or raw.get("error_message")
    return text if isinstance(text, str) else ""


def read_object(response: Response) -> Mapping[str, Any]:
    """Return the answer's JSON object.

    Raises:
        PlaneUnavailable: it has none, so it is not Plane's.
    """
    raw = read_json(response)
    if not isinstance(raw, Mapping):
        raise PlaneUnavailable
    return raw


def read_json(response: Response) -> object:
    """Return the answer's JSON.

    Raises:
        PlaneUnavailable: it has none, so it is not Plane's.
    """
    try:
        return response.json()
    except requests.JSONDecodeError as error:
        raise PlaneUnavailable from error


@contextlib.contextmanager
def expecting_shape() -> Iterator[None]:
    """Take an answer of another shape for one that is not Plane's."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise PlaneUnavailable from error


def _is_html(response: Response) -> bool:
    content_type: str = response.headers.get("Content-Type", "")
    return content_type.partition(";")[0].strip().lower() == "text/html"


def read_uuid(value: object) -> str:
    """Return an id of Plane's in its one form; it goes into paths of later calls."""
    return str(uuid.UUID(str(value)))
