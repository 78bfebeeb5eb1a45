"""Build the rich_text block that a client sends along with a message's text.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block and
/messaging/formatting-message-text.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_FENCE = re.compile(r"```(.*?)```", re.DOTALL)
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<@(?P<user>\w+)(?:\|[^>]*)?>"
    r"|<#(?P<channel>\w+)(?:\|[^>]*)?>"
    r"|<!(?P<range>here|channel|everyone)>"
    r"|<(?P<url>[^>|]+)(?:\|(?P<label>[^>]*))?>"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)


def rich_text(text: str) -> list[Json]:
    """Return the blocks for *text* as it stands in a message; none for no text."""
    if not text:
        return []
    elements = []
    for number, part in enumerate(_FENCE.split(text)):
        kind = "rich_text_preformatted" if number % 2 else "rich_text_section"
        found = [_plain(part)] if number % 2 else list(_elements(part))
        if part:
            elements.append({"type": kind, "elements": found})
    return [{"type": "rich_text", "block_id": "rt1", "elements": elements}]


def _elements(text: str) -> Iterator[Json]:
    end = 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            yield _plain(text[end : found.start()])
        yield _element(found)
        end = found.end()
    if end < len(text):
        yield _plain(text[end:])


def _element(found: re.Match[str]) -> Json:
    kind, value = str(found.lastgroup), found.group(str(found.lastgroup))
    if found["url"]:
        link = {"type": "link", "url": _unescape(found["url"])}
        return {**link, "text": _unescape(found["label"])} if found["label"] else link
    if kind == "code":
        return {**_plain(value), "style": {"code": True}}
    if kind == "range":
        return {"type": "broadcast", "range": value}
    name = "name" if kind == "emoji" else f"{kind}_id"
    return {"type": kind, name: value}


def _plain(text: str) -> Json:
    return {"type": "text", "text": _unescape(text)}


def _unescape(text: str) -> str:
    for code, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(code, character)
    return text
