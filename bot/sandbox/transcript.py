"""What happened, in rows for a person: a thread in Slack, a work item in Plane."""

import html
import re
from collections.abc import Iterator

from bot.sandbox.mrkdwn import to_plain
from bot.sandbox.plane import Attachment
from bot.sandbox.screen import Row, Screen, visible
from bot.sandbox.slack import File, Message
from bot.sandbox.stage import Stage

_TAG = re.compile(r"<[^>]*>")


def show_thread(stage: Stage, message: Message, screen: Screen) -> None:
    """Show *message* with its files, and what was written below it."""
    state = stage.slack.state
    root = message.thread_ts or message.ts
    screen.head(f"Slack, #{state.channels[message.channel_id].name}")
    for each in stage.slack.thread(message.channel_id, root):
        screen.show([Row(state.users[each.user].name, to_plain(each.text))])
        for file in each.files:
            screen.show(_file_rows(file))


def show_item(stage: Stage, key: str, screen: Screen) -> None:
    """Show a work item with what is attached to it, and its comments."""
    state = stage.plane.state
    screen.head(f'Plane, {key} "{state.work_item(key).name}"')
    attachments = state.attachments(key, uploaded_only=True)
    for attachment in attachments:
        screen.show(_attachment_rows(stage, attachment))
    for comment in state.comments(key):
        text = html.unescape(_TAG.sub("", comment.html)).strip()
        screen.show([Row("comment", text)])
    if not attachments:
        screen.show([Row("", "nothing is attached")])


def _file_rows(file: File) -> Iterator[Row]:
    # a line break in a name must not look like the end of the row
    name = visible(file.name or "")
    yield Row("file", f"{name}, {_size(file.size)}, {file.mimetype}")
    yield Row("SHA-256", file.sha256)


def _attachment_rows(stage: Stage, attachment: Attachment) -> Iterator[Row]:
    name, stored = visible(attachment.name), stage.plane.stored(attachment)
    if stored is None:
        yield Row("file", f"{name}, but no bytes of it are in the store")
        return
    yield Row("file", f"{name}, {_size(stored.size)}, {attachment.type}")
    yield Row("SHA-256", stored.sha256)
    source = stage.slack.state.files.get(attachment.external_id or "")
    if source is not None:
        same = source.sha256 == stored.sha256
        yield Row("", "the same bytes as in Slack" if same else "NOT AS IN SLACK")


def _size(count: int) -> str:
    amount, unit = float(count), "byte" if count == 1 else "bytes"
    for larger in ("KB", "MB", "GB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f}".removesuffix(".0") + f" {unit}"
