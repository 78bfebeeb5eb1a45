"""Bring one event to a request URL by HTTP.

Source: docs.slack.dev/apis/events-api/using-http-request-urls.
"""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.sandbox.slack.signing import sign

#: "Your app should respond to the event request with an HTTP 2xx within three seconds."
PATIENCE = 3.0
REDIRECTS = 2


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended; *reason* is Slack's word for a failure."""

    status: int | None = None
    reason: str | None = None
    no_retry: bool = False
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Post:
    """One request to the app, and what it is about; *started* is epoch seconds."""

    about: str
    url: str
    headers: Mapping[str, str]
    started: float


#: Is given how a post ended, and after how many seconds.
Told = Callable[[Result, float], object]


@dataclass(slots=True)
class Poster:
    """Posts signed requests."""

    signing_secret: str
    clock: Callable[[], float]
    patience: float = PATIENCE
    #: Is given every request as it begins; what it returns is given how that ended.
    on_post: Callable[[Post], Told] | None = None

    def post_event(self, url: str, envelope: Any, retry: int, reason: str) -> Result:
        """Post *envelope*; *retry* counts from 1, 0 for the first attempt."""
        headers = {"Content-Type": "application/json"}
        if retry:
            headers["X-Slack-Retry-Num"] = str(retry)
            headers["X-Slack-Retry-Reason"] = reason
        about = str(envelope.get("event", envelope).get("type", ""))
        return self.post(url, json.dumps(envelope).encode(), headers, about=about)

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, about: str = ""
    ) -> Result:
        """Post *body* with a signature and say how it went; never raise."""
        signed = {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
            **headers,
            **sign(self.signing_secret, int(self.clock()), body),
        }
        post, started = Post(about, url, signed, self.clock()), time.monotonic()
        tell = self.on_post(post) if self.on_post else None
        result = self._try(url, body, signed)
        if tell is not None:
            tell(result, time.monotonic() - started)
        return result

    def _try(self, url: str, body: bytes, headers: Mapping[str, str]) -> Result:
        try:
            return self._follow(url, body, headers)
        except TimeoutError:
            return Result(reason="http_timeout")
        except ssl.SSLError:
            return Result(reason="ssl_error")
        except OSError:
            return Result(reason="connection_failed")
        except http.client.HTTPException:
            return Result(reason="unknown_error")

    def _follow(self, url: str, body: bytes, headers: Mapping[str, str]) -> Result:
        for _ in range(REDIRECTS + 1):
            status, answered, content = self._exchange(url, body, headers)
            location = answered.get("location")
            if status not in (301, 302, 307, 308) or not location:
                return _judge(status, answered, content)
            url = urljoin(url, location)
        return Result(status=status, reason="too_many_redirects")

    def _exchange(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=self.patience)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path or "/", body, dict(headers))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return response.status, names, response.read()
        finally:
            connection.close()


def _judge(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if 200 <= status < 300:
        return Result(status, body=body)
    return Result(status, "http_error", headers.get("x-slack-no-retry") == "1", body)
