"""Check block elements: what each may hold, and in which blocks it may stand.

Source: docs.slack.dev/reference/block-kit/block-elements; limits from
slack_sdk/models/blocks/block_elements.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.slack.block_kit.objects import (
    Faults,
    check_confirm,
    check_length,
    check_option_groups,
    check_optional_text,
    check_options,
    check_text,
    fault,
)

INPUT = frozenset({"input"})
BUTTONS = frozenset({"section", "actions"})
MENUS = frozenset({"section", "actions", "input"})
MULTI_MENUS = frozenset({"section", "input"})

#: The blocks that each element may stand in.
PLACES: Mapping[str, frozenset[str]] = {
    "button": BUTTONS,
    "overflow": BUTTONS,
    "workflow_button": BUTTONS,
    "image": frozenset({"section", "context"}),
    **dict.fromkeys(
        (
            "static_select",
            "external_select",
            "users_select",
            "conversations_select",
            "channels_select",
            "checkboxes",
            "radio_buttons",
            "datepicker",
            "timepicker",
        ),
        MENUS,
    ),
    "datetimepicker": frozenset({"actions", "input"}),
    **dict.fromkeys(
        (
            "multi_static_select",
            "multi_external_select",
            "multi_users_select",
            "multi_conversations_select",
            "multi_channels_select",
        ),
        MULTI_MENUS,
    ),
    **dict.fromkeys(
        (
            "plain_text_input",
            "email_text_input",
            "url_text_input",
            "number_input",
            "rich_text_input",
            "file_input",
        ),
        INPUT,
    ),
}

Element = Mapping[str, Any]


def check_element(element: Any, at: str, *, within: str) -> Faults:
    """Check an element of a block of type *within*."""
    kind = str(element.get("type")) if isinstance(element, dict) else "none"
    if within not in PLACES.get(kind, ()):
        yield fault(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from check_length(element, "action_id", at, most=255)
    yield from check_optional_text(element, "placeholder", at, most=150)
    yield from check_confirm(element, at)
    yield from CHECKS.get(kind, _unchecked)(element, at)


def _unchecked(element: Element, at: str) -> Faults:
    return iter(())


def _button(element: Element, at: str) -> Faults:
    yield from check_text(element.get("text"), f"{at}/text", most=75)
    yield from check_length(element, "value", at, most=2000)
    yield from check_length(element, "url", at, most=3000)
    if element.get("style") not in (None, "primary", "danger"):
        yield fault("must be one of: primary, danger", f"{at}/style")


def _overflow(element: Element, at: str) -> Faults:
    yield from check_options(element.get("options"), f"{at}/options", most=5)


def _few_options(element: Element, at: str) -> Faults:
    yield from check_options(element.get("options"), f"{at}/options", most=10)
    yield from _initial(element, at)


def _menu(element: Element, at: str) -> Faults:
    groups = element.get("option_groups")
    if groups is None:
        yield from check_options(element.get("options"), f"{at}/options")
    else:
        yield from check_option_groups(groups, f"{at}/option_groups")
    yield from _initial(element, at)


def _initial(element: Element, at: str) -> Faults:
    """Check that what is chosen at first can be chosen."""
    found = all_options(element)
    if not isinstance(found, list):
        return
    for name in ("initial_option", "initial_options"):
        chosen = element.get(name) or []
        for option in chosen if isinstance(chosen, list) else [chosen]:
            if option not in found:
                yield fault("must be one of the options", f"{at}/{name}")


def _external(element: Element, at: str) -> Faults:
    least = element.get("min_query_length", 3)
    if not isinstance(least, int) or least < 0:
        yield fault("must be an integer", f"{at}/min_query_length")


def _text_input(element: Element, at: str) -> Faults:
    for name in ("min_length", "max_length"):
        value = element.get(name, 0)
        if not isinstance(value, int) or not 0 <= value <= 3000:
            yield fault("must be between 0 and 3000", f"{at}/{name}")
    most = element.get("max_length") or 3000
    yield from check_length(element, "initial_value", at, most=most)


def _number_input(element: Element, at: str) -> Faults:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield fault("missing required field: is_decimal_allowed", at)


def _file_input(element: Element, at: str) -> Faults:
    most = element.get("max_files", 10)
    if not isinstance(most, int) or not 1 <= most <= 10:
        yield fault("must be between 1 and 10", f"{at}/max_files")


def _image(element: Element, at: str) -> Faults:
    if not (element.get("image_url") or element.get("slack_file")):
        yield fault("missing required field: image_url", at)
    if not element.get("alt_text"):
        yield fault("missing required field: alt_text", at)
    yield from check_length(element, "alt_text", at, most=2000)


CHECKS: Mapping[str, Callable[[Element, str], Faults]] = {
    "button": _button,
    "overflow": _overflow,
    "checkboxes": _few_options,
    "radio_buttons": _few_options,
    "static_select": _menu,
    "multi_static_select": _menu,
    "external_select": _external,
    "multi_external_select": _external,
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "file_input": _file_input,
    "image": _image,
}


def all_options(element: Element) -> Any:
    """Return the options of *element*, those in groups too; None if it has none."""
    groups = element.get("option_groups")
    if groups is None:
        return element.get("options")
    return [option for group in groups for option in group.get("options") or []]
