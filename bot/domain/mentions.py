"""Messages to the bot: mentions in threads, and direct messages. No I/O.

The `message` events are read for both: `app_mention` comes without files or not at
all for messages with files (bolt-python#925, #1451).
"""

from bot.domain.envelopes import (
    JsonObject,
    is_author_known,
    read_bot_user,
    read_object,
    read_text,
    read_ts,
)
from bot.domain.outcomes import HELP
from bot.domain.reference_search import find_references
from bot.domain.references import PlaneLinks
from bot.domain.seeks import SeekThread
from bot.domain.shares import MOST_REFERENCES, Share, find_message, share_of_message

#: docs.slack.dev/reference/events/message: `app_home` is its Messages tab.
_DIRECT = ("im", "app_home")


def parse_mention(body: object, *, links: PlaneLinks) -> Share | None:
    """Read what a message that mentions the bot asks for; None if it does not.

    With a reference it asks for all files of its thread up to itself; without one, how
    the bot is used. An edit asks for what it says now, but not for that again.

    Raises:
        MalformedEvent: the body has not the shape of a message event.
    """
    envelope = read_object(body, "body")
    event = read_object(envelope.get("event"), "event")
    message = find_message(envelope, event)
    if message is None or not _mentions(envelope, message):
        return None
    text = read_text(message, "text")
    references = find_references(text, links=links)[:MOST_REFERENCES]
    if not references:
        if message is not event:
            return None
        return share_of_message(envelope, event, message, notice=HELP)
    ts = read_ts(message.get("ts"))
    seek = SeekThread(
        read_ts(message.get("thread_ts") or ts),
        ts,
        is_asker_known=is_author_known(envelope, message),
    )
    return share_of_message(envelope, event, message, references=references, seek=seek)


def parse_direct_message(body: object) -> Share | None:
    """Read a direct message to the bot that is no share as a call for help.

    Replies in its threads are left alone.

    Raises:
        MalformedEvent: the body has not the shape of a message event.
    """
    envelope = read_object(body, "body")
    event = read_object(envelope.get("event"), "event")
    message = find_message(envelope, event)
    if message is None or message is not event or message.get("thread_ts"):
        return None
    if event.get("channel_type") not in _DIRECT:
        return None
    return share_of_message(envelope, event, message, notice=HELP)


def _mentions(envelope: JsonObject, message: JsonObject) -> bool:
    bot_user = read_bot_user(envelope)
    text = read_text(message, "text")
    return bot_user is not None and (
        f"<@{bot_user}>" in text or f"<@{bot_user}|" in text
    )
