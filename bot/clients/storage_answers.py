"""What the answers of Plane's file storage mean: statuses become errors here.

Storage may be any S3 server, and a proxy may answer in its place.
"""

import re

import requests
from requests import Response
from requests.exceptions import ConnectTimeout, SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.clients.http import retry_after
from bot.clients.storage_addresses import find_new_address, name_target
from bot.errors import (
    Problem,
    StorageExpired,
    StorageMoved,
    StorageRedirected,
    StorageRefused,
    StorageUnavailable,
    StorageUnreachable,
    UploadTooLarge,
)

_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,64})</Code>")
_PAGE = re.compile(rb"\s*<(?:!doctype\s+)?html", re.IGNORECASE)
_STORED = frozenset({200, 201, 204})
#: After these a POST stays a POST (RFC 9110, 15.4.8 and 15.4.9).
_KEEPING = frozenset({307, 308})
#: S3 says 400 for this, though it only waited too long for the next piece
#: (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
_PASSING_CODE = "RequestTimeout"
_PASSING = frozenset({408, 425, 429})


def raise_unless_stored(
    response: Response, text: bytes, *, url: str, host: str, size: int
) -> None:
    """Raise unless storage at *url*, on *host*, says that it has the *size* bytes.

    Raises:
        Problem: the one that says why.
        StorageMoved: it has another address, where they may be sent.
    """
    status = response.status_code
    if status in _STORED:
        # A page is a proxy's: storage itself answers with nothing, or in XML.
        if _PAGE.match(text):
            raise StorageUnavailable(host)
        return
    found = _CODE.search(text)
    code = found[1].decode("ascii") if found else ""
    if 300 <= status < requests.codes.bad_request:
        _raise_for_redirect(response, url, host)
    if status >= requests.codes.server_error or _may_pass(status, code):
        wait = retry_after(response.headers.get("Retry-After"))
        raise StorageUnavailable(host, retry_after=wait)
    if status == requests.codes.request_entity_too_large or code == "EntityTooLarge":
        raise UploadTooLarge(host, size)
    if status == requests.codes.forbidden and b"expired" in text.lower():
        raise StorageExpired
    raise StorageRefused(host, status, code)


def problem_of(error: Exception, host: str) -> Problem:
    """Return the problem that an *error* of the connection to *host* is."""
    if isinstance(error, ConnectTimeout | SSLError):
        return StorageUnreachable(host)
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, NewConnectionError):
        return StorageUnreachable(host)
    return StorageUnavailable(host)


def _may_pass(status: int, code: str) -> bool:
    return status in _PASSING or code == _PASSING_CODE


def _raise_for_redirect(response: Response, url: str, host: str) -> None:
    location = response.headers.get("Location", "")
    problem = StorageRedirected(host, name_target(url, location))
    address = find_new_address(url, location)
    if address is not None and response.status_code in _KEEPING:
        raise StorageMoved(address, problem)
    raise problem
