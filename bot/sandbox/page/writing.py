"""What a person writes on the page: messages, commands, reactions, second thoughts."""

import re
from collections.abc import Mapping
from typing import Any

import emoji as emojis

from bot.sandbox.mrkdwn import from_plain
from bot.sandbox.page.action import (
    Action,
    Body,
    Unwell,
    demand_member,
    find_channel,
    find_message,
)
from bot.sandbox.slack import Message, Refused, SlackServer

SLASH_COMMAND = "/attach"
#: "Provide no more than 40,000 characters" (docs.slack.dev/reference/methods/
#: chat.postMessage).
LONGEST_TEXT = 40_000
_LONGEST_NAME = 40

#: A link, in which nobody is mentioned, or a mention.
_MENTION = re.compile(r"<[^>]*>|(?<![\w.+-])@([a-z][a-z0-9]*)\b", re.IGNORECASE)


def share(slack: SlackServer, user: str, body: Body) -> None:
    """Write a message, with files or without, or type the slash command."""
    text, channel = _text(body), find_channel(slack, user, body)
    files = [slack.state.files[each] for each in body.get("files", [])]
    if text.startswith("/") and not files:
        _command(slack, user, channel, body)
        return
    place: dict[str, Any] = {
        "user": user,
        "channel": channel,
        "thread_ts": _thread(slack, channel, body),
    }
    if files:
        slack.share(files, text=_mention_all(slack, from_plain(text)), **place)
    elif text:
        slack.post(_mention_all(slack, from_plain(text)), **place)


def edit(slack: SlackServer, user: str, body: Body) -> None:
    """Change the text of a message of one's own."""
    message, text = _own_message(slack, user, body), _text(body)
    if not text and not message.files:
        raise Unwell("Write something, or delete the message.")
    changed = _mention_all(slack, from_plain(text))
    if changed != message.text:
        slack.edit(message, changed)


def delete(slack: SlackServer, user: str, body: Body) -> None:
    """Delete a message of one's own."""
    slack.delete(_own_message(slack, user, body))


def react(slack: SlackServer, user: str, body: Body) -> None:
    """React to a message, or take the reaction back."""
    message, emoji = find_message(slack, user, body), find_emoji(str(body["emoji"]))
    if user in message.reactions.get(emoji, []):
        slack.unreact(message, emoji, user=user)
        return
    try:
        slack.react(message, emoji, user=user)
    except Refused as error:
        shown = emoji[:_LONGEST_NAME] or "without a name"
        raise Unwell(
            f"Slack has no emoji {shown}; write a name, such as paperclip."
        ) from error


def find_emoji(typed: str) -> str:
    """Return the name of the emoji that was typed: itself, or its name."""
    name = emojis.demojize(typed.strip(), language="alias")
    return name.strip(":").lower()


def _command(slack: SlackServer, user: str, channel: str, body: Body) -> None:
    name, *rest = _text(body).split(maxsplit=1)
    if name != SLASH_COMMAND:
        raise Unwell(f"Slack knows no {name} here; there is {SLASH_COMMAND}.")
    if body.get("thread") is not None:
        raise Unwell(f"Slack takes no {name} in a thread; write to the conversation.")
    demand_member(slack, user)
    text = " ".join(rest)
    result = slack.command(text, user=user, channel=channel, command=name)
    if result.error is not None:
        raise Unwell(f'{name} failed with the error "{result.error}".')


def _thread(slack: SlackServer, channel: str, body: Body) -> str | None:
    thread = body.get("thread")
    if thread is None:
        return None
    if slack.state.message(channel, str(thread)) is None:
        raise Unwell("The message of this thread is gone.")
    return str(thread)


def _text(body: Body) -> str:
    text = str(body.get("text", "")).strip()
    if len(text) > LONGEST_TEXT:
        raise Unwell(f"Slack takes messages of up to {LONGEST_TEXT:,} characters.")
    return text


def _own_message(slack: SlackServer, user: str, body: Body) -> Message:
    message = find_message(slack, user, body)
    if message.user != user:
        raise Unwell("Only who wrote a message can change it.")
    return message


def _mention_all(slack: SlackServer, text: str) -> str:
    ids = {each.name: each.id for each in slack.state.users.values()}

    def mention(found: re.Match[str]) -> str:
        user = ids.get((found[1] or "").lower())
        return f"<@{user}>" if user else found[0]

    return _MENTION.sub(mention, text)


WRITING: Mapping[str, Action] = {
    "share": share,
    "edit": edit,
    "delete": delete,
    "react": react,
}
