"""Calls of Plane's REST API v1: the key, the budget, and what a bad answer means.

What the server really answers: observed with Plane Community Edition 1.3.1.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import quote

import requests
from requests import Response

from bot.clients.http import build_session, header_auth, no_auth, retry_after
from bot.clients.plane_answers import (
    expecting_shape,
    raise_for_key,
    raise_for_status,
    read_object,
)
from bot.errors import (
    PlaneKeyRefused,
    PlaneThrottled,
    PlaneUnavailable,
    PlaneWorkspaceRefused,
)

#: Seconds to connect, and for each part of an answer.
_TIMEOUT = (5.0, 60.0)
_LEAST_SECONDS = 0.1
_PER_PAGE = 100
_NUMBER = re.compile(r"[0-9]{1,9}")


class Gate(Protocol):
    """Lets no more calls through than Plane allows."""

    def passage(
        self, *, patience: float | None = None
    ) -> contextlib.AbstractContextManager[Callable[[int], None]]:
        """Wait for a place, at most *patience* seconds, and hold it for one call.

        What it gives is to be told how many calls Plane has left after this one.
        """

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*."""


class CallMeter:
    """Is told of every call of Plane; this one takes no note of it."""

    def plane_called(self, status: int | None, seconds: float) -> None:
        """Take note of an answer's *status*, None where none came."""

    def plane_key_refused(self) -> None:
        """Take note that Plane does not take the key."""


class PlaneCalls:
    """Calls Plane with one key in one workspace; every counted call passes *gate*."""

    def __init__(
        self,
        *,
        api_url: str,
        api_key: str,
        workspace: str,
        gate: Gate,
        threads: int,
        meter: CallMeter | None = None,
    ) -> None:
        self._meter = meter or CallMeter()
        self._api_url = api_url
        self._workspace = workspace
        self._gate = gate
        auth = header_auth("X-API-Key", api_key)
        self._session = build_session(auth=auth, threads=threads)
        self._keyless = build_session(auth=no_auth, threads=1)

    def call(
        self,
        method: str,
        path: str,
        *,
        patience: float | None = None,
        sending: Callable[[], None] = lambda: None,
        **kwargs: Any,
    ) -> Response:
        """Call *path* of the workspace; *sending* is called just before it leaves.

        With *patience*, somebody waits for the answer, for about so many seconds.

        Raises:
            PlaneUnavailable: no answer.
            PlaneThrottled: the budget is used up.
            PlaneKeyRefused: Plane does not take the key.
        """
        workspace = quote(self._workspace, safe="")
        within = f"workspaces/{workspace}/{path}"
        return self.call_beyond(
            method, within, patience=patience, sending=sending, **kwargs
        )

    def call_beyond(
        self,
        method: str,
        path: str,
        *,
        patience: float | None = None,
        sending: Callable[[], None] = lambda: None,
        **kwargs: Any,
    ) -> Response:
        """Do the same with a *path* of the API that is in no workspace."""
        url = f"{self._api_url}/api/v1/{path}"
        started = time.monotonic()
        with self._gate.passage(patience=patience) as learn:
            timeout = _TIMEOUT
            if patience is not None:
                left = max(patience - (time.monotonic() - started), _LEAST_SECONDS)
                timeout = (left, left)
            sending()
            response = self._send(self._session, method, url, timeout, **kwargs)
            # Before the next in line takes the place.
            self._heed(response, learn)
        self._check_key(response)
        return response

    def _check_key(self, response: Response) -> None:
        try:
            raise_for_key(response)
        except PlaneKeyRefused:
            self._meter.plane_key_refused()
            raise

    def _heed(self, response: Response, learn: Callable[[int], None]) -> None:
        """Have everybody wait for as long as Plane asks for, or may have to soon."""
        if response.status_code == requests.codes.too_many_requests:
            wait = retry_after(response.headers.get("Retry-After")) or 1.0
            self._gate.push_back(wait)
            raise PlaneThrottled(retry_after=wait)
        # True after each request (observed, Plane CE 1.3.1).
        remaining = response.headers.get("X-RateLimit-Remaining", "")
        if _NUMBER.fullmatch(remaining):
            learn(int(remaining))

    def call_without_key(self, method: str, path: str) -> Response:
        """Call *path* of the server, which is neither secret nor counted.

        Raises:
            PlaneUnavailable: no answer.
        """
        return self._send(self._keyless, method, f"{self._api_url}/{path}", _TIMEOUT)

    def pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Yield what a list of the workspace has, page by page.

        Raises:
            PlaneWorkspaceRefused: no such workspace, or the user is not in it.
        """
        cursor = f"{_PER_PAGE}:0:0"
        while cursor:
            params = {"per_page": str(_PER_PAGE), "cursor": cursor}
            response = self.call("GET", path, params=params)
            if response.status_code == requests.codes.forbidden:
                raise PlaneWorkspaceRefused(self._workspace)
            raise_for_status(response)
            page = read_object(response)
            with expecting_shape():
                yield from page["results"]
                cursor = page["next_cursor"] if page["next_page_results"] else ""

    def _send(
        self,
        session: requests.Session,
        method: str,
        url: str,
        timeout: tuple[float, float],
        **kwargs: Any,
    ) -> Response:
        started, status = time.monotonic(), None
        try:
            response = session.request(
                method,
                url,
                timeout=timeout,
                # Without its last slash Plane redirects, and a POST becomes a GET.
                allow_redirects=False,
                **kwargs,
            )
            status = response.status_code
        # ValueError: requests takes the address of a redirect apart, followed or not.
        except (requests.RequestException, ValueError) as error:
            raise PlaneUnavailable from error
        finally:
            self._meter.plane_called(status, time.monotonic() - started)
        return response
