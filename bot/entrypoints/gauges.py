"""What is not counted but looked at whenever Prometheus asks."""

from collections.abc import Iterator
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.work.survey import Findings

_Family = GaugeMetricFamily | CounterMetricFamily


class Ledger(Protocol):
    """Tells how the ledger is."""

    def look(self) -> Findings:
        """Return what is found."""


class Gate(Protocol):
    """Tells what is left of Plane's calls."""

    @property
    def limit(self) -> int:
        """Calls a minute."""

    @property
    def left(self) -> int:
        """Calls that would go through at once."""

    @property
    def waiting(self) -> int:
        """Calls that wait for a place."""


class Socket(Protocol):
    """Tells how the connection to Slack is."""

    @property
    def is_connected(self) -> bool:
        """Whether envelopes can come in now."""

    @property
    def opened(self) -> int:
        """How many connections were opened."""

    @property
    def refused(self) -> int:
        """How many tries to open one failed."""


class LedgerGauges(Collector):
    """How the ledger is; the same from each process that has it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def describe(self) -> list[_Family]:
        """Return nothing: else registering would look at the ledger."""
        return []

    def collect(self) -> Iterator[_Family]:
        """Look at the ledger; without what it cannot tell."""
        found = self._ledger.look()
        yield _gauge(
            "database_writable", "1 if the last write went through.", found.is_writable
        )
        waiting = _gauge("waiting", "What is not done yet.", labels=["kind"])
        oldest = _gauge("oldest_seconds", "How long the oldest waits.", labels=["kind"])
        for kind, each in (found.backlog or {}).items():
            waiting.add_metric([kind], each.number)
            oldest.add_metric([kind], each.age)
        yield waiting
        yield oldest


class GateGauges(Collector):
    """What is left of Plane's calls."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def collect(self) -> Iterator[_Family]:
        """Look at the gate."""
        gate = self._gate
        yield _gauge("plane_calls_limit", "Calls a minute, as set.", gate.limit)
        yield _gauge("plane_calls_left", "Calls that may be made now.", gate.left)
        yield _gauge("plane_calls_waiting", "Calls that wait for it.", gate.waiting)


class SocketGauges(Collector):
    """How the connection to Slack is."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def collect(self) -> Iterator[_Family]:
        """Look at the socket."""
        socket = self._socket
        yield _gauge("socket_connected", "1 if Slack can send.", socket.is_connected)
        yield _counter("socket_connections", "Sockets that were opened.", socket.opened)
        yield _counter("socket_failures", "Tries that opened none.", socket.refused)


def _gauge(
    name: str,
    help_: str,
    value: float | None = None,
    *,
    labels: list[str] | None = None,
) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"loadmaster_{name}", help_, value=value, labels=labels)


def _counter(name: str, help_: str, value: int) -> CounterMetricFamily:
    return CounterMetricFamily(f"loadmaster_{name}", help_, value=value)
