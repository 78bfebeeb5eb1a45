"""What the sessions to the three remote sides have in common."""

import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import requests
from requests import PreparedRequest
from requests.adapters import BaseAdapter, HTTPAdapter

Auth = Callable[[PreparedRequest], PreparedRequest]

#: No other side is obeyed for longer than this, in seconds.
LONGEST_WAIT = 3600.0


def no_auth(request: PreparedRequest) -> PreparedRequest:
    """Add nothing; keeps requests from adding what a `.netrc` says."""
    return request


def header_auth(name: str, value: str) -> Auth:
    """Add one header with a secret, in place of whatever a `.netrc` says."""

    def add(request: PreparedRequest) -> PreparedRequest:
        request.headers[name] = value
        return request

    return add


def build_session(
    *, auth: Auth, threads: int, adapter: BaseAdapter | None = None
) -> requests.Session:
    """Build a session for one remote side, to be used by *threads* threads.

    It never tries again by itself: that is decided in bot.work.attempts alone.
    """
    session = requests.Session()
    session.auth = auth
    adapter = adapter or HTTPAdapter(
        pool_maxsize=threads, pool_connections=threads, max_retries=0
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = "Loadmaster"
    return session


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3)."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    if not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds_until(date: str) -> float:
    read = read_date(date)
    return math.nan if read is None else read - time.time()


def read_date(value: str | None) -> float | None:
    """Return what a Date header says (RFC 9110, 5.6.7), in seconds since the epoch."""
    try:
        return parsedate_to_datetime(value or "").timestamp()
    except (ValueError, OverflowError):
        return None
