"""People are shown their Homes, at once and again when there is more to show."""

import re
import threading
import time

import pytest

from bot.clients.slack_clients import build_reader, build_writer
from bot.clients.slack_directory import SlackDirectory
from bot.clients.slack_views import SlackViews
from bot.domain.outcomes import ATTACHED, UNDONE
from bot.domain.visits import Visitor
from bot.sandbox.wire import Fault, answer
from bot.work.home import Homes
from bot.work.ledger.history import HistoryLedger
from bot.work.plane_connection import PlaneConnection
from tests.work.bench import LINKS
from tests.work.values import item_id

SOON = 10.0


class Gate:
    is_open = True


@pytest.fixture
def homes(bench, ledger, clock):
    known = {"token": bench.slack.bot_token, "api_url": bench.slack.api_url}
    homes = Homes(
        HistoryLedger(ledger.database),
        PlaneConnection(bench.directory, Gate(), clock=clock),
        SlackViews(build_writer(**known)),
        SlackDirectory(build_reader(**known)),
        links=LINKS,
        how_to="how to",
    )
    homes.start()
    yield homes
    homes.stop()


@pytest.fixture
def anna(bench):
    return Visitor(bench.slack.state.team_id, "UANNA")


@pytest.fixture
def ben(bench):
    return Visitor(bench.slack.state.team_id, "UBEN")


def texts(bench, user):
    home = bench.slack.home(user)
    sections = [each for each in home.blocks if each["type"] == "section"]
    return [each["text"]["text"] for each in sections]


def wait_for(bench, text, user="UANNA"):
    """Wait until a person's Home says *text*."""
    wait(lambda: bench.slack.home(user) and text in "".join(texts(bench, user)))


def wait(is_so):
    deadline = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def published(bench):
    return len(bench.slack.calls("views.publish"))


def test_what_is_known_is_shown_in_one_go(bench, homes, anna):
    bench.directory.list_projects()

    homes.show(anna)

    wait_for(bench, "Connected to Plane")
    assert published(bench) == 1
    assert bench.slack.calls("auth.test") == []


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (lambda request: None, "Connected to Plane"),
        (answer(503, b"<html>"), "Plane does not answer"),
    ],
)
def test_all_who_wait_for_plane_are_shown_its_one_answer(
    bench, homes, anna, ben, clock, action, told
):
    asked, go = threading.Event(), threading.Event()

    def hold(request):
        asked.set()
        assert go.wait(SOON)
        return action(request)

    bench.plane.fail(Fault("plane.projects", hold, times=9))

    homes.show(anna)
    assert asked.wait(SOON)
    homes.show(ben)
    wait_for(bench, "Checking")
    wait_for(bench, "Checking", "UBEN")
    go.set()

    wait_for(bench, told)
    wait_for(bench, told, "UBEN")
    assert published(bench) == 4
    clock.now += 31
    homes.show(anna)
    wait(lambda: published(bench) == 6)
    assert len(bench.plane.exchanges("plane.projects")) == 2


def test_a_home_is_shown_anew_when_what_was_under_way_is_done(
    bench, homes, anna, ledger
):
    bench.directory.list_projects()
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)
    homes.show(anna)
    wait_for(bench, "is on its way")

    homes.refresh(share_id)
    homes.refresh(12345)
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
    homes.refresh(share_id)

    wait_for(bench, "is attached.")
    assert published(bench) == 2
    ledger.presses.undo(bench.press(share_id))
    ledger.attachments.remove(attachment_id, UNDONE)
    homes.refresh(share_id)
    wait_for(bench, "was removed again.")


def test_what_is_done_while_the_page_goes_out_is_shown(bench, homes, anna, ledger):
    bench.directory.list_projects()
    _, share_id = bench.share(bench.slack.add_file())
    (attachment_id,) = bench.plan(share_id)

    def finish(request):
        ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
        homes.refresh(share_id)

    bench.slack.fail(Fault("slack.views.publish", finish))

    homes.show(anna)

    wait_for(bench, "is attached.")
    assert published(bench) == 2


def test_a_page_that_slack_refuses_is_a_line_in_the_log(bench, homes, anna, caplog):
    bench.directory.list_projects()
    refusal = answer(200, b'{"ok": false, "error": "not_enabled"}')
    bench.slack.fail(Fault("slack.views.publish", refusal))

    homes.show(anna)
    wait(lambda: "user=UANNA is shown no home" in caplog.text)
    homes.show(anna)

    wait_for(bench, "Connected to Plane")
    assert "SlackRejected(error='not_enabled')" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_ledger_that_cannot_be_read_is_told_in_the_log(bench, homes, anna, caplog):
    with bench.ledger.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE shares RENAME TO away")

    homes.show(anna)
    told = "shown no home: .*(no such table|does not exist)"
    wait(lambda: re.search(told, caplog.text))
    assert "Traceback" not in caplog.text
    with bench.ledger.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO shares")
    homes.show(anna)

    wait_for(bench, "Connected to Plane")


def test_a_page_that_slack_cannot_take_now_comes_soon_after(bench, homes, anna):
    throttled = answer(429, b'{"ok":false}', {"Retry-After": "0.1"})
    bench.slack.fail(Fault("slack.views.publish", throttled))

    homes.show(anna)

    wait_for(bench, "how to")


def test_where_links_cannot_be_had_the_page_comes_without_them(bench, homes, anna):
    _, share_id = bench.share(bench.slack.add_file())
    bench.plan(share_id)
    away = answer(503, b"")
    bench.slack.fail(Fault("slack.auth.test", away, times=1_000))

    homes.show(anna)

    wait_for(bench, "how to")
