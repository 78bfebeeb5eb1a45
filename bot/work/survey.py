"""Looks how the ledger is, for whoever watches; an answer comes in bounded time.

A disk may hang rather than fail. Whoever watches is told of that best by an answer.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import LedgerUnavailable
from bot.work.ledger.backlog import BacklogLedger, Waiting
from bot.work.ledger.database import Database
from bot.work.precedence import Precedence
from bot.work.runner import JobKind

#: Prometheus gives a scrape 10 seconds by default.
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Findings:
    """Whether the ledger is written, and what waits in it; None where none can tell."""

    is_writable: bool
    backlog: Mapping[JobKind, Waiting] | None


class Surveyor:
    """Writes to the ledger and reads it, in one thread for all who ask at once."""

    def __init__(
        self,
        database: Database,
        precedence: Precedence,
        *,
        clock: Callable[[], float],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._precedence = precedence
        self._backlog = BacklogLedger(database, clock=clock)
        self._patience = patience
        self._lock = threading.Lock()
        self._look = threading.Thread()
        self._read: Mapping[JobKind, Waiting] | None = None

    def look(self) -> Findings:
        """Return what is found, or what was known before where that takes too long."""
        with self._lock:
            if not self._look.is_alive():
                self._read = None
                self._look = threading.Thread(target=self._ask, daemon=True)
                self._look.start()
            look = self._look
        look.join(self._patience)
        return Findings(self._database.is_writable, self._read)

    def _ask(self) -> None:
        try:
            # Read first: that may go on where nothing can be written.
            self._read = self._backlog.read()
            with self._precedence.turn():  # else it would stand back like work
                self._database.check()
        except LedgerUnavailable:  # which the ledger has logged
            return
