"""Checks are bounded in time, skipped with a reason, and never end in a traceback."""

import threading
import time

import pytest

from bot.entrypoints.doctor.chart import Chart, Options
from bot.entrypoints.doctor.examination import Examination, Step, TimeUp, within
from bot.entrypoints.doctor.findings import Check, fault, ok, warning
from bot.sandbox.wire import Fault
from tests.work.values import Clock


@pytest.fixture
def run():
    """How to run steps; what is found, as check, mark and text."""

    def run_(*steps, clock=time.monotonic, **options):
        chart = Chart(dict, Options(**options))
        found = Examination(chart, clock=clock).run(steps)
        return [(each.check.value, each.mark.value, each.text) for each in found]

    return run_


def step(check, *findings, needs=(), **options):
    return Step(check, lambda chart: findings, needs=needs, **options)


TOKEN = ok(Check.SLACK_TOKEN, "fine")


def test_what_needs_a_fault_is_skipped_and_names_the_first_cause(run):
    found = run(
        step(Check.SLACK_TOKEN, fault(Check.SLACK_TOKEN, "no", "mend")),
        step(Check.SLACK_SCOPES, needs=(Check.SLACK_TOKEN,)),
        step(Check.CLOCK, needs=(Check.SLACK_SCOPES,)),
    )

    reason = "Skipped because slack-token did not go well."
    assert found[1:] == [
        ("slack-scopes", "skipped", reason),
        ("clock", "skipped", reason),
    ]


def test_a_warning_keeps_nothing_from_being_looked_at(run):
    found = run(
        step(Check.SLACK_TOKEN, warning(Check.SLACK_TOKEN, "hm", "mend")),
        step(Check.CLOCK, ok(Check.CLOCK, "fine"), needs=(Check.SLACK_TOKEN,)),
    )

    assert [mark for _, mark, _ in found] == ["warning", "ok"]


def test_a_fault_of_the_doctors_own_is_a_finding_and_the_rest_goes_on(run):
    def stumble(chart):
        raise ZeroDivisionError("with a secret in it")

    found = run(
        Step(Check.SLACK_TOKEN, stumble, needs=()),
        step(Check.CLOCK, ok(Check.CLOCK, "fine")),
    )

    assert found == [
        (
            "slack-token",
            "fault",
            "Something went wrong in the doctor itself: ZeroDivisionError.",
        ),
        ("clock", "ok", "fine"),
    ]


def test_a_check_that_hangs_costs_its_time_alone(run):
    is_over = threading.Event()

    def hang(chart):
        is_over.wait(60)
        return []

    started = time.monotonic()
    found = run(
        Step(Check.SLACK_TOKEN, hang, needs=(), on_time_up="look there"),
        step(Check.SLACK_SOCKET, hears=(Check.SLACK_TOKEN,)),
        step(Check.CLOCK, ok(Check.CLOCK, "fine")),
        check_seconds=1.0,
    )
    is_over.set()

    assert time.monotonic() - started < 10
    assert found == [
        ("slack-token", "fault", "There was no answer within 1 seconds."),
        ("slack-socket", "skipped", "Skipped because slack-token did not go well."),
        ("clock", "ok", "fine"),
    ]


def test_when_all_time_is_up_the_rest_is_skipped(run):
    clock = Clock()

    def dawdle(chart):
        clock.now += 31
        return [TOKEN]

    found = run(
        Step(Check.SLACK_TOKEN, dawdle, needs=()),
        step(Check.CLOCK, ok(Check.CLOCK, "fine")),
        clock=clock,
    )

    assert found[1] == (
        "clock",
        "skipped",
        "Skipped because the time of the whole examination is up.",
    )


def test_what_is_not_done_in_time_is_not_waited_for():
    is_over = threading.Event()

    with pytest.raises(TimeUp):
        within(0.01, lambda: is_over.wait(60))
    is_over.set()


def test_what_is_raised_on_the_way_is_raised_here():
    with pytest.raises(KeyError):
        within(5, lambda: {}["nothing"])


@pytest.mark.parametrize(
    ("side", "operation", "check"),
    [
        ("slack", "slack.auth.test", "slack-token"),
        ("slack", "slack.apps.connections.open", "slack-socket"),
        ("plane", "plane.me", "plane-key"),
        ("plane", "plane.projects", "plane-workspace"),
        ("plane", "plane.instances", "plane-size"),
    ],
)
def test_a_host_that_hangs_costs_one_check_its_time(
    installation, hanging, side, operation, check
):
    installation.use_socket_mode()
    getattr(installation, side).fail(Fault(operation, hanging, times=9))

    found = installation.examine(check_seconds=1.0)

    hung = [each for each in found if "no answer within" in each.text]
    assert [each.check.value for each in hung] == [check]
    assert hung[0].next_step.startswith("Check ")


def test_a_host_that_takes_no_connection_in_time_is_told(installation, hanging):
    installation.plane.fail(Fault("plane.me", hanging))

    mark, text, step_ = installation.find("plane-key", check_seconds=1.0)

    assert (mark, text) == ("fault", "There was no answer within 1 seconds.")
    assert step_.startswith("Check PLANE_API_URL")
