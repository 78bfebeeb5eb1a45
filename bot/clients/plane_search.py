"""Plane's search for work items, for people who type into a menu.

It finds by name, by any number in the text and by a part of the identifier, newest
first: `OPS-1` before `WEB-1` for "WEB-1" (observed, Plane CE 1.3.1). What is chosen is
therefore resolved by its key, never by what was found.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import TTLCache, cachedmethod

from bot.clients.plane_answers import expecting_shape, raise_for_status, read_object
from bot.clients.plane_calls import PlaneCalls
from bot.domain.item_search import FoundItem
from bot.domain.references import WorkItemKey
from bot.errors import MalformedReference

#: The menu of Slack's that shows them has room for 100.
MOST_FOUND = 100

_PATH = "work-items/search/"
_SECONDS = 30
_MANY = 1_000


class PlaneSearch:
    """Searches the projects of the key's user; each text once in a while."""

    def __init__(
        self,
        calls: PlaneCalls,
        *,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._patience = patience
        self._found: TTLCache[object, tuple[FoundItem, ...]] = TTLCache(
            _MANY, _SECONDS, clock
        )
        self._lock = threading.Lock()

    # The lock is for the cache only: who types something else need not wait.
    @cachedmethod(lambda self: self._found, lock=lambda self: self._lock)
    def find(self, text: str) -> tuple[FoundItem, ...]:
        """Return what Plane finds for *text*.

        Raises:
            PlaneThrottled: for *patience* seconds there was no call left for it.
            PlaneUnavailable: Plane did not answer in that time.
        """
        params = {"search": text, "limit": str(MOST_FOUND)}
        response = self._calls.call(
            "GET", _PATH, params=params, patience=self._patience
        )
        raise_for_status(response)
        with expecting_shape():
            found = map(_parse, read_object(response)["issues"])
            return tuple(item for item in found if item)


def _parse(raw: Mapping[str, Any]) -> FoundItem | None:
    try:
        key = WorkItemKey(str(raw["project__identifier"]), int(raw["sequence_id"]))
    except MalformedReference:
        return None  # Plane lets a project have one that no text can be told by
    return FoundItem(key, str(raw["name"]))
