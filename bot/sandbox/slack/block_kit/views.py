"""Check the views that an app opens, and name their blocks.

Source: docs.slack.dev/reference/views/modal-views and /home-tab-views, and
/reference/methods/views.open (errors).
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from bot.sandbox.slack.block_kit.blocks import NextId, find_faults, name_blocks
from bot.sandbox.slack.block_kit.objects import (
    Faults,
    check_length,
    check_optional_text,
    check_text,
    fault,
)
from bot.sandbox.slack.calls import ApiError

Kind = Literal["modal", "home"]

MOST_BLOCKS = 100
#: "Error returned if the provided view is greater than 250kb."
LARGEST = 250_000

_SHARED = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
_MODAL = {"title", "submit", "close", "clear_on_close", "notify_on_close"}
_MODAL_ONLY = _MODAL | {"submit_disabled"}


def check_view(value: Any, kind: Kind, next_id: NextId) -> dict[str, Any]:
    """Return the view with an id for each of its blocks.

    Raises:
        ApiError: it breaks a rule.
    """
    if len(json.dumps(value).encode()) > LARGEST:
        raise ApiError("view_too_large")
    faults = list(find_view_faults(value, kind))
    if faults:
        messages = [f"[ERROR] {each}" for each in faults]
        raise ApiError("invalid_arguments", response_metadata={"messages": messages})
    return {**value, "blocks": name_blocks(value["blocks"], next_id)}


def find_view_faults(value: Any, kind: Kind) -> Faults:
    """Yield what is wrong with a view of this *kind*."""
    if not isinstance(value, dict) or not isinstance(value.get("blocks"), list):
        yield fault("missing required field: blocks", "/view")
        return
    if value.get("type") != kind:
        yield fault(f"must be `{kind}`", "/view/type")
    allowed = _SHARED | (_MODAL_ONLY if kind == "modal" else set())
    for name in sorted(set(value) - allowed):
        yield fault(f"additional property: {name}", "/view")
    yield from check_length(value, "private_metadata", "/view", most=3000)
    yield from check_length(value, "callback_id", "/view", most=255)
    yield from check_length(value, "external_id", "/view", most=255)
    blocks = value["blocks"]
    yield from find_faults(blocks, "/view/blocks", most=MOST_BLOCKS)
    yield from (_modal(value) if kind == "modal" else _home(blocks))


def _modal(view: Mapping[str, Any]) -> Faults:
    yield from check_text(view.get("title"), "/view/title", most=24)
    yield from check_optional_text(view, "submit", "/view", most=24)
    yield from check_optional_text(view, "close", "/view", most=24)
    if not view.get("submit") and any(_is_input(each) for each in view["blocks"]):
        # "submit is required when an input block is within the blocks array."
        yield fault("missing required field: submit", "/view")


def _home(blocks: list[Any]) -> Faults:
    # "It is only supported in modals" (block-elements/file-input-element).
    for number, block in enumerate(blocks):
        if _is_input(block) and block.get("element", {}).get("type") == "file_input":
            place = f"/view/blocks/{number}/element/type"
            yield fault("unsupported type: file_input", place)


def _is_input(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "input"
