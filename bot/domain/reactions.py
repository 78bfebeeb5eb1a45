"""Reactions: an emoji that asks for a message's files to be attached. No I/O."""

import emoji as emojis

from bot.domain.envelopes import (
    is_author_known,
    is_external,
    is_own,
    read_home,
    read_id,
    read_object,
    read_text,
    read_ts,
)
from bot.domain.seeks import SeekMessage
from bot.domain.shares import Share


def parse_reaction(body: object, *, emoji: str) -> Share | None:
    """Read the share out of a `reaction_added` body; None where it is none.

    docs.slack.dev/reference/events/reaction_added: the event has neither the message's
    text nor its files or thread; they are left to be sought.

    Raises:
        MalformedEvent: the body has not the shape of the event.
    """
    envelope = read_object(body, "body")
    event = read_object(envelope.get("event"), "event")
    if not is_same_emoji(read_text(event, "reaction"), emoji):
        return None
    if is_own(envelope, event):
        return None
    item = read_object(event.get("item"), "item")
    if item.get("type") != "message":
        return None
    channel_id, user_id = read_id(item, "channel"), read_id(event, "user")
    ts, event_ts = read_ts(item.get("ts")), read_ts(event.get("event_ts"))
    return Share(
        team_id=read_home(envelope),
        channel_id=channel_id,
        message_ts=None,
        thread_ts=None,
        user_id=user_id,
        is_private=None,
        is_external=is_external(envelope, event),
        # Taken back and put there again, it is another trigger.
        trigger=f"reaction:{channel_id}:{ts}:{user_id}:{event_ts}",
        seek=SeekMessage(ts, is_asker_known=is_author_known(envelope, event)),
    )


def is_same_emoji(reaction: str, emoji: str) -> bool:
    """Whether *reaction* is *emoji*, under another name or in any skin tone."""
    return _character(reaction) == _character(emoji)


def _character(name: str) -> str:
    """Return the emoji of that name; for one of the workspace's own, its name."""
    plain = name.strip(":").partition("::")[0]
    return emojis.emojize(f":{plain}:", language="alias")
