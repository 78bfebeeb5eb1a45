"""What is counted, and under which names Prometheus gets it: one registry a process.

Nothing below this layer knows Prometheus: what works is given a meter, whose methods it
calls, and this is the one that counts. Labels have values of ours only, never what came
from outside. What is not counted but looked at is in bot.entrypoints.gauges.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from bot.clients.plane_calls import CallMeter
from bot.clients.storage import RelayMeter
from bot.domain.outcomes import (
    ALREADY_ATTACHED,
    ALREADY_LINKED,
    ATTACHED,
    GIVEN_UP,
    LINKED,
    NOT_UNDONE,
    UNDONE,
    Outcome,
)
from bot.entrypoints.gauges import (
    Gate,
    GateGauges,
    Ledger,
    LedgerGauges,
    Socket,
    SocketGauges,
)
from bot.entrypoints.request_meter import OTHER, REASONS, RequestMeter
from bot.errors import TransientProblem
from bot.work.meter import WorkMeter
from bot.work.runner import JobKind

#: Slack waits for 3 seconds (docs.slack.dev/apis/events-api).
_ANSWER_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0)
_CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_RELAY_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)

_TRIGGERS = ("message", "reaction", "command", "form")
_STATUSES = ("2xx", "3xx", "4xx", "429", "5xx", "none")
_TRIED = (JobKind.SHARE, JobKind.ATTACHMENT, JobKind.REPLY, JobKind.COMMENT)
_THROTTLED = 429


class _Lasting(Collector):
    """What a *registry* has, but for the times at which its counters began.

    Prometheus finds out by itself when a counter begins anew.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Look at everything."""
        for metric in self._registry.collect():
            lasting = (each for each in metric.samples if not _is_time(each))
            metric.samples = list(lasting)
            yield metric


def _is_time(sample: Sample) -> bool:
    return sample.name.endswith("_created")


class Metrics(RequestMeter, WorkMeter, CallMeter, RelayMeter):
    """Counts what it is told of; `scrape` tells it on."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._events = self._counter(
            "events", "Requests from Slack that were answered.", "kind", "status"
        )
        self._refusals = self._counter(
            "refused_requests", "Requests that were not let in.", "reason"
        )
        self._answers = self._histogram(
            "acknowledgement_seconds", "From a whole request to its answer.",
            _ANSWER_BUCKETS,
        )  # fmt: skip
        self._shares = self._counter("shares", "Shares that were stored.", "trigger")
        self._ends = self._counter(
            "finished_shares", "Shares about which all was told.", "outcome"
        )
        self._attachments = self._counter(
            "attachments", "Files whose way onto a work item ended.", "outcome"
        )
        self._removals = self._counter(
            "removals", "Files that somebody took back.", "outcome"
        )
        self._retries = self._counter(
            "retries", "Tries in vain after which there is another.", "kind", "cause"
        )
        self._give_ups = self._counter(
            "give_ups", "Tries in vain that were the last.", "kind"
        )
        self._relayed = self._counter("relay_bytes", "Sent from Slack to storage.")
        self._relays = self._histogram(
            "relay_seconds",
            "From the first byte to storage's answer.",
            _RELAY_BUCKETS,
            "outcome",
        )
        self._calls = self._counter("plane_calls", "Calls of Plane.", "status")
        self._call_seconds = self._histogram(
            "plane_call_seconds", "How long Plane took to answer.", _CALL_BUCKETS
        )
        self._key_refusals = self._counter(
            "plane_key_refusals", "Calls whose key Plane does not take."
        )
        self._begin()

    def look_at_ledger(self, ledger: Ledger) -> None:
        """Show with each scrape how *ledger* is."""
        self.registry.register(LedgerGauges(ledger))

    def look_at_gate(self, gate: Gate) -> None:
        """Show with each scrape what is left of Plane's calls."""
        self.registry.register(GateGauges(gate))

    def look_at_socket(self, socket: Socket) -> None:
        """Show with each scrape how the connection to Slack is."""
        self.registry.register(SocketGauges(socket))

    def scrape(self) -> str:
        """Return all of it in Prometheus' text format, version 0.0.4."""
        return generate_latest(_Lasting(self.registry)).decode()

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Take note of a request that was answered *seconds* after it was whole."""
        self._events.labels(kind, f"{status // 100}xx").inc()
        self._answers.observe(seconds)

    def refused(self, reason: str) -> None:
        """Take note of a request that was not let in."""
        self._refusals.labels(reason).inc()

    def share_stored(self, trigger: str) -> None:
        """Count by how the share was asked for."""
        kind = trigger.partition(":")[0]
        self._shares.labels(kind if kind in _TRIGGERS else OTHER).inc()

    def share_ended(self, outcome: str) -> None:
        """Count by how it ended."""
        self._ends.labels(outcome).inc()

    def attachment_ended(self, outcome: Outcome) -> None:
        """Count by what became of it."""
        self._attachments.labels(outcome.code).inc()

    def removal_ended(self, outcome: Outcome) -> None:
        """Count by what became of it."""
        self._removals.labels(outcome.code).inc()

    def tried(
        self, kind: JobKind, problem: TransientProblem, next_try: float | None
    ) -> None:
        """Count a try that is made again, by what was in the way, or a giving up."""
        if next_try is None:
            self._give_ups.labels(kind).inc()
        else:
            self._retries.labels(kind, problem.code).inc()

    def plane_called(self, status: int | None, seconds: float) -> None:
        """Count by the class of the status; 429 has one of its own."""
        if status is None:
            name = "none"
        elif status == _THROTTLED:
            name = str(status)
        else:
            name = f"{status // 100}xx"
        self._calls.labels(name).inc()
        self._call_seconds.observe(seconds)

    def plane_key_refused(self) -> None:
        """Count it."""
        self._key_refusals.inc()

    def relayed(self, number: int) -> None:
        """Count the bytes."""
        self._relayed.inc(number)

    def relay_ended(self, seconds: float, *, is_stored: bool) -> None:
        """Keep how long it took, by whether storage has the file."""
        self._relays.labels("stored" if is_stored else "failed").observe(seconds)

    def _begin(self) -> None:
        """Have what alerts look at begin at 0: from nothing to 1 is no increase."""
        succeeded = (ATTACHED.code, ALREADY_ATTACHED.code, LINKED, ALREADY_LINKED.code)
        for counter, values in (
            (self._refusals, REASONS),
            (self._shares, _TRIGGERS),
            (self._attachments, (*succeeded, GIVEN_UP)),
            (self._removals, (UNDONE.code, NOT_UNDONE)),
            (self._give_ups, _TRIED),
            (self._calls, _STATUSES),
        ):
            for value in values:
                counter.labels(value)

    def _counter(self, name: str, help_: str, *labels: str) -> Counter:
        return Counter(f"loadmaster_{name}", help_, labels, registry=self.registry)

    def _histogram(
        self, name: str, help_: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            f"loadmaster_{name}", help_, labels, buckets=buckets, registry=self.registry
        )
