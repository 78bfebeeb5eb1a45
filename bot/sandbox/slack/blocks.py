"""Check Block Kit blocks as chat.postMessage does, and give them their ids.

Source: docs.slack.dev/reference/block-kit; limits from slack_sdk/models/blocks.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.sandbox.slack.calls import ApiError

MOST_BLOCKS = 50

Block = Mapping[str, Any]


def check_blocks(value: Any, next_id: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the blocks with a `block_id` each.

    Raises:
        ApiError: they break a rule of Block Kit.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise ApiError("invalid_blocks_format")
    faults = list(_faults(value))
    if faults:
        messages = {"messages": [f"[ERROR] {fault}" for fault in faults]}
        raise ApiError("invalid_blocks", errors=faults, response_metadata=messages)
    return [{"block_id": next_id("b"), **block} for block in value]


def _faults(blocks: list[Any]) -> Iterator[str]:
    if len(blocks) > MOST_BLOCKS:
        yield f"no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]"
    for number, block in enumerate(blocks):
        for fault in _block_faults(block):
            yield f"{fault} [json-pointer:/blocks/{number}]"
    yield from _id_faults(blocks)


def _id_faults(blocks: list[Any]) -> Iterator[str]:
    ids = [
        each["block_id"]
        for each in blocks
        if isinstance(each, dict) and "block_id" in each
    ]
    if len(ids) != len(set(ids)):
        yield "`block_id` is not unique [json-pointer:/blocks]"
    if any(len(str(each)) > 255 for each in ids):
        yield "`block_id` is longer than 255 characters [json-pointer:/blocks]"


def _block_faults(block: Any) -> Iterator[str]:
    if not isinstance(block, dict):
        yield "must be an object"
        return
    check = CHECKS.get(str(block.get("type")))
    if check is None:
        yield f"unsupported type: {block.get('type')}"
    else:
        yield from check(block)


def _text(holder: Block, most: int, kinds: tuple[str, ...]) -> Iterator[str]:
    """Check the text object that *holder* has."""
    text = holder.get("text")
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield "missing or invalid `text`"
    elif not text.get("text"):
        yield "`text` must be more than 0 characters"
    elif len(text["text"]) > most:
        yield f"`text` must be less than {most + 1} characters"


def _section(block: Block) -> Iterator[str]:
    fields = block.get("fields")
    if block.get("text") is not None or fields is None:
        yield from _text(block, 3000, ("plain_text", "mrkdwn"))
    if fields is not None:
        if not 1 <= len(fields) <= 10:
            yield "`fields` must hold 1 to 10 items"
        for each in fields:
            yield from _text({"text": each}, 2000, ("plain_text", "mrkdwn"))
    if block.get("accessory") is not None:
        yield from _element(block["accessory"])


def _header(block: Block) -> Iterator[str]:
    yield from _text(block, 150, ("plain_text",))


def _context(block: Block) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 10:
        yield "`elements` must hold 1 to 10 items"
    for each in elements:
        if each.get("type") != "image":
            yield from _text({"text": each}, 3000, ("plain_text", "mrkdwn"))


def _actions(block: Block) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 25:
        yield "`elements` must hold 1 to 25 items"
    for each in elements:
        yield from _element(each)
    ids = [each["action_id"] for each in elements if each.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "`action_id` is not unique"


def _element(element: Block) -> Iterator[str]:
    if len(str(element.get("action_id", ""))) > 255:
        yield "`action_id` is longer than 255 characters"
    if element.get("type") == "button":
        yield from _text(element, 75, ("plain_text",))
        if len(str(element.get("value", ""))) > 2000:
            yield "`value` must be less than 2001 characters"


def _unchecked(block: Block) -> Iterator[str]:
    return iter(())


CHECKS: Mapping[str, Callable[[Block], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _unchecked,
    "image": _unchecked,
    "rich_text": _unchecked,
    "file": _unchecked,
    "markdown": _unchecked,
    "video": _unchecked,
    "table": _unchecked,
}
