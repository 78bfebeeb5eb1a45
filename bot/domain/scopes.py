"""The bot scopes that the Slack app needs, and what does not work without each.

The code's needs are read from the code in the tests, which hold this and the manifests
to them. No I/O.
"""

from collections.abc import Mapping

#: In the order of the manifests.
BOT_SCOPES: Mapping[str, str] = {
    "channels:history": "shares and threads in public channels are not seen",
    "groups:history": "shares and threads in private channels are not seen",
    "im:history": "direct messages are not seen",
    "mpim:history": "group direct messages are not seen",
    "channels:read": "public channels are not told from private ones",
    "reactions:read": "reactions are not heard of",
    "users:read": "people's names and organisations are not known",
    "files:read": "files cannot be downloaded",
    "im:write": "people cannot be answered in a direct message of its own accord",
    "chat:write": "no replies can be posted",
    "commands": "the slash command and the shortcuts do not work",
}

#: Without these, nothing is attached or told anywhere.
VITAL_SCOPES = frozenset({"files:read", "chat:write"})


def find_missing(granted: frozenset[str]) -> tuple[str, ...]:
    """Return the scopes that are needed and not *granted*, in their order."""
    return tuple(scope for scope in BOT_SCOPES if scope not in granted)
