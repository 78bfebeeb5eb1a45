"""Deliver events until they are acknowledged or given up, and keep the record.

Source: docs.slack.dev/apis/events-api (error handling, retries). Slash commands,
interactivity and options are never retried: they do not go through here.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.slack.agenda import Agenda
from bot.sandbox.slack.http_delivery import Poster, Result

#: "Nearly immediately", after one minute, after five minutes.
RETRY_DELAYS = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: *retry* is 0 for the first; *at* is epoch seconds."""

    retry: int
    at: float
    seconds: float
    status: int | None
    reason: str | None


@dataclass(slots=True, eq=False)
class Delivery:
    """One event on its way to the app."""

    envelope: dict[str, Any]
    created: float
    first_retry: int = 0
    first_reason: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    acknowledged: bool = False
    given_up: bool = False
    #: Seconds from the event to its acknowledgement.
    seconds: float | None = None

    @property
    def event_id(self) -> str:
        """The envelope's event id: the same on every retry."""
        return str(self.envelope.get("event_id", ""))

    @property
    def event(self) -> dict[str, Any]:
        """The inner event."""
        return dict(self.envelope.get("event", {}))

    @property
    def statuses(self) -> list[int | None]:
        """The HTTP status of each attempt."""
        return [attempt.status for attempt in self.attempts]

    @property
    def pending(self) -> bool:
        """Whether it is neither acknowledged nor given up."""
        return not (self.acknowledged or self.given_up)


class Sockets(Protocol):
    """The part of Socket Mode that deliveries need."""

    @property
    def count(self) -> int:
        """How many sockets are connected."""

    def send_event(self, envelope: Any, retry: int, reason: str) -> Result:
        """Send to one socket and wait for the acknowledgement."""


class Deliveries:
    """Every delivery, carried out at once on a pool of threads."""

    def __init__(
        self,
        poster: Poster,
        sockets: Sockets,
        *,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        concurrency: int = 64,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._poster = poster
        self._sockets = sockets
        self._delays = tuple(retry_delays)
        self._clock = clock
        self._request_url: str | None = None
        self._all: list[Delivery] = []
        self._pending = 0
        self._waiting: list[Delivery] = []
        self._changed = threading.Condition()
        self._agenda = Agenda()
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="deliver")
        self._closed = False

    def start(self) -> None:
        """Begin to retry."""
        self._agenda.start()

    def close(self) -> None:
        """Deliver nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._agenda.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def request_url(self) -> str | None:
        """Where events are posted; None for Socket Mode."""
        return self._request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._request_url = url
        self.wake()

    def all(self) -> list[Delivery]:
        """Return every delivery so far, oldest first."""
        with self._changed:
            return list(self._all)

    def forget(self) -> None:
        """Drop the record of what was acknowledged."""
        with self._changed:
            self._all = [each for each in self._all if not each.acknowledged]

    def send(
        self, envelope: dict[str, Any], *, retry: int = 0, reason: str = ""
    ) -> Delivery:
        """Deliver *envelope*, counting retries from *retry*."""
        delivery = Delivery(envelope, self._clock(), retry, reason)
        with self._changed:
            self._all.append(delivery)
            self._pending += 1
        self._submit(delivery)
        return delivery

    def wake(self) -> None:
        """Deliver what found nobody to go to."""
        with self._changed:
            waiting, self._waiting = self._waiting, []
        for delivery in waiting:
            self._submit(delivery)

    def wait_idle(self, timeout: float) -> None:
        """Wait until nothing is pending.

        Raises:
            TimeoutError: something still is; its message says what.
        """
        with self._changed:
            done = self._changed.wait_for(lambda: not self._pending, timeout)
            pending = [each.event_id for each in self._all if each.pending]
        if not done:
            raise TimeoutError(
                f"not acknowledged after {timeout} s: {len(pending)} events,"
                f" the first of them {pending[0]}"
            )

    def _submit(self, delivery: Delivery) -> None:
        with self._changed:
            if not self._closed:
                self._pool.submit(self._attempt, delivery)

    def _attempt(self, delivery: Delivery) -> None:
        if self._postpone(delivery):
            return
        last = delivery.attempts[-1].reason if delivery.attempts else None
        retry = delivery.first_retry + len(delivery.attempts)
        at, started = self._clock(), time.monotonic()
        result = self._carry(delivery, retry, last or delivery.first_reason)
        seconds = time.monotonic() - started
        attempt = Attempt(retry, at, seconds, result.status, result.reason)
        self._conclude(delivery, attempt, result)

    def _postpone(self, delivery: Delivery) -> bool:
        """Keep *delivery* for the next socket if there is nobody to bring it to."""
        with self._changed:
            if self._request_url or self._sockets.count:
                return False
            if not delivery.attempts and not delivery.first_retry:
                # It comes as a retry then. Slack's reason for this is not documented.
                delivery.first_retry, delivery.first_reason = 1, "connection_failed"
            self._waiting.append(delivery)
        if self._sockets.count:  # one connected meanwhile
            self.wake()
        return True

    def _carry(self, delivery: Delivery, retry: int, reason: str) -> Result:
        if self._request_url:
            url = self._request_url
            return self._poster.post_event(url, delivery.envelope, retry, reason)
        return self._sockets.send_event(delivery.envelope, retry, reason)

    def _conclude(self, delivery: Delivery, attempt: Attempt, result: Result) -> None:
        left = len(self._delays) - attempt.retry
        with self._changed:
            delivery.attempts.append(attempt)
            if result.reason is None:
                delivery.acknowledged = True
                delivery.seconds = self._clock() - delivery.created
            elif result.no_retry or left <= 0:
                delivery.given_up = True
            self._pending -= not delivery.pending
            self._changed.notify_all()
        if delivery.pending:
            delay = self._delays[attempt.retry]
            self._agenda.after(delay, lambda: self._submit(delivery))
