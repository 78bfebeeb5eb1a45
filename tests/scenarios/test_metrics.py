"""What an operator sees: counts of what was done, and what is stuck."""

import re

import pytest

from bot.sandbox.wire import Fault, answer, cut


def read(world):
    """Return the metrics by name, labels and all."""
    status, text = world.bot.get("/metrics")
    assert status == 200
    found = re.findall(r"^loadmaster_(\S+) (\S+)$", text, re.M)
    return {name: float(value) for name, value in found}


@pytest.mark.each_transport
def test_what_was_done_is_counted(either):
    world = either
    good, empty = world.slack.add_file(), world.slack.add_file(content=b"")
    world.reply(world.slack.share([good, empty], text="WEB-1"))
    world.settle()

    told = read(world)

    assert told['shares_total{trigger="message"}'] == 1
    assert told['finished_shares_total{outcome="partly"}'] == 1
    assert told['attachments_total{outcome="Attached"}'] == 1
    assert told['attachments_total{outcome="FileEmpty"}'] == 1
    assert told["relay_bytes_total"] == good.size
    assert told['relay_seconds_count{outcome="stored"}'] == 1
    assert told['events_total{kind="message",status="2xx"}'] >= 1
    assert told["acknowledgement_seconds_count"] >= 1
    assert told['plane_calls_total{status="2xx"}'] >= 4
    assert told['waiting{kind="attachment"}'] == 0
    assert told["database_writable"] == 1
    assert told.get("socket_connected", 1) == 1
    assert ("socket_connected" in told) is world.socket_mode


def test_stuck_work_is_for_the_metrics_and_no_reason_to_restart_anything(world):
    world.plane.fail(Fault("plane.create_attachment", cut, times=10**6))
    world.slack.share([world.slack.add_file()], text="WEB-1")
    retries = 'retries_total{cause="PlaneUnavailable",kind="attachment"}'
    world.wait(lambda: read(world).get(retries, 0) >= 2)

    told = read(world)

    assert told['waiting{kind="attachment"}'] == 1
    assert told['oldest_seconds{kind="attachment"}'] > 0
    assert told['plane_calls_total{status="none"}'] >= 2
    assert world.bot.get("/healthz") == (200, "ok\n")
    assert world.bot.get("/readyz") == (200, "ready\n")


def test_a_key_that_plane_refuses_is_counted_and_no_reason_to_restart(stopped):
    stopped.start_bot(PLANE_API_KEY="plane_api_wrong")
    stopped.slack.share([stopped.slack.add_file()], text="WEB-1")

    stopped.wait(lambda: read(stopped)["plane_key_refusals_total"])

    assert read(stopped)['plane_calls_total{status="4xx"}'] >= 1
    assert stopped.bot.get("/healthz")[0] == stopped.bot.get("/readyz")[0] == 200


def test_calls_over_planes_limit_are_counted_and_nothing_is_left(world):
    wait = {"Retry-After": "30"}
    world.plane.fail(Fault("plane.create_attachment", answer(429, b"", wait)))
    world.slack.share([world.slack.add_file()], text="WEB-1")

    world.wait(lambda: read(world)['plane_calls_total{status="429"}'])

    told = read(world)
    assert told["plane_calls_limit"] == 100_000
    assert told["plane_calls_left"] == 0


def test_a_database_that_takes_nothing_is_seen_by_who_looks(world):
    with world.locked_database():
        world.wait(lambda: read(world)["database_writable"] == 0)
        status, text = world.bot.get("/readyz")

        assert (status, text) == (503, "the database cannot be written: "
                                  "database is locked\n")  # fmt: skip
        assert world.bot.get("/healthz") == (200, "ok\n")
        assert read(world)['waiting{kind="share"}'] == 0  # it can be read

    world.wait(lambda: read(world)["database_writable"] == 1)
    assert world.bot.get("/readyz") == (200, "ready\n")


def test_a_socket_that_slack_refuses_is_counted(socket_world):
    socket_world.slack.web_api.token_error = "internal_error"
    socket_world.start_bot()

    socket_world.wait(lambda: read(socket_world)["socket_failures_total"])
    assert read(socket_world)["socket_connected"] == 0

    socket_world.slack.web_api.token_error = None
    socket_world.wait(lambda: read(socket_world)["socket_connected"], timeout=30)
    assert read(socket_world)["socket_connections_total"] == 1
