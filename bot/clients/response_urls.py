"""Answers to commands and presses that come later than at once, by a response URL.

It works where the bot is no member of the conversation, five times within half an
hour (docs.slack.dev/interactivity/handling-user-interaction). Whoever has the URL can
write there: it is kept in memory only, and lost with the process.
"""

import threading
import time
from collections.abc import Callable, Mapping

import requests
from cachetools import TTLCache

from bot.clients.http import build_session, no_auth
from bot.clients.slack_hosts import SlackHosts
from bot.errors import DownloadMisled

_SECONDS = 1800
_MANY = 10_000
#: Threads of listeners and of work that may answer at once, and some to spare.
_THREADS = 32
_CONNECT_SECONDS = 5
_READ_SECONDS = 10


class ResponseUrls:
    """Keeps the response URLs of shares, and answers by them."""

    def __init__(
        self, *, api_url: str, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._hosts = SlackHosts(api_url)
        self._session = build_session(auth=no_auth, threads=_THREADS)
        self._urls: TTLCache[str, str] = TTLCache(_MANY, _SECONDS, timer)
        self._lock = threading.Lock()

    def keep(self, trigger: str, url: str) -> None:
        """Keep the *url* by which the *trigger* of a share is answered."""
        if self._is_slacks(url):
            with self._lock:
                self._urls[trigger] = url

    def tell(self, trigger: str, text: str) -> bool:
        """Show *text* to the one who pulled the trigger; False if that fails."""
        with self._lock:
            url = self._urls.get(trigger)
        return url is not None and self._send(url, text, None)

    def tell_at(self, url: str, text: str, *, thread_ts: str | None = None) -> bool:
        """Show *text* to the one whose action came with *url*; False if that fails."""
        return self._is_slacks(url) and self._send(url, text, thread_ts)

    def replace(self, url: str, text: str) -> bool:
        """Show *text* in place of the message whose button gave *url*.

        False if that fails, or *url* is none of Slack's.
        """
        answer = {"replace_original": True, "text": text}
        return self._is_slacks(url) and self._post(url, answer)

    def _is_slacks(self, url: str) -> bool:
        try:
            self._hosts.check(url)
        except DownloadMisled:
            return False
        return True

    def _send(self, url: str, text: str, thread_ts: str | None) -> bool:
        answer: dict[str, object] = {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": text,
        }
        if thread_ts is not None:
            answer["thread_ts"] = thread_ts
        return self._post(url, answer)

    def _post(self, url: str, answer: Mapping[str, object]) -> bool:
        try:
            response = self._session.post(
                url,
                json=answer,
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
            )
        # ValueError: requests takes the address of a redirect apart, followed or not.
        except (requests.RequestException, ValueError):
            return False
        return response.status_code == 200
