"""What happened, in rows for a person: a thread in Slack, a work item in Plane."""

import html
import re
from collections.abc import Iterator

from bot.sandbox.plane import Attachment
from bot.sandbox.screen import Row, Screen, visible
from bot.sandbox.slack import File, Message, View, show_view, show_words
from bot.sandbox.stage import Stage

_TAG = re.compile(r"<[^>]*>")
#: A person or channel, mentioned or chosen in a menu.
_ID = re.compile(r"(?P<sign>[@#]|(?<=\[))(?P<id>[A-Z][A-Z0-9]+)\b")
#: Who sits at the terminal.
YOU = "UANNA"


def show_thread(stage: Stage, message: Message, screen: Screen) -> None:
    """Show *message* with its files, and what was written below it."""
    root = message.thread_ts or message.ts
    screen.head(f"Slack, {_place(stage, message)}")
    told = [each for each in _told(stage) if each.thread_ts == root]
    found = [*stage.slack.thread(message.channel_id, root), *told]
    for each in sorted(found, key=lambda each: each.ts):
        screen.show(_message_rows(stage, each))


def show_aside(stage: Stage, message: Message, screen: Screen) -> None:
    """Show a message that stands in no thread."""
    screen.head(f"Slack, {_place(stage, message)}")
    screen.show(_message_rows(stage, message))


def show_surface(stage: Stage, view: View, screen: Screen) -> None:
    """Show a modal or an App Home."""
    bot = stage.slack.state.users[stage.slack.state.bot_user].name
    screen.head(f"Slack, {'modal' if view.kind == 'modal' else 'Home'} of {bot}")
    screen.draw(name_all(stage, show_view(view)))


def show_item(stage: Stage, key: str, screen: Screen) -> None:
    """Show a work item with what is attached to it, its links and its comments."""
    state = stage.plane.state
    screen.head(f'Plane, {key} "{state.work_item(key).name}"')
    attachments, links = state.attachments(key, uploaded_only=True), state.links(key)
    for attachment in attachments:
        screen.show(_attachment_rows(stage, attachment))
    for link in links:
        screen.show([Row("link", f"{link.title or ''} {link.url}".strip())])
    for comment in state.comments(key):
        text = html.unescape(_TAG.sub("", comment.html)).strip()
        screen.show([Row("comment", text)])
    if not attachments and not links:
        screen.show([Row("", "nothing is attached")])


def name_all(stage: Stage, text: str) -> str:
    """Return *text* with the names of people and channels for their ids."""
    state = stage.slack.state
    names = {each.id: f"@{each.name}" for each in state.users.values()}
    names |= {each.id: f"#{each.name}" for each in state.channels.values()}
    return _ID.sub(lambda found: names.get(found["id"], found[0]), text)


def _message_rows(stage: Stage, message: Message) -> Iterator[Row]:
    users = stage.slack.state.users
    author = users.get(message.user)
    text = name_all(stage, show_words(message))
    yield Row(author.name if author else message.user, text)
    for file in message.files:
        yield from _file_rows(file)
    for emoji, people in message.reactions.items():
        names = ", ".join(users[each].name for each in people)
        yield Row("", f":{emoji}: {names}")
    if message.only_for == YOU:
        yield Row("", "(only you see this)")
    elif message.only_for:
        yield Row("", f"(only {users[message.only_for].name} sees this)")


def _told(stage: Stage) -> list[Message]:
    return [message for _, message in list(stage.slack.state.ephemerals)]


def _place(stage: Stage, message: Message) -> str:
    channel = stage.slack.state.channels[message.channel_id]
    return "direct messages" if channel.kind == "im" else f"#{channel.name}"


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
