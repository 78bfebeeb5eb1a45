"""The end of the soak: what was asked for against what is there, on every side."""

import contextlib
import sqlite3
from collections import Counter

from tests.soak.stories import FAILED, OPEN, is_question

MOST_ROUNDS = 4


def finish(soak):
    """Let everything come to rest, with Retry pressed on whatever failed."""
    world = soak.world
    world.slack.wait_idle(120)
    world.settle(timeout=400)
    for _ in range(MOST_ROUNDS):
        pressed = sum(_press_on(soak, story) for story in soak.stories)
        world.settle(timeout=400)
        if not pressed:
            return


def _press_on(soak, story):
    """Say yes to what is still asked and try again what failed; return how often."""
    pressed = 0
    slack = soak.world.slack
    for reply in _replies_in(slack, story):
        if FAILED in reply.text and "'retry'" in repr(reply.blocks):
            pressed += story.press(reply, "retry", user=story.asker)
    for question in slack.ephemerals(story.asker):
        if is_question(question) and not question.deleted:
            pressed += story.press(question, "consent")
    return pressed


def _replies_in(slack, story):
    for channel in (story.channel, slack.state.direct(story.asker).id):
        for message in slack.state.messages(channel):
            if message.bot_id:
                yield message


def faults(soak):
    """Yield a line for everything that is not as it has to be."""
    yield from _deliveries(soak)
    yield from _plane(soak)
    yield from _replies(soak)
    yield from _comments(soak)
    yield from _ledger(soak)


def _deliveries(soak):
    for each in soak.world.slack.deliveries:
        if not each.acknowledged:
            tries = [f"{e.at:.1f} +{e.seconds:.1f} {e.reason}" for e in each.attempts]
            yield f"never acknowledged: {each.event.get('type')} {tries}"


def _plane(soak):
    there = Counter(_attached(soak)) + Counter(_linked(soak))
    yield from _wrong_bytes(soak)
    wanted = {pair: want for s in soak.stories for pair, want in s.wanted.items()}
    for pair, number in there.items():
        if number > 1:
            yield f"{number} times: {pair}"
        if wanted.get(pair, False) is False:
            yield f"there, and nobody wants it: {pair}"
    for pair, want in wanted.items():
        if want and not there[pair]:
            yield f"missing: {pair}"


def _attached(soak):
    """Yield the file and the key of each attachment."""
    for row in soak.world.plane.state.attachments():
        yield row.external_id, soak.keys.get(row.work_item_id)


def _linked(soak):
    for link in soak.world.plane.state.links():
        yield link.url.rpartition("/")[2], soak.keys.get(link.work_item_id)


def _wrong_bytes(soak):
    files = {file.id: file for story in soak.stories for file in story.files}
    for row in soak.world.plane.state.attachments():
        file, stored = files.get(row.external_id), soak.world.plane.stored(row)
        if not row.is_uploaded:
            yield f"half-made: {row.name}"
        elif file is None or stored is None or stored.sha256 != file.sha256:
            yield f"not the bytes of the file: {row.name}"


def _replies(soak):
    slack = soak.world.slack
    said = [each for each in slack.state.everywhere() if each.bot_id and each.metadata]
    marks = Counter(each.metadata["event_payload"]["share"] for each in said)
    yield from (f"{n} replies for {mark}" for mark, n in marks.items() if n != 1)
    for message in said:
        if OPEN in message.text or FAILED in message.text:
            yield f"not done: {message.channel_id} {message.text!r}"
    for story in soak.stories:
        for (channel, root), (least, most) in story.replies.items():
            number = len(slack.replies_by_bot(channel, root))
            if not least <= number <= most:
                yield f"{number} replies, not {least} to {most}: {channel} {root}"
    posted = _select(soak, "SELECT trigger FROM shares WHERE reply_state = 'posted'")
    yield from (f"no reply for {each}" for each in posted if not marks[each])


def _comments(soak):
    rows = soak.world.plane.state.comments()
    for mark, number in Counter(row.external_id for row in rows).items():
        if number > 1:
            yield f"{number} comments for {mark}"
    posted = set(
        _select(soak, "SELECT comment_id FROM comments WHERE state = 'posted'")
    )
    if posted != {row.id for row in rows}:
        yield f"the ledger has {len(posted)} comments, Plane {len(rows)}"
    on_item = dict.fromkeys(soak.keys.values(), "")
    for row in rows:
        on_item[soak.keys[row.work_item_id]] += row.html
    names = {file.id: file.name for story in soak.stories for file in story.files}
    for story in soak.stories:
        for (file_id, key), want in story.wanted.items():
            told = f">{names[file_id]}<" in on_item[key]
            if want is not None and told is not want:
                yield f"comment {'missing' if want else 'left'}: {names[file_id]} {key}"


def _ledger(soak):
    for query in (
        "SELECT 'share ' || id || state FROM shares WHERE state = 'new'",
        "SELECT 'reply ' || id FROM shares WHERE reply_due_at IS NOT NULL"
        " OR reply_state = 'posting'",
        "SELECT 'attachment ' || id || state FROM attachments"
        " WHERE state NOT IN ('done', 'removed', 'failed')",
        "SELECT 'line ' || share_id FROM share_attachments WHERE outcome IS NULL",
        "SELECT 'comment ' || id || state FROM comments"
        " WHERE due_at IS NOT NULL OR state = 'posting'",
    ):
        for what in _select(soak, query):
            yield f"left in the ledger: {what}"


def _select(soak, query):
    path = f"file:{soak.world.database}?mode=ro"
    with contextlib.closing(sqlite3.connect(path, uri=True)) as db:
        return [row[0] for row in db.execute(query)]
