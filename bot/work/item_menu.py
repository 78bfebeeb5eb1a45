"""What the form's menu of work items shows for what somebody types."""

import logging
import threading
from collections.abc import Sequence

from bot.clients.plane_directory import PlaneDirectory
from bot.clients.plane_search import MOST_FOUND, PlaneSearch
from bot.domain.item_search import FoundItem, rank, read_typed_key
from bot.errors import Problem

logger = logging.getLogger(__name__)

#: A longer text finds nothing that its beginning would not.
_LONGEST_TEXT = 100
#: So many searches at once, and no more: their threads are lent by those that receive.
_AT_ONCE = 2


class ItemMenu:
    """Searches Plane within the fence, while somebody types and waits."""

    def __init__(self, search: PlaneSearch, directory: PlaneDirectory) -> None:
        self._search = search
        self._directory = directory
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def suggest(self, typed: str) -> Sequence[FoundItem]:
        """Return what to show for *typed*, the key first.

        Where Plane does not find it in time, a key of a known project stands for
        itself.
        """
        text = " ".join(typed.split())[:_LONGEST_TEXT]
        found = self._find(text) if text else ()
        if found is None:
            return self.echo(typed)
        within = [each for each in found if self._directory.is_let_in(each.key)]
        return rank(text, within)[:MOST_FOUND]

    def echo(self, typed: str) -> Sequence[FoundItem]:
        """Return the key that was typed, if its project may be known; no titles."""
        key = read_typed_key(" ".join(typed.split())[:_LONGEST_TEXT])
        return [FoundItem(key)] if key and self._directory.may_be_known(key) else []

    def _find(self, text: str) -> Sequence[FoundItem] | None:
        """Return what Plane finds; None where it does not say."""
        if not self._places.acquire(blocking=False):
            return None
        try:
            return self._search.find(text)
        except Problem as problem:
            logger.warning("A search for a work item failed: %s", problem)
            return None
        finally:
            self._places.release()
