"""What the bot may see and where it may post."""

from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import missing_scope
from bot.sandbox.slack.workspace import Channel


def visible_channel(state: State, call: Call) -> Channel:
    """Return the channel of a call; a private one without the bot does not exist."""
    channel = state.channels.get(call.text("channel"))
    if channel is None or (channel.kind != "channel" and not channel.has_bot):
        raise ApiError("channel_not_found")
    return channel


def scoped_channel(state: State, call: Call, right: str) -> Channel:
    """Return the channel of a call that needs `<kind>:<right>` for it."""
    prefixes = ("channels", "groups", "mpim", "im")
    all_kinds = [f"{prefix}:{right}" for prefix in prefixes]
    if not state.scopes.intersection(all_kinds):
        raise missing_scope(state, ",".join(all_kinds))
    channel = visible_channel(state, call)
    needed = f"{channel.scope_prefix}:{right}"
    if needed not in state.scopes:
        raise missing_scope(state, needed)
    return channel


def readable_channel(state: State, call: Call) -> Channel:
    """Return the channel of a call that reads messages."""
    channel = scoped_channel(state, call, "history")
    if not channel.has_bot:
        raise ApiError("not_in_channel")
    return channel


def writable_channel(state: State, call: Call) -> Channel:
    """Return the channel of a call that posts messages; a user's id is their DM."""
    name = call.text("channel")
    is_person = name in state.users and name != state.bot_user
    channel = state.direct(name) if is_person else visible_channel(state, call)
    if channel.is_archived:
        raise ApiError("is_archived")
    if not channel.has_bot and "chat:write.public" not in state.scopes:
        raise ApiError("not_in_channel")
    if channel.posting_error is not None:
        raise ApiError(channel.posting_error)
    return channel
