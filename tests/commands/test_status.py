"""`loadmaster status` tells what is not done, and changes nothing."""

import contextlib
import io
import json
import os
import re
import sqlite3

import pytest

from bot.domain.outcomes import (
    ATTACHED,
    CONSENT_AWAITED,
    CONSENT_REFUSED,
    UNDONE,
    Outcome,
)
from bot.errors import (
    FileEmpty,
    FileTooLarge,
    NoFilesFound,
    PlaneUnavailable,
    PlaneWorkspaceRefused,
    WorkItemNotFound,
)
from bot.work.bell import Bell, place_bell
from bot.work.ledger.parts import Resolution
from tests.migrated import put_database
from tests.work.values import found, make_file, make_share

HOSTILE = "\x1b[31m`rm`\n<@U1>\u202egnp.exe\x07"


def plan(ledger, *files, keys=("WEB-1",), **fields):
    """Put a share into the ledger; return its id and its attachments'."""
    share = make_share(*files, keys=keys, **fields)
    share_id = ledger.shares.add(share)
    return share_id, ledger.shares.plan(share_id, [found(key) for key in keys])


def decide(ledger, outcome, *, name="a.pdf", ts="1700000000.000100"):
    """Have a share of one file come to *outcome*; return its id."""
    file = make_file(f"F{ts[-6:]}", name=name)
    share_id, (attachment_id,) = plan(ledger, file, ts=ts)
    asset = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02" if outcome.is_success else None
    ledger.attachments.decide(attachment_id, outcome, asset_id=asset)
    return share_id


def show(run, url):
    """Return the entries as JSON, and the text."""
    text = run("status", DATABASE_URL=url)
    told = run("status", "--json")
    assert (text.status, text.err, told.status, told.err) == (0, "", 0, "")
    return json.loads(told.out), text.out


def test_of_a_ledger_with_nothing_to_do_it_tells_so(run, ledger, url):
    decide(ledger, ATTACHED)

    told, text = show(run, url)

    assert told["counts"] == {"waiting": 0, "running": 0, "failed": 0}
    assert told["entries"] == []
    assert text == (
        "No bot is running on this ledger: nothing goes on until one starts.\n"
        "Failed: 0\nWaiting: 0\nRunning: 0\n"
    )


def test_what_failed_is_told_with_its_reason_and_the_number_to_retry(run, ledger, url):
    share_id = decide(ledger, Outcome.of(PlaneWorkspaceRefused("acme")))

    told, text = show(run, url)

    (entry,) = told["entries"]
    assert told["counts"]["failed"] == 1
    assert entry["id"] == share_id
    assert entry["item"] == "WEB-1"
    assert entry["subject"] == "a.pdf"
    assert entry["reason"] == "PlaneWorkspaceRefused"
    assert entry["can_retry"] is True
    assert entry["age_seconds"] < 60
    line = next(line for line in text.splitlines() if "WEB-1" in line)
    assert re.match(rf" +{share_id} +\d+ s +WEB-1 +Plane does not let me into", line)
    assert "about a.pdf. An administrator has to check PLANE_WORKSPACE" in line
    assert text.endswith("loadmaster retry ID\n")


def test_what_trying_again_cannot_change_is_no_number_to_retry(run, ledger, url):
    decide(ledger, Outcome.of(FileEmpty()))

    told, text = show(run, url)

    assert [entry["can_retry"] for entry in told["entries"]] == [False]
    assert "a.pdf is empty" in text
    assert "loadmaster retry" not in text


@pytest.mark.parametrize(
    "outcome",
    [ATTACHED, UNDONE, Outcome("Moved", {"item": "WEB-2"}), CONSENT_REFUSED],
)
def test_what_went_as_somebody_wanted_did_not_fail(run, ledger, url, outcome):
    decide(ledger, outcome)

    assert show(run, url)[0]["entries"] == []


def test_what_failed_for_one_and_is_there_by_another_did_not_fail(run, ledger, url):
    _, (attachment_id,) = plan(ledger, "F1")
    ledger.attachments.decide(attachment_id, Outcome.of(PlaneUnavailable()))
    plan(ledger, "F1", ts="1700000001.000100")
    asset = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02"
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=asset)

    assert show(run, url)[0]["entries"] == []


