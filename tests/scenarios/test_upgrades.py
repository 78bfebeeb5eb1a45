"""A ledger that an earlier version kept: the bot of today goes on with it.

Each sample is what the bot of a release had in its file when it was killed: a share
that was done, one of which a part failed, one that named nothing, and one whose file
waited for Plane. Its name is the last migration that the release had.
"""

import contextlib
import re
import sqlite3
import time
from pathlib import Path

import pytest

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.sql"))
#: Of the share that waited.
FILE_ID = "F00000014"
SHARE = re.compile(r"'message:CGENERAL:([0-9.]+)'")
ATTACHMENT = re.compile(rf"VALUES\(4,'T1','{FILE_ID}','([0-9a-f-]+)','([0-9a-f-]+)'")


def put(sample, world, message, file):
    """Put what the *sample* has at its place, as if it had waited for *message*."""
    text = sample.read_text(encoding="utf-8")
    item, project = ATTACHMENT.search(text).groups()
    row = world.plane.state.work_item("OPS-1")
    for old, new in {
        FILE_ID: file.id,
        SHARE.findall(text)[-1]: message.ts,
        item: row.id,
        project: row.project_id,
        "http://slack.test/": f"{world.slack.origin}/",
    }.items():
        text = text.replace(old, new)
    world.database.unlink()
    with contextlib.closing(sqlite3.connect(world.database)) as db:
        db.executescript(text)
        _bring_to_now(db)


def _bring_to_now(db):
    """Have it all been just now: what waits for a day is given up."""
    (latest,) = db.execute("SELECT max(received_at) FROM shares").fetchone()
    tables = [
        name
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    for table in tables:
        for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
            if kind.upper().startswith(("DOUBLE", "FLOAT")):
                later = f"{column} = {column} + {time.time() - latest}"
                db.execute(f"UPDATE {table} SET {later}")
    db.commit()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_ledger_of_an_earlier_release_is_gone_on_with(stopped, sample):
    world = stopped
    file = world.slack.add_file(name="waits.pdf", content=b"waits")
    message = world.slack.share([file], text="OPS-1")
    put(sample, world, message, file)

    world.start_bot()
    answer = world.wait_for(message, "is attached.").text

    assert "`waits.pdf` is attached." in answer
    assert world.attached("OPS-1") == [("waits.pdf", file.content.sha256)]
    assert len(world.slack.replies_by_bot(message.channel_id, message.ts)) == 1
    new = world.slack.share([world.slack.add_file(name="new.pdf")], text="WEB-1")
    assert "`new.pdf` is attached." in world.reply(new)


def test_there_is_a_sample_of_every_release():
    assert [path.stem for path in SAMPLES] == ["0001", "0006", "0007", "0008"]
