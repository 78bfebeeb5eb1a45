"""What is counted, under which names and labels."""

import pytest

from bot.domain.outcomes import ATTACHED, UNDONE
from bot.entrypoints.metrics import Metrics
from bot.entrypoints.request_meter import find_kind
from bot.errors import PlaneUnavailable
from bot.work.runner import JobKind
from bot.work.survey import Findings

#: What may stand in a label: words of ours, and classes of statuses.
LABELS = {"kind", "status", "reason", "trigger", "outcome", "cause", "le"}


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def value(metrics):
    """How to get the value of a sample; None where there is none."""

    def value(name, **labels):
        return metrics.registry.get_sample_value(f"loadmaster_{name}", labels)

    return value


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "event_callback", "event": {"type": "message"}}, "message"),
        ({"type": "event_callback", "event": {"type": "x" * 999}}, "other"),
        ({"type": "event_callback", "event": {"type": ["message"]}}, "other"),
        ({"command": "/attach", "text": "WEB-1"}, "command"),
        ({"type": "block_actions", "actions": []}, "block_actions"),
        ({"type": "view_submission"}, "view_submission"),
        ({"type": "T0SECRET"}, "other"),
        ({}, "other"),
    ],
)
def test_a_request_is_of_a_kind_that_is_known(body, kind):
    assert find_kind(body) == kind


@pytest.mark.parametrize(
    ("status", "label"),
    [
        *((200, "2xx"), (204, "2xx"), (307, "3xx"), (404, "4xx"), (429, "429")),
        *((502, "5xx"), (None, "none")),
    ],
)
def test_calls_of_plane_are_counted_by_what_became_of_them(
    metrics, value, status, label
):
    metrics.plane_called(status, 0.2)

    assert value("plane_calls_total", status=label) == 1
    assert value("plane_call_seconds_sum") == 0.2


def test_an_answer_is_counted_and_timed(metrics, value):
    metrics.answered("message", 200, 0.02)

    assert value("events_total", kind="message", status="2xx") == 1
    assert value("acknowledgement_seconds_bucket", le="0.01") == 0
    assert value("acknowledgement_seconds_bucket", le="0.025") == 1


def test_a_share_is_counted_by_how_it_was_asked_for(metrics, value):
    for identity in ("message:C1:1.1", "message:C2:1.1", "form:V1", "T1:secret"):
        metrics.share_stored(identity)

    assert value("shares_total", trigger="message") == 2
    assert value("shares_total", trigger="form") == 1
    assert value("shares_total", trigger="other") == 1


def test_what_is_tried_again_is_counted_apart_from_what_is_given_up(metrics, value):
    metrics.tried(JobKind.REPLY, PlaneUnavailable(), 5.0)
    metrics.tried(JobKind.REPLY, PlaneUnavailable(), None)

    assert value("retries_total", kind="reply", cause="PlaneUnavailable") == 1
    assert value("give_ups_total", kind="reply") == 1
    assert value("give_ups_total", kind="share") == 0


def test_what_alerts_look_at_is_there_from_the_beginning(value):
    for name, labels in (
        ("attachments_total", {"outcome": "GivenUp"}),
        ("give_ups_total", {"kind": "comment"}),
        ("plane_calls_total", {"status": "5xx"}),
        ("plane_key_refusals_total", {}),
        ("refused_requests_total", {"reason": "unsigned"}),
        ("acknowledgement_seconds_count", {}),
    ):
        assert value(name, **labels) == 0


class Ledger:
    """One that can be read or not."""

    backlog = None

    def look(self):
        return Findings(is_writable=False, backlog=self.backlog)


def test_a_ledger_that_tells_nothing_keeps_nothing_else_from_being_told(metrics, value):
    metrics.look_at_ledger(Ledger())

    told = metrics.scrape()

    assert "loadmaster_database_writable 0.0\n" in told
    assert "loadmaster_shares_total" in told
    assert "loadmaster_waiting{" not in told
    assert value("waiting", kind="share") is None


def test_labels_have_words_of_ours_only(metrics):
    metrics.answered("message", 200, 0.1)
    metrics.attachment_ended(ATTACHED)
    metrics.removal_ended(UNDONE)
    metrics.share_ended("done")
    metrics.relay_ended(1.0, is_stored=False)
    metrics.tried(JobKind.SHARE, PlaneUnavailable(), 1.0)
    used = {
        name
        for family in metrics.registry.collect()
        for sample in family.samples
        for name in sample.labels
    }

    assert used == LABELS


def test_times_at_which_counters_began_are_left_out(metrics):
    assert "_created" not in metrics.scrape()


def test_two_processes_in_one_share_nothing():
    one, other = Metrics(), Metrics()

    one.plane_key_refused()

    assert "loadmaster_plane_key_refusals_total 1.0" in one.scrape()
    assert "loadmaster_plane_key_refusals_total 0.0" in other.scrape()
