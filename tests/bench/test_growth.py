"""What a share costs while the ledger grows from nothing to a hundred thousand."""

import contextlib
import sqlite3

import pytest

from tests.bench.test_idle import processor_seconds

SIZES = (1, 1_000, 100_000)
SHARES = 40

#: As many finished shares of many people in many channels, each with its file.
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number)
INSERT INTO shares (team_id, channel_id, trigger, version, message_ts, thread_ts,
  user_id, is_private, is_external, received_at, state, attempts, due_at, reply_state,
  reply_ts, reply_attempts)
SELECT 'T1', 'C' || (i % 300), 'message:' || i, '', i || '.000001', i || '.000001',
  'U' || (i % 500), 0, 0, strftime('%s') - i, 'planned', 0, 0, 'posted', i || '.2', 0
FROM n;
INSERT INTO share_references (share_id, reference, position, state, project_id,
  work_item_id, item_key)
SELECT id, 'WEB-1', 0, 'found', 'p', 'w' || (id % 1000), 'WEB-1' FROM shares;
INSERT INTO share_files (share_id, file_id, position, file)
SELECT id, 'F' || id, 0, '{"file_id": "F' || id || '"}' FROM shares;
INSERT INTO attachments (id, team_id, file_id, work_item_id, project_id, item_key,
  state, asset_id, relayed, attempts, due_at)
SELECT id, 'T1', 'F' || id, 'w' || (id % 1000), 'p', 'WEB-1', 'done', 'a', 0, 0, 0
FROM shares;
INSERT INTO share_attachments (share_id, attachment_id, outcome, facts)
SELECT id, id, 'Attached', '{}' FROM shares;
INSERT INTO comments (team_id, place, channel_id, message_ts, project_id, work_item_id,
  item_key, state, comment_id, revision, attempts)
SELECT 'T1', 'message:' || channel_id || ':' || message_ts, channel_id, message_ts, 'p',
  'w' || (id % 1000), 'WEB-1', 'posted', 'c', 1, 0 FROM shares;
"""


def fill(path, number):
    with contextlib.closing(sqlite3.connect(path)) as ledger, ledger:
        first, *others = FILL.split(";\n")
        ledger.execute(first, {"number": number})
        for statement in others:
            ledger.execute(statement)


def cost(world):
    """Return the processor seconds of the bot for each of some shares."""
    slack = world.slack
    world.reply(slack.share([slack.add_file()], text="WEB-1"))
    world.settle()
    before = processor_seconds(world.bot.process.pid)
    for _ in range(SHARES):
        slack.share([slack.add_file()], text="WEB-1")
    slack.wait_idle(60)
    world.settle()
    used = processor_seconds(world.bot.process.pid) - before
    world.bot.kill()
    return used / SHARES


@pytest.mark.timeout(900)
def test_a_share_costs_the_same_however_many_there_were(stopped, tell):
    empty = stopped.database.read_bytes()
    costs = {}
    for size in SIZES:
        for path in stopped.folder.glob("loadmaster.db*"):
            path.unlink()
        stopped.database.write_bytes(empty)
        fill(stopped.database, size)
        costs[size] = []
        for _ in range(3):
            stopped.start_bot()
            costs[size].append(cost(stopped))

    least = {size: min(each) for size, each in costs.items()}
    for size in SIZES:
        tell(
            f"CPU for a share after {size:,} others",
            "constant",
            f"{least[size] * 1000:.1f} ms",
        )
    assert least[SIZES[-1]] <= 1.2 * least[SIZES[0]]
