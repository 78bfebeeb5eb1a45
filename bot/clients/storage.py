"""The relay: a download from Slack becomes the body of a presigned POST, in pieces.

What was measured and what goes wrong otherwise is told where it is prevented.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import requests
from requests import Response
from urllib3.exceptions import HTTPError
from urllib3.filepost import choose_boundary, encode_multipart_formdata

from bot.clients.http import build_session, no_auth
from bot.clients.plane import UploadTicket
from bot.clients.storage_addresses import read_host
from bot.clients.storage_answers import problem_of, raise_unless_stored
from bot.clients.storage_transport import StorageAdapter
from bot.errors import StorageUnavailable

#: While a body is sent, urllib3 gives each piece the time of the *connect* timeout.
_SEND_SECONDS = 30
_ANSWER_SECONDS = 120
_LONGEST_ERROR = 64 * 1024

Progress = Callable[[int], None]


class Source(Protocol):
    """What is sent: *size* bytes, in pieces."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes; all of them, or a problem."""


class RelayMeter:
    """Is told of every relay; this one takes no note of it."""

    def relayed(self, number: int) -> None:
        """Take note of so many bytes more that were sent."""

    def relay_ended(self, seconds: float, *, is_stored: bool) -> None:
        """Take note of a relay's end, and whether storage has the file."""


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
    """Sends files to the presigned POSTs that Plane hands out; has no secret.

    With *needs_tls* only to those with TLS.
    """

    def __init__(
        self,
        *,
        threads: int,
        needs_tls: bool = False,
        meter: RelayMeter | None = None,
    ) -> None:
        self._needs_tls = needs_tls
        self._meter = meter or RelayMeter()
        adapter = StorageAdapter(threads=threads)
        self._session = build_session(auth=no_auth, threads=threads, adapter=adapter)

    def relay(
        self, source: Source, ticket: UploadTicket, *, progress: Progress
    ) -> None:
        """Send the source's bytes to the ticket's address; *progress* gets counts.

        Raises:
            Problem: storage did not say that it has them, or the source broke off.
            StorageMoved: storage takes them at another address; some are gone.
        """
        with self._timing():
            self._relay(source, ticket, progress)

    def _relay(self, source: Source, ticket: UploadTicket, progress: Progress) -> None:
        host = read_host(ticket.url, needs_tls=self._needs_tls)
        form = PresignedForm(
            ticket.fields,
            self._count(source.pieces()),
            size=source.size,
            progress=progress,
        )
        try:
            with self._post(ticket.url, form) as response:
                # Read to its end, the connection serves the next file too.
                text = response.raw.read(_LONGEST_ERROR, decode_content=True)
        # ValueError: requests takes the address of a redirect apart, followed or not.
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise problem_of(error, host) from error
        raise_unless_stored(response, text, url=ticket.url, host=host, size=source.size)
        if not form.is_sent:
            raise StorageUnavailable(host)

    def read_back(self, url: str, *, most: int) -> bytes:
        """Return what is at a presigned *url*, its first *most* bytes.

        Raises:
            Problem: storage does not give it out.
        """
        host = read_host(url, needs_tls=self._needs_tls)
        try:
            with self._get(url) as response:
                data = response.raw.read(most, decode_content=True)
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise problem_of(error, host) from error
        if response.status_code != requests.codes.ok:
            raise_unless_stored(response, data, url=url, host=host, size=0)
        return bytes(data)

    def _get(self, url: str) -> Response:
        return self._session.get(
            url,
            allow_redirects=False,
            stream=True,
            timeout=(_SEND_SECONDS, _SEND_SECONDS),
        )

    @contextlib.contextmanager
    def _timing(self) -> Iterator[None]:
        started, is_stored = time.monotonic(), False
        try:
            yield
            is_stored = True
        finally:
            seconds = time.monotonic() - started
            self._meter.relay_ended(seconds, is_stored=is_stored)

    def _count(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self._meter.relayed(len(piece))

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
