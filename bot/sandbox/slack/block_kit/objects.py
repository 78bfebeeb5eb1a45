"""Check the small objects of Block Kit: texts, options, confirmations.

Each check yields its faults with the place of each, as Slack words them. Source:
docs.slack.dev/reference/block-kit/composition-objects; limits from
slack_sdk/models/blocks.
"""

from collections.abc import Iterator, Sequence
from typing import Any

Faults = Iterator[str]

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
MOST_OPTIONS = 100


def fault(text: str, at: str) -> str:
    """Word a fault at the place *at*."""
    return f"{text} [json-pointer:{at}]"


def check_text(
    value: Any, at: str, *, most: int, kinds: Sequence[str] = PLAIN
) -> Faults:
    """Check a text object of at most *most* characters."""
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield fault("missing or invalid text object", at)
    elif not isinstance(value.get("text"), str) or not value["text"]:
        yield fault("must be more than 0 characters", f"{at}/text")
    elif len(value["text"]) > most:
        yield fault(f"must be less than {most + 1} characters", f"{at}/text")


def check_optional_text(holder: Any, name: str, at: str, *, most: int) -> Faults:
    """Check the plain text *name* of *holder* if it has one."""
    if holder.get(name) is not None:
        yield from check_text(holder[name], f"{at}/{name}", most=most)


def check_length(holder: Any, name: str, at: str, *, most: int) -> Faults:
    """Check the string *name* of *holder* if it has one."""
    value = holder.get(name)
    if value is None:
        return
    if not isinstance(value, str):
        yield fault("must be a string", f"{at}/{name}")
    elif len(value) > most:
        yield fault(f"must be less than {most + 1} characters", f"{at}/{name}")


def check_count(value: Any, at: str, *, least: int, most: int) -> Faults:
    """Check that *value* is a list of so many items."""
    if not isinstance(value, list):
        yield fault("must be an array", at)
    elif len(value) < least:
        yield fault(f"no fewer than {least} items allowed", at)
    elif len(value) > most:
        yield fault(f"no more than {most} items allowed", at)


def check_option(option: Any, at: str) -> Faults:
    """Check an option of a select, of radio buttons, of checkboxes or an overflow."""
    if not isinstance(option, dict):
        yield fault("must be an object", at)
        return
    yield from check_text(option.get("text"), f"{at}/text", most=75, kinds=ANY_TEXT)
    yield from check_optional_text(option, "description", at, most=75)
    if not option.get("value"):
        yield fault("missing required field: value", at)
    yield from check_length(option, "value", at, most=150)


def check_options(
    options: Any, at: str, *, least: int = 1, most: int = MOST_OPTIONS
) -> Faults:
    """Check a list of options."""
    yield from check_count(options, at, least=least, most=most)
    for number, option in enumerate(options if isinstance(options, list) else []):
        yield from check_option(option, f"{at}/{number}")


def check_option_groups(groups: Any, at: str, *, least: int = 1) -> Faults:
    """Check a list of groups of options."""
    yield from check_count(groups, at, least=least, most=MOST_OPTIONS)
    for number, group in enumerate(groups if isinstance(groups, list) else []):
        place = f"{at}/{number}"
        yield from check_text(group.get("label"), f"{place}/label", most=75)
        yield from check_options(group.get("options"), f"{place}/options")


def check_confirm(holder: Any, at: str) -> Faults:
    """Check the confirmation dialogue of *holder* if it has one."""
    confirm = holder.get("confirm")
    if confirm is None:
        return
    place = f"{at}/confirm"
    yield from check_text(confirm.get("title"), f"{place}/title", most=100)
    yield from check_text(
        confirm.get("text"), f"{place}/text", most=300, kinds=ANY_TEXT
    )
    yield from check_optional_text(confirm, "confirm", place, most=30)
    yield from check_optional_text(confirm, "deny", place, most=30)
