"""Events: the ledger of the running Loadmaster is the witness."""

import os
import pty
import subprocess
import sys
import threading

import pytest

from bot.entrypoints.doctor.chart import Chart, Options
from bot.entrypoints.doctor.examination import Examination
from bot.entrypoints.doctor.steps import STEPS
from bot.sandbox.mrkdwn import from_plain
from bot.work.ledger.database import Database, sole_use
from bot.work.ledger.shares import ShareLedger
from tests.work.values import make_share


@pytest.fixture
def running(installation):
    """Another process has the database."""
    with sole_use(installation.settings["DATABASE_URL"]):
        yield


@pytest.fixture
def put_share(installation):
    """How to have something come from Slack."""

    def put(received_at=1_800_000_000.0):
        database = Database(installation.settings["DATABASE_URL"])
        ShareLedger(database, clock=lambda: received_at).add(make_share())
        database.close()

    return put


def test_without_a_running_loadmaster_nobody_hears(installation):
    assert installation.find("events", asks=True) == (
        "skipped",
        "Skipped because no Loadmaster runs on this database, and only a running one"
        " hears.",
        "Start `loadmaster run`, and this again beside it.",
    )
    assert installation.said == []


def test_where_nobody_is_asked_the_latest_request_is_told(installation, running):
    mark, text, step = installation.find("events")

    assert (mark, text) == (
        "skipped",
        "Skipped because nobody is there to be asked, and nothing came from Slack so"
        " far.",
    )
    assert step.startswith("To try it, run this at a terminal")


def test_the_latest_request_is_told_with_its_time(installation, running, put_share):
    put_share(received_at=1_800_000_000.0)

    assert installation.find("events")[:2] == (
        "ok",
        "The latest request from Slack came on 2027-01-15 at 08:00 UTC.",
    )


@pytest.mark.parametrize(
    ("by_socket", "hint"),
    [(False, "the Request URL Verified"), (True, "of the same app as SLACK_BOT_TOKEN")],
)
def test_a_message_that_does_not_arrive_is_a_fault(
    installation, running, put_share, by_socket, hint
):
    put_share(received_at=1_800_000_000.0)
    if by_socket:
        installation.use_socket_mode()

    mark, text, step = installation.find("events", asks=True, event_seconds=0.3)

    assert (mark, text) == ("fault", "Nothing arrived within 0 seconds.")
    assert hint in step
    (asked,) = installation.said
    assert asked.startswith("Now write the word help to Loadmaster")


def test_a_message_that_arrives_is_well(installation, running, put_share):
    def arrive(line):
        threading.Timer(0.2, put_share).start()

    chart = Chart(
        lambda: installation.settings, Options(asks=True, event_seconds=30), say=arrive
    )
    *_, events = Examination(chart).run(STEPS)

    assert (events.mark, events.text) == ("ok", "Your message arrived.")


def test_whoever_waits_may_leave_it_out(installation, running):
    def interrupt(line):
        raise KeyboardInterrupt

    chart = Chart(lambda: installation.settings, Options(asks=True), say=interrupt)
    *_, events = Examination(chart).run(STEPS)

    assert (events.mark, events.text) == ("skipped", "Skipped because you left it out.")


@pytest.mark.each_transport
def test_a_real_bot_hears_the_word(either_stopped):
    world = either_stopped
    world.start_bot()
    world.wait_for_socket()

    def write(line):
        world.slack.post(from_plain("help"), channel="DANNA")

    settings = world.environment() | {"PORT": str(world.bot.port)}
    chart = Chart(lambda: settings, Options(asks=True), say=write)
    found = {each.check.value: each for each in Examination(chart).run(STEPS)}

    assert found["running"].text.startswith(
        "A Loadmaster runs on this database, and is"
    )
    assert found["database"].mark == "ok"
    assert found["events"].text == "Your message arrived."


def test_at_a_terminal_somebody_is_asked(world):
    settings = world.environment() | {"PORT": str(world.bot.port)}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "doctor"],
        stdin=theirs,
        stdout=theirs,
        env=settings,
        cwd=world.folder,
    ) as doctor:
        os.close(theirs)
        shown = read_until(ours, "Now write the word help")
        world.slack.post(from_plain("help"), channel="DANNA")
        shown += read_until(ours, "events: Your message arrived.")
        doctor.wait(20)
        os.close(ours)

    assert "\r\nok       running: A Loadmaster runs on this database" in shown


def read_until(terminal, text):
    """Read from *terminal* until *text* was there; return all that was."""
    seen = ""
    while text not in seen:
        seen += os.read(terminal, 4096).decode()
    return seen
