"""`loadmaster retry` has what failed tried again, and a running bot begins at once."""

import pytest

from bot.domain.outcomes import ATTACHED, Outcome
from bot.errors import NoRecentFiles, PlaneKeyRefused, PlaneUnavailable
from bot.sandbox import wire
from bot.work.bell import place_bell
from tests.work.values import found, make_share

ASSET = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02"


@pytest.fixture
def failed(ledger):
    """The number of a request whose one file failed."""
    share_id = ledger.shares.add(make_share("F1"))
    (attachment_id,) = ledger.shares.plan(share_id, [found("WEB-1")])
    problem = Outcome.of(PlaneKeyRefused())
    ledger.attachments.decide(attachment_id, problem)
    return share_id


def test_what_failed_is_looked_up_again(run, ledger, failed, url):
    ran = run("retry", failed, DATABASE_URL=url)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        f"Request {failed} is tried again.\n"
        "No bot is running on this ledger: it goes on when one starts.\n"
    )
    assert [row[0] for row in ledger.shares.unfinished()] == [failed]
    assert len(ledger.shares.plan(failed, [found("WEB-1")])) == 1


def test_a_request_that_was_told_it_came_to_nothing_is_looked_up_again(
    run, ledger, url
):
    share_id = ledger.shares.add(make_share("F1"))
    ledger.shares.tell(
        ledger.shares.get_new(share_id), Outcome.of(NoRecentFiles()), is_private=True
    )

    assert run("retry", share_id, DATABASE_URL=url).status == 0
    assert [row[0] for row in ledger.shares.unfinished()] == [share_id]


def test_a_second_time_it_is_at_work_already(run, failed, url):
    run("retry", failed, DATABASE_URL=url)

    ran = run("retry", failed)

    assert ran.status == 1
    assert ran.out == (
        f"Request {failed} is at work already; what waits goes on by itself.\n"
    )


def test_what_did_not_fail_and_what_is_not_there_is_told(run, ledger, failed, url):
    share_id = ledger.shares.add(make_share("F2", ts="1700000001.000100"))
    (attachment_id,) = ledger.shares.plan(share_id, [found("WEB-1")])
    waiting = run("retry", share_id, DATABASE_URL=url)
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)

    ran = run("retry", share_id, failed, 99)

    assert "at work already" in waiting.out
    assert ran.status == 1
    assert ran.out.splitlines()[:3] == [
        f"Request {share_id} has nothing that failed.",
        f"Request {failed} is tried again.",
        "Request 99 is not in the ledger: loadmaster status shows the numbers.",
    ]


def test_a_failure_beside_what_still_waits_is_tried_again(run, ledger, url):
    share_id = ledger.shares.add(make_share("F1", "F2"))
    first, second = ledger.shares.plan(share_id, [found("WEB-1")])
    ledger.attachments.decide(first, Outcome.of(PlaneKeyRefused()))
    ledger.attachments.postpone(second, PlaneUnavailable(), until=4e9)

    assert run("retry", share_id, DATABASE_URL=url).status == 0


def test_no_retry_gets_around_a_consent(run, ledger, url):
    share_id = ledger.shares.add(make_share("F1", is_private=True))
    ledger.shares.plan(share_id, [found("WEB-1")], needs_consent=True)

    assert run("retry", share_id, DATABASE_URL=url).status == 0

    assert ledger.shares.plan(share_id, [found("WEB-1")], needs_consent=True) == []


@pytest.mark.parametrize("number", ["x", "-", "1.5", "9" * 19, "\x1b[31m", "١"])
def test_what_is_no_number_is_told_before_anything_is_done(
    run, ledger, failed, url, number
):
    ran = run("retry", failed, number, DATABASE_URL=url)

    assert (ran.status, ran.out) == (2, "")
    assert "is no number: loadmaster status shows them" in ran.err
    assert "\x1b" not in ran.err
    assert ledger.shares.unfinished() == []


def test_a_running_bot_tries_again_at_once_what_status_showed(world, run, tmp_path):
    def refuse(request):
        return wire.Response(401, {}, b"{}")

    fault = wire.Fault("plane.create_attachment", refuse)
    world.plane.fail(fault)
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    assert "Plane refuses my API key" in world.reply(message)
    world.settle()
    url = f"sqlite:///{world.database}"
    shown = run("status", DATABASE_URL=url).out
    assert "A bot is running" in shown
    number = next(line.split()[0] for line in shown.splitlines() if "WEB-1" in line)

    ran = run("retry", number)

    assert ran.out.endswith("The bot is at it now.\n")
    world.wait_for(message, "is attached.")
    assert world.attached("WEB-1") == [(file.name, file.sha256)]
    assert len(world.replies(message)) == 1
    world.bot.stop()
    assert not place_bell(url).exists()


def test_without_a_bot_the_next_one_tries_it_again(stopped, run):
    world = stopped
    bot = world.start_bot()
    world.plane.fail(
        wire.Fault("plane.create_attachment", lambda _: wire.Response(401, {}, b"{}"))
    )
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    world.reply(message)
    world.settle()
    bot.kill()  # it leaves its bell behind

    ran = run("retry", 1, DATABASE_URL=f"sqlite:///{world.database}")

    assert "it goes on when one starts" in ran.out
    world.start_bot()
    world.wait_for(message, "is attached.")
