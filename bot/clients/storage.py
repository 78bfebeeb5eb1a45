"""The relay: a download from Slack becomes the body of a presigned POST, in pieces.

What was measured and what goes wrong otherwise is told where it is prevented.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import requests
from requests import Response
from urllib3.exceptions import HTTPError
from urllib3.filepost import choose_boundary, encode_multipart_formdata

from bot.clients.http import build_session, no_auth, retry_after
from bot.clients.plane import UploadTicket
from bot.clients.slack_files import Download
from bot.clients.storage_transport import StorageAdapter
from bot.errors import (
    StorageExpired,
    StorageMisconfigured,
    StorageRefused,
    StorageUnavailable,
)

#: While a body is sent, urllib3 gives each piece the time of the *connect* timeout.
_SEND_SECONDS = 30
_ANSWER_SECONDS = 120
_LONGEST_ERROR = 64 * 1024

_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,64})</Code>")
_STORED = frozenset({200, 201, 204})
#: S3 says 400 for this one, though it only waited too long for the next piece
#: (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
_PASSING_CODES = frozenset({"RequestTimeout"})

Progress = Callable[[int], None]


class PresignedForm:
    """A presigned POST's body: the fields, then the file, then the closing boundary.

    With a length and an iterator, and no `read`, requests sends it with a
    Content-Length, piece by piece; a generator would go out chunked, which storage
    answers with 411. The closing boundary follows only a file that came whole.
    """

    def __init__(
        self,
        fields: Iterable[tuple[str, str]],
        pieces: Iterable[bytes],
        *,
        size: int,
        progress: Progress,
    ) -> None:
        boundary = choose_boundary()
        # Storage takes the name and type from the fields; what the part says is unread.
        empty_file = ("file", ("file", b"", "application/octet-stream"))
        form, self.content_type = encode_multipart_formdata(
            [*fields, empty_file], boundary
        )
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")
        self._head = form.removesuffix(self._tail)
        self._pieces = pieces
        self._length = len(form) + size
        self._progress = progress
        self.is_sent = False

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        relayed = 0
        for piece in self._pieces:
            yield piece
            relayed += len(piece)
            self._progress(relayed)
        yield self._tail
        self.is_sent = True


class Storage:
    """Sends files to the presigned POSTs that Plane hands out; has no secret."""

    def __init__(self, *, threads: int) -> None:
        adapter = StorageAdapter(threads=threads)
        self._session = build_session(auth=no_auth, threads=threads, adapter=adapter)

    def relay(
        self, download: Download, ticket: UploadTicket, *, progress: Progress
    ) -> None:
        """Send the download's bytes to the ticket's address; *progress* gets counts.

        Raises:
            Problem: storage did not say that it has them, or Slack did not send them.
        """
        form = PresignedForm(
            ticket.fields, download.pieces(), size=download.size, progress=progress
        )
        host = _host(ticket.url)
        try:
            with self._post(ticket.url, form) as response:
                _check(response, form, host)
        # ValueError: requests takes the address of a redirect apart, followed or not.
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise StorageUnavailable(host) from error

    def _post(self, url: str, form: PresignedForm) -> Response:
        return self._session.post(
            url,
            data=form,
            headers={"Content-Type": form.content_type},
            # A redirected POST becomes a GET, whose 200 would look like success.
            allow_redirects=False,
            stream=True,
            timeout=(_SEND_SECONDS, _ANSWER_SECONDS),
        )


def _host(url: str) -> str:
    """Return the host of storage's address, as Plane was configured to tell it."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return parts.hostname[:255]
    except ValueError:
        pass
    raise StorageMisconfigured(url[:200])


def _check(response: Response, form: PresignedForm, host: str) -> None:
    # Read to its end, the connection serves the next file too.
    text = response.raw.read(_LONGEST_ERROR, decode_content=True)
    status = response.status_code
    if status in _STORED:
        if not form.is_sent:
            raise StorageUnavailable(host)
        return
    found = _CODE.search(text)
    code = found[1].decode("ascii") if found else ""
    passes = status in (408, 429) or code in _PASSING_CODES
    if status >= requests.codes.server_error or passes:
        wait = retry_after(response.headers.get("Retry-After"))
        raise StorageUnavailable(host, retry_after=wait)
    if status == requests.codes.forbidden and b"expired" in text.lower():
        raise StorageExpired
    raise StorageRefused(host, status, code)
