"""Make a message of what the app sent, to chat.* or to a response URL."""

from typing import Any

from bot.sandbox.slack.block_kit.blocks import check_blocks
from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.state import State

#: "Provide no more than 40,000 characters or risk truncation."
LONGEST_TEXT = 40_000
#: "Message must have 100 or fewer attachments" (too_many_attachments).
MOST_ATTACHMENTS = 100


def compose(state: State, call: Call, channel_id: str) -> Message:
    """Build the message that *call* describes; it is not posted yet.

    Raises:
        ApiError: it shows nothing, or its blocks break a rule.
    """
    blocks = check_blocks(call.json("blocks"), state.next_id)
    attachments = call.json("attachments") or []
    text = call.text("text") or call.text("markdown_text")
    if not (text or blocks or attachments):
        raise ApiError("no_text")
    if len(attachments) > MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    return Message(
        channel_id,
        state.next_ts(),
        state.bot_user,
        text[:LONGEST_TEXT],
        bot_id=state.bot_id,
        app_id=state.app_id,
        blocks=blocks,
        attachments=attachments,
        fields=_profile(state),
    )


def read_metadata(call: Call) -> Any:
    """Read message metadata (docs.slack.dev/messaging/message-metadata).

    Raises:
        ApiError: it is not of the form documented.
    """
    value = call.json("metadata")
    if not value:
        return None
    valid = (
        isinstance(value, dict)
        and isinstance(value.get("event_type"), str)
        and isinstance(value.get("event_payload"), dict)
    )
    if not valid:
        raise ApiError("invalid_metadata_format")
    return {name: value[name] for name in ("event_type", "event_payload")}


def _profile(state: State) -> Json:
    profile = {"id": state.bot_id, "app_id": state.app_id, "name": "loadmaster"}
    return {"team": state.team_id, "bot_profile": profile}
