"""A message that was deleted: what was asked for in it is wanted no more. No I/O."""

from dataclasses import dataclass

from bot.domain.envelopes import read_home, read_id, read_object, read_ts


@dataclass(frozen=True, slots=True)
class Deletion:
    """Which message is gone."""

    team_id: str
    channel_id: str
    message_ts: str


def parse_deletion(body: object) -> Deletion | None:
    """Read the deletion out of an Events API body; None where it tells of none.

    The root of a thread leaves a tombstone, which comes as an edit
    (docs.slack.dev/messaging/retrieving-messages).

    Raises:
        MalformedEvent: the body has not the shape of a message event.
    """
    envelope = read_object(body, "body")
    event = read_object(envelope.get("event"), "event")
    ts = None
    if event.get("subtype") == "message_deleted":
        ts = event.get("deleted_ts")
    elif event.get("subtype") == "message_changed":
        message = read_object(event.get("message"), "message")
        if message.get("subtype") == "tombstone":
            ts = message.get("ts")
    if ts is None:
        return None
    return Deletion(read_home(envelope), read_id(event, "channel"), read_ts(ts))
