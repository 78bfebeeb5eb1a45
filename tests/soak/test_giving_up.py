"""Plane is away for longer than 24 hours: it is given up, told, and Retry does it.

A real bot cannot be made to see a day pass. It is stopped, and its ledger's times are
put back by a day and an hour: as if that long had passed until its next start.
"""

import contextlib
import sqlite3

import pytest

from bot.sandbox.wire import Fault, answer
from tests.faults.line import Line
from tests.world import open_world

DAY_AND_HOUR = 25 * 60 * 60
AWAY = answer(503, b"<html>Service Unavailable</html>")


def let_a_day_pass(world):
    """Stop the bot, and put all the times in its ledger back.

    Each column of the type DOUBLE is one (bot/work/ledger/schema.py).
    """
    world.bot.kill()
    with contextlib.closing(sqlite3.connect(world.database)) as ledger, ledger:
        columns = ledger.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND c.type = 'DOUBLE'"
        ).fetchall()
        assert ("attachments", "waiting_since") in columns
        for table, column in columns:
            ledger.execute(
                f"UPDATE {table} SET {column} = {column} - ?", (DAY_AND_HOUR,)
            )


def wait_for_word(world, message, word):
    return world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: word in reply.text, timeout=30
    )


def give_up(world, message):
    """Wait until it waits, let a day pass, and return the reply that gives up."""
    wait_for_word(world, message, "I keep trying")
    let_a_day_pass(world)
    world.start_bot()
    reply = wait_for_word(world, message, "I gave up on")
    world.settle()
    return reply


def retry(world, message, reply, file):
    """Press Retry, now that Plane is back, and look what is there."""
    assert "after 24 hours of trying" in reply.text
    assert "Plane does not answer me" in reply.text
    assert world.attached("WEB-1") == []

    world.slack.press(reply, "retry")

    assert "`design.pdf` is attached." in wait_for_word(world, message, "✅").text
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1


@pytest.mark.parametrize(
    "operation",
    ["plane.work_item", "plane.create_attachment", "plane.complete_attachment"],
)
def test_what_plane_lets_wait_for_a_day_is_given_up_and_done_by_retry(world, operation):
    world.reply(world.slack.share([world.slack.add_file()], text="OPS-1"))
    world.plane.fail(Fault(operation, AWAY, times=1_000_000))
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-1")
    reply = give_up(world, message)

    # What could be cleared away in a Plane that answers to all else, was.
    assert world.half_made("WEB-1") == []
    world.plane.mend()
    retry(world, message, reply, file)


def test_what_waits_for_a_plane_that_is_gone_is_given_up_and_done_by_retry(tmp_path):
    with open_world(tmp_path) as world, Line(world.plane.origin) as line:
        world.start_bot(PLANE_API_URL=line.url)
        world.reply(world.slack.share([world.slack.add_file()], text="WEB-2"))
        cut = Fault("storage.post", lambda request: line.cut(), phase="after")
        world.store.fail(cut)
        file = world.slack.add_file()

        message = world.slack.share([file], text="WEB-1")
        reply = give_up(world, message)

        # Of a Plane that is gone, nobody can take back what it has.
        assert "leaves the record" in world.bot.log
        line.mend()
        retry(world, message, reply, file)


def test_what_waits_for_a_plane_never_seen_waits_on_and_is_done_at_last(tmp_path):
    with open_world(tmp_path) as world, Line(world.plane.origin) as line:
        line.cut()
        world.start_bot(PLANE_API_URL=line.url)
        file = world.slack.add_file()
        message = world.slack.share([file], text="WEB-1 and UTF-8")
        world.wait(lambda: "waits for PlaneUnavailable()" in world.bot.log)

        let_a_day_pass(world)
        world.start_bot()
        world.wait(lambda: "waits for PlaneUnavailable()" in world.bot.log)
        assert world.replies(message) == []
        line.mend()
        let_a_day_pass(world)
        world.start_bot()

        assert "`design.pdf` is attached." in world.reply(message, timeout=30)
        assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
