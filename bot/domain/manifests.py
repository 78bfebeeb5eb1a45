"""The Slack app manifest of one installation, made from the one for all. No I/O.

The text is filled in, not parsed: its comments are for whoever reads it.
"""

import json
import re
from collections.abc import Iterator

#: What stands in manifests/ for an installation's own address, command and emoji.
REQUEST_URL = "https://loadmaster.example.com/slack/events"
COMMAND = "/attach"
EMOJI = "paperclip"

_UNADDRESSED = (
    "# Replace loadmaster.example.com by the host at which Slack reaches the bot, then"
    " paste\n# this file at"
)
#: What YAML reads as a text without quotation marks (yaml.org/spec/1.2.2, 7.3.3).
_PLAIN = re.compile(r"/[a-z][a-z0-9_-]*", re.ASCII)


def write_manifest(
    template: str, *, request_url: str | None, command: str, emoji: str
) -> str:
    """Return *template* with what is this installation's own.

    *request_url* is where Slack sends events, None for Socket Mode; *command* begins
    with a slash, *emoji* is a name without colons.
    """
    for old, new in _changes(request_url, command, emoji):
        assert old in template, f"the manifest says {old}"
        template = template.replace(old, new)
    return template


def _changes(
    request_url: str | None, command: str, emoji: str
) -> Iterator[tuple[str, str]]:
    if request_url is not None:
        yield _UNADDRESSED, "# Paste this file at"
        yield REQUEST_URL, request_url
    if command != COMMAND:
        quoted = json.dumps(command, ensure_ascii=False)
        plain = command if _PLAIN.fullmatch(command) else quoted
        yield f"- command: {COMMAND}\n", f"- command: {plain}\n"
        yield f"type {COMMAND} WEB-12", f"type {command} WEB-12"
        yield f"# {COMMAND}, ", f"# {command}, "
    if emoji != EMOJI:
        yield f"react with a {EMOJI}", f"react with :{emoji}:"
