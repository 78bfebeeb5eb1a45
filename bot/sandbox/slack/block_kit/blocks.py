"""Check the blocks of messages and views, and give what has none its id.

Source: docs.slack.dev/reference/block-kit/blocks; limits from slack_sdk/models/blocks.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.slack.block_kit.elements import check_element
from bot.sandbox.slack.block_kit.objects import (
    ANY_TEXT,
    Faults,
    check_count,
    check_length,
    check_optional_text,
    check_text,
    fault,
)
from bot.sandbox.slack.calls import ApiError

MOST_BLOCKS = 50
#: "Up to 12,000 characters" of markdown in one payload.
MOST_MARKDOWN = 12_000

Block = Mapping[str, Any]
NextId = Callable[[str], str]


def check_blocks(value: Any, next_id: NextId) -> list[dict[str, Any]]:
    """Return a message's blocks with a `block_id` each.

    Raises:
        ApiError: they break a rule of Block Kit.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise ApiError("invalid_blocks_format")
    faults = list(find_faults(value, "/blocks", most=MOST_BLOCKS))
    if faults:
        messages = {"messages": [f"[ERROR] {each}" for each in faults]}
        raise ApiError("invalid_blocks", errors=faults, response_metadata=messages)
    return name_blocks(value, next_id)


def find_faults(blocks: list[Any], at: str, *, most: int) -> Faults:
    """Yield what is wrong with *blocks*, of which *most* are allowed."""
    yield from check_count(blocks, at, least=0, most=most)
    for number, block in enumerate(blocks):
        yield from _block_faults(block, f"{at}/{number}")
    known = [each for each in blocks if isinstance(each, dict)]
    ids = [each["block_id"] for each in known if each.get("block_id")]
    if len(ids) != len(set(ids)):
        yield fault("`block_id` must be unique", at)
    texts = [str(each.get("text")) for each in known if each.get("type") == "markdown"]
    if sum(map(len, texts)) > MOST_MARKDOWN:
        yield fault(f"must be less than {MOST_MARKDOWN + 1} characters", at)


def name_blocks(blocks: list[Any], next_id: NextId) -> list[dict[str, Any]]:
    """Return *blocks* with a `block_id` each, their elements with an `action_id`."""
    return [_named(block, next_id) for block in blocks]


def elements_of(block: Block) -> list[Any]:
    """Return the interactive elements of *block*."""
    if block["type"] == "actions":
        return list(block["elements"])
    held = {"section": "accessory", "input": "element"}.get(block["type"])
    element = block.get(held) if held else None
    return [element] if element and element["type"] != "image" else []


def _named(block: dict[str, Any], next_id: NextId) -> dict[str, Any]:
    named = {**block, "block_id": block.get("block_id") or next_id("b")}
    if block["type"] == "actions":
        named["elements"] = [_acting(each, next_id) for each in block["elements"]]
    for held in ("accessory", "element"):
        if isinstance(block.get(held), dict) and block[held]["type"] != "image":
            named[held] = _acting(block[held], next_id)
    return named


def _acting(element: dict[str, Any], next_id: NextId) -> dict[str, Any]:
    return {**element, "action_id": element.get("action_id") or next_id("a")}


def _block_faults(block: Any, at: str) -> Faults:
    if not isinstance(block, dict):
        yield fault("must be an object", at)
        return
    check = CHECKS.get(str(block.get("type")))
    if check is None:
        yield fault(f"unsupported type: {block.get('type')}", f"{at}/type")
        return
    yield from check_length(block, "block_id", at, most=255)
    yield from check(block, at)


def _section(block: Block, at: str) -> Faults:
    fields = block.get("fields")
    if block.get("text") is not None or fields is None:
        yield from check_text(
            block.get("text"), f"{at}/text", most=3000, kinds=ANY_TEXT
        )
    if fields is not None:
        yield from check_count(fields, f"{at}/fields", least=1, most=10)
        for number, each in enumerate(fields):
            place = f"{at}/fields/{number}"
            yield from check_text(each, place, most=2000, kinds=ANY_TEXT)
    if block.get("accessory") is not None:
        place = f"{at}/accessory"
        yield from check_element(block["accessory"], place, within="section")


def _header(block: Block, at: str) -> Faults:
    yield from check_text(block.get("text"), f"{at}/text", most=150)


def _context(block: Block, at: str) -> Faults:
    elements = block.get("elements") or []
    yield from check_count(elements, f"{at}/elements", least=1, most=10)
    for number, each in enumerate(elements):
        place = f"{at}/elements/{number}"
        if isinstance(each, dict) and each.get("type") == "image":
            yield from check_element(each, place, within="context")
        else:
            yield from check_text(each, place, most=3000, kinds=ANY_TEXT)


def _actions(block: Block, at: str) -> Faults:
    elements = block.get("elements")
    yield from check_count(elements, f"{at}/elements", least=1, most=25)
    if not isinstance(elements, list):
        return
    for number, each in enumerate(elements):
        place = f"{at}/elements/{number}"
        yield from check_element(each, place, within="actions")
    ids = [each["action_id"] for each in elements if each.get("action_id")]
    if len(ids) != len(set(ids)):
        yield fault("`action_id` must be unique", f"{at}/elements")


def _input(block: Block, at: str) -> Faults:
    yield from check_text(block.get("label"), f"{at}/label", most=2000)
    yield from check_optional_text(block, "hint", at, most=2000)
    yield from check_element(block.get("element"), f"{at}/element", within="input")


def _image(block: Block, at: str) -> Faults:
    yield from check_element({**block, "type": "image"}, at, within="context")
    yield from check_optional_text(block, "title", at, most=2000)


def _markdown(block: Block, at: str) -> Faults:
    if not block.get("text"):
        yield fault("missing required field: text", at)


def _unchecked(block: Block, at: str) -> Faults:
    return iter(())


CHECKS: Mapping[str, Callable[[Block, str], Faults]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    **dict.fromkeys(("divider", "rich_text", "file", "video", "table"), _unchecked),
}
