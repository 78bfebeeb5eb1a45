"""Work items that were found for what somebody types: in which order to show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.references import WorkItemKey, parse_key
from bot.errors import MalformedReference


@dataclass(frozen=True, slots=True)
class FoundItem:
    """A work item as a search shows it; *title* is "" where it is not known."""

    key: WorkItemKey
    title: str = ""


def rank(typed: str, found: Iterable[FoundItem]) -> list[FoundItem]:
    """Order *found*: the key that was typed, keys that begin so, titles, the rest."""
    text = typed.strip().casefold()

    def place(item: FoundItem) -> int:
        key = str(item.key).casefold()
        if text in (key, str(item.key.sequence_id)):
            return 0
        if key.startswith(text):
            return 1
        return 2 if text in item.title.casefold() else 3

    return sorted(found, key=place)


def read_typed_key(typed: str) -> WorkItemKey | None:
    """Return the key that *typed* is; None where it is none."""
    try:
        return parse_key(typed.strip().upper())
    except MalformedReference:
        return None