def test_what_waits_is_told_with_what_for_and_until_when(run, ledger, url):
    share_id, (first, _) = plan(ledger, "F1", "F2")
    ledger.attachments.postpone(first, PlaneUnavailable(), until=4_000_000_000.0)

    told, text = show(run, url)

    one, two = sorted(told["entries"], key=lambda each: each["subject"])
    assert told["counts"] == {"waiting": 2, "running": 0, "failed": 0}
    assert [one["id"], two["id"]] == [share_id] * 2
    assert one["next_try"] == "2096-10-02T07:06:40+00:00"
    assert re.search(
        r"Plane does not answer me about F1\.pdf\. Next try in \d+ d", text
    )
    assert "F2.pdf waits for its turn." in text
    assert two["next_try"] is None


def test_what_runs_is_told_with_how_far_it_is(run, ledger, url):
    _, (attachment_id,) = plan(ledger, make_file("F1", size=4096))
    ledger.attachments.open(attachment_id, "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02")
    ledger.attachments.advance(attachment_id, 1024)

    told, text = show(run, url)

    assert told["counts"] == {"waiting": 0, "running": 1, "failed": 0}
    assert (told["entries"][0]["bytes_relayed"], told["entries"][0]["bytes"]) == (
        1024,
        4096,
    )
    assert "F1.pdf: 1 KB of 4 KB." in text


def test_requests_that_are_looked_up_wait_and_those_refused_failed(run, ledger, url):
    waiting = ledger.shares.add(make_share("F1"))
    ledger.shares.postpone(waiting, PlaneUnavailable(), until=0.0, told={})
    refused = ledger.shares.add(make_share("F2", ts="1700000001.000100"))
    problem = Outcome.of(WorkItemNotFound("WEB-1"))
    (reference,) = make_share("F2").references
    ledger.shares.plan(refused, [Resolution(reference, "WEB-1", problem=problem)])
    told_privately = ledger.shares.add(make_share("F3", ts="1700000002.000100"))
    notice = Outcome.of(NoFilesFound())
    ledger.shares.tell(ledger.shares.get_new(told_privately), notice, is_private=True)
    helped = ledger.shares.add(make_share("F4", ts="1700000003.000100"))
    ledger.shares.tell(ledger.shares.get_new(helped), Outcome("Help"), is_private=True)

    told, text = show(run, url)

    stages = {entry["id"]: entry["stage"] for entry in told["entries"]}
    assert stages == {waiting: "waiting", refused: "failed", told_privately: "failed"}
    assert "Plane does not answer me about F1.pdf. Next try in 0 s." in text
    assert "Plane has no WEB-1, or it is archived" in text
    assert "I found no files there." in text


def test_what_nobody_has_consented_to_waits_for_its_sharer(run, ledger, url):
    share = make_share(make_file("F1", shared_by="UANNA"), is_private=True)
    share_id = ledger.shares.add(share)
    ledger.shares.plan(share_id, [found("WEB-1")], needs_consent=True)

    told, text = show(run, url)

    assert [entry["reason"] for entry in told["entries"]] == [CONSENT_AWAITED.code]
    assert told["counts"]["waiting"] == 1
    assert "I am asking @UANNA whether F1.pdf may go to Plane" in text


def test_replies_and_comments_that_are_not_taken_wait(run, ledger, url):
    share_id, (attachment_id,) = plan(ledger, "F1")
    asset = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02"
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=asset)
    ledger.replies.postpone(share_id, until=4_000_000_000.0)
    ((comment_id, _, _),) = ledger.comments.unfinished()
    ledger.comments.postpone(comment_id, PlaneUnavailable(), until=4_000_000_000.0)

    told, text = show(run, url)

    assert told["counts"]["waiting"] == 2
    assert "the reply in C1 waits for its turn." in text
    assert "Plane does not answer me about the comment on WEB-1." in text


def test_the_newest_are_listed_and_the_others_counted(run, ledger, url):
    ids = [
        decide(ledger, Outcome.of(FileTooLarge(9, 5)), ts=f"1700000000.00010{number}")
        for number in range(5)
    ]

    told = json.loads(run("status", "--json", "--most", 2, DATABASE_URL=url).out)
    text = run("status", "--most", 2).out

    assert told["counts"]["failed"] == 5
    assert [entry["id"] for entry in told["entries"]] == ids[:-3:-1]
    assert "  and 3 older\n" in text


