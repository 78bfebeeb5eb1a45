"""Downloads from Slack: the announced bytes of a file in pieces, or a typed error.

Slack has no error status for files: a token that may not read one gets its sign-in
page with 200, or a redirect there.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from requests import Response
from urllib3.exceptions import HTTPError

from bot.clients.http import build_session, header_auth, retry_after
from bot.clients.slack_hosts import SlackHosts
from bot.domain.files import SharedFile
from bot.errors import (
    DownloadEncoded,
    DownloadInterrupted,
    DownloadMisled,
    DownloadMismatch,
    DownloadRefused,
    FileDeleted,
    FileNotReady,
    SignInPage,
    SlackThrottled,
)

#: Bytes of one piece: larger ones gain little and cost memory for each relay.
PIECE_BYTES = 256 * 1024

_CONNECT_SECONDS = 5
_READ_SECONDS = 30.0
_MOST_HOPS = 3
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Download:
    """An answer of Slack's whose body is to be the file of *size* bytes."""

    size: int
    response: Response

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes; all of them, or an error.

        The errors must not be an OSError: raised in a request's body, urllib3 takes
        that for a fault of the upload and waits for its answer.

        Raises:
            DownloadInterrupted: the connection broke or stalled.
            DownloadMismatch: there were fewer or more bytes than announced.
        """
        received = 0
        try:
            while piece := self.response.raw.read(PIECE_BYTES, decode_content=False):
                received += len(piece)
                if received > self.size:
                    raise DownloadMismatch(self.size, received)
                yield piece
        except (HTTPError, OSError) as error:
            raise DownloadInterrupted from error
        if received != self.size:
            raise DownloadMismatch(self.size, received)


class SlackFiles:
    """Opens downloads with the bot token, following only what leads to Slack."""

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        threads: int,
        read_seconds: float = _READ_SECONDS,
    ) -> None:
        self._timeout = _CONNECT_SECONDS, read_seconds
        self._hosts = SlackHosts(api_url)
        auth = header_auth("Authorization", f"Bearer {token}")
        self._session = build_session(auth=auth, threads=threads)

    @contextlib.contextmanager
    def open(self, file: SharedFile) -> Iterator[Download]:
        """Hold the download of *file*; no byte of it was read yet.

        Raises:
            Problem: Slack's answer is not the file that was announced.
        """
        if file.url is None or file.size is None:
            raise FileNotReady
        with self._follow(file.url) as response:
            _check(response, file, file.size)
            yield Download(file.size, response)

    def _follow(self, url: str) -> Response:
        for _ in range(_MOST_HOPS + 1):
            self._hosts.check(url)
            response = self._get(url)
            if not response.is_redirect:
                return response
            response.close()
            url = urljoin(url, response.headers["Location"])
            if "redir" in parse_qs(urlsplit(url).query):
                raise SignInPage
        raise DownloadRefused(response.status_code)

    def _get(self, url: str) -> Response:
        try:
            return self._session.get(
                url,
                stream=True,
                allow_redirects=False,
                headers={"Accept-Encoding": "identity"},
                timeout=self._timeout,
            )
        # requests takes a redirect's address apart, too, though it does not follow it.
        except ValueError as error:
            raise DownloadMisled("") from error
        except requests.RequestException as error:
            raise DownloadInterrupted from error


def _check(response: Response, file: SharedFile, size: int) -> None:
    _check_status(response)
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise DownloadEncoded(encoding[:40])
    # A shared page is told from the sign-in page by its length alone.
    if _mimetype(response) in _HTML and file.mimetype not in _HTML:
        raise SignInPage
    announced = response.headers.get("Content-Length", str(size))
    if announced.strip() != str(size):
        raise DownloadMismatch(size, int(announced) if announced.isdecimal() else 0)


def _check_status(response: Response) -> None:
    status = response.status_code
    if status == requests.codes.ok:
        return
    wait = retry_after(response.headers.get("Retry-After"))
    if status in (requests.codes.not_found, requests.codes.gone):
        raise FileDeleted
    if status == requests.codes.too_many_requests:
        raise SlackThrottled(retry_after=wait)
    if status >= requests.codes.server_error:
        raise DownloadInterrupted(retry_after=wait)
    raise DownloadRefused(status)


def _mimetype(response: Response) -> str:
    content_type = response.headers.get("Content-Type", "")
    return content_type.partition(";")[0].strip().lower()
