"""What this process heard of its calls while the database could take no note of it."""

import contextlib
from collections.abc import Iterator


class Heard:
    """Until when each row's last call may come late, where it is less than was kept.

    A full disk after an answer must not have the answer waited for. With the process
    this is lost, and what was kept before the call holds.
    """

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    @contextlib.contextmanager
    def keeping(self, row_id: int, *, until: float = 0.0) -> Iterator[None]:
        """Know *until* (epoch seconds) for as long as the block does not store it."""
        self._until[row_id] = until
        yield
        self._until.pop(row_id, None)

    def correct(self, row_id: int, kept: float) -> float:
        """Return the time that holds instead of the one that was *kept*."""
        return min(kept, self._until.get(row_id, kept))
