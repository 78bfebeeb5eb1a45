"""What this process heard of its calls while the database could take no note of it."""

import contextlib
import threading
from collections.abc import Iterator

from cachetools import LRUCache

#: Rows that are remembered; of one that is not, the kept time is waited for.
_MOST = 10_000


class Heard:
    """Until when each row's last call may come late, where it is less than was kept.

    A full disk after an answer must not have the answer waited for. With the process
    this is lost, and what was kept before the call holds; so does what another process
    kept since, for a call of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written = LRUCache[int, float](_MOST)
        self._until = LRUCache[int, float](_MOST)

    @contextlib.contextmanager
    def keeping(self, row_id: int, *, until: float = 0.0) -> Iterator[None]:
        """Know *until* (epoch seconds) for as long as the block does not store it."""
        with self._lock:
            self._until[row_id] = until
        yield
        with self._lock:
            self._written[row_id] = until
            self._until.pop(row_id, None)

    def correct(self, row_id: int, kept: float) -> float:
        """Return the time that holds instead of the one that was *kept*."""
        with self._lock:
            if self._written.get(row_id) != kept:  # somebody else's
                return kept
            return min(kept, self._until.get(row_id, kept))