def test_hostile_names_do_nothing_to_a_terminal(run, ledger, url):
    decide(ledger, Outcome("StorageRefused", {"host": HOSTILE, "reason": HOSTILE}))
    decide(ledger, Outcome(HOSTILE), name=HOSTILE, ts="1700000000.000101")
    hostile = make_share(make_file("F9", name=HOSTILE), ts="1700000000.000102")
    ledger.shares.add(hostile)

    told, text = show(run, url)

    assert told["counts"] == {"waiting": 1, "running": 0, "failed": 2}
    assert len(text.splitlines()) == 8
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    raw = run("status", "--json").out
    assert [c for c in raw if not " " <= c <= "~" and c != "\n"] == []


def test_a_running_bot_is_told_of_and_not_disturbed(run, ledger, url):
    looks = []
    bell = Bell(place_bell(url), lambda: looks.append(1))
    bell.hang()
    bell.start()

    told, text = show(run, url)

    bell.stop()
    assert told["bot_is_running"] is True
    assert text.startswith("A bot is running on this ledger.\n")
    assert looks == []


def test_it_reads_while_the_bot_writes_and_leaves_the_ledger_as_it_is(
    run, ledger, url, tmp_path
):
    decide(ledger, Outcome.of(FileEmpty()))
    path = tmp_path / "loadmaster.db"
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    with sqlite3.connect(path, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE shares SET user_id = 'U2'")

        told, _ = show(run, url)

        writer.execute("ROLLBACK")
    assert told["counts"]["failed"] == 1
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


@pytest.mark.parametrize("command", [("status",), ("retry", "1")])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "There is no ledger at "),
        (b"", " is no ledger of Loadmaster's."),
        (b"SQLite format 3\x00" + bytes(100), " is no ledger of Loadmaster's."),
    ],
)
def test_where_there_is_no_ledger_it_says_so_and_makes_none(
    run, tmp_path, url, command, content, complaint
):
    path = tmp_path / "loadmaster.db"
    if content is not None:
        path.write_bytes(content)
    before = sorted(tmp_path.iterdir())

    ran = run(*command, DATABASE_URL=url)

    assert (ran.status, ran.out) == (2, "")
    assert complaint in ran.err
    assert len(ran.err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before
    assert content is None or path.read_bytes() == content


def test_a_fifo_is_no_ledger_and_is_not_waited_for(run, tmp_path, url):
    os.mkfifo(tmp_path / "loadmaster.db")

    ran = run("status", DATABASE_URL=url)

    assert (ran.status, "is no ledger of Loadmaster's." in ran.err) == (2, True)


def test_a_database_of_another_program_or_version_is_told_and_left_alone(
    run, tmp_path, url
):
    with sqlite3.connect(tmp_path / "loadmaster.db") as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE songs (name TEXT)")
    db.close()
    assert "is no ledger" in run("status", DATABASE_URL=url).err
    with sqlite3.connect(tmp_path / "loadmaster.db") as db:
        db.execute("CREATE TABLE alembic_version (version_num TEXT)")
        db.execute("INSERT INTO alembic_version VALUES ('0001')")
    db.close()

    ran = run("status")

    assert ran.status == 2
    assert "Another version of Loadmaster made the ledger." in ran.err


def test_a_malformed_address_is_told(run):
    ran = run("status", DATABASE_URL="loadmaster.db")

    assert (ran.status, ran.out) == (2, "")
    assert "DATABASE_URL must name a file" in ran.err


def test_a_locale_without_the_letters_gets_escapes(run, ledger, url):
    decide(ledger, Outcome.of(FileEmpty()), name="план.pdf")
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    with contextlib.redirect_stdout(out):
        run("status", DATABASE_URL=url)

    assert b"\\u043f\\u043b\\u0430\\u043d.pdf is empty" in out.buffer.getvalue()


def test_a_ledger_that_does_not_tell_is_told_with_where_to_look(run, url, tmp_path):
    put_database(tmp_path / "loadmaster.db")
    content = (tmp_path / "loadmaster.db").read_bytes()
    damaged = content[:100] + b"\xff" * (len(content) - 100)
    (tmp_path / "loadmaster.db").write_bytes(damaged)

    in_file = run("status", DATABASE_URL=url)
    in_postgres = run("status", DATABASE_URL="postgresql://u@127.0.0.1:1/none")

    assert (in_file.status, in_postgres.status) == (2, 2)
    assert "malformed. Try again, or see whether its disk is full" in in_file.err
    assert "see whether PostgreSQL runs and can be reached" in in_postgres.err
    assert "disk" not in in_postgres.err
