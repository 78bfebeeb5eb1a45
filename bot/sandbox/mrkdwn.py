"""Slack's mrkdwn and plain text, the one made of the other. No I/O.

Source: docs.slack.dev/messaging/formatting-message-text.
"""

import re

_TOKEN = re.compile(
    r"```(?P<block>.*?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<mention>[@#!])(?P<id>[^>|]+)(?:\|(?P<name>[^>]*))?>"
    r"|<(?P<url>[^>|]+)(?:\|(?P<label>[^>]*))?>"
    r"|(?<!\w)(?P<mark>[*_~])(?P<marked>\S|\S[^\n]*?\S)(?P=mark)(?!\w)",
    re.DOTALL,
)
_URL = re.compile(r"https?://[^\s<>|]+")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def to_plain(mrkdwn: str) -> str:
    """Return *mrkdwn* as it reads: a link as its label and URL, nothing marked up."""
    parts, end = [], 0
    for found in _TOKEN.finditer(mrkdwn):
        parts += [_decode(mrkdwn[end : found.start()]), _read(found)]
        end = found.end()
    return "".join(parts) + _decode(mrkdwn[end:])


def from_plain(text: str) -> str:
    """Return *text* as a Slack client sends it: escaped, and with its links marked."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    return _URL.sub(r"<\g<0>>", text)


def _read(found: re.Match[str]) -> str:
    if found["marked"]:
        return to_plain(found["marked"])
    if found["url"]:
        label, url = _decode(found["label"] or ""), _decode(found["url"])
        return f"{label} ({url})" if label not in ("", url) else url
    if found["mention"] == "!" and found["id"].startswith("date^"):
        return _decode(found["name"] or "")  # its text for clients that know no dates
    if found["mention"]:
        sign = found["mention"].replace("!", "@")
        return f"{sign}{_decode(found['name'] or found['id'])}"
    return _decode(found["block"] or found["code"] or "")


def _decode(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
