"""Whether the connection to Plane works, found out with few calls and short waits."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from bot.clients.plane_directory import PlaneDirectory
from bot.domain.home import Connection
from bot.domain.outcomes import Outcome
from bot.errors import PlaneThrottled, PlaneUnavailable, Problem
from bot.work.attempts import foreseeing

logger = logging.getLogger(__name__)

#: Plane's calls are for files: nobody who looks costs more than one in this time.
FRESH_SECONDS = 30.0
#: After this long somebody who looks is told that there is no answer.
PATIENCE_SECONDS = 10.0
THREAD_NAME = "look at Plane"


class Gate(Protocol):
    """Knows whether Plane's budget is used up."""

    @property
    def is_open(self) -> bool:
        """Whether a call would go through at once."""


class PlaneConnection:
    """Looks at Plane through *directory*; one look serves everybody for a while."""

    def __init__(
        self,
        directory: PlaneDirectory,
        gate: Gate,
        *,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._gate = gate
        self._patience = patience
        self._clock = clock
        self._look: threading.Thread | None = None
        self._failed: tuple[float, Connection] | None = None

    def recall(self) -> Connection | None:
        """Return what is known of it for sure; None where Plane has to be asked."""
        projects = self._directory.recall_projects()
        if projects is not None:
            return Connection(tuple(project.identifier for project in projects))
        if self._failed and self._clock() - self._failed[0] <= FRESH_SECONDS:
            return self._failed[1]
        return None

    def check(self) -> None:
        """Ask Plane; `recall` knows what came of it afterwards.

        One thread at a time may call this.
        """
        if self._look is None or not self._look.is_alive():
            self._look = threading.Thread(
                target=self._ask, name=THREAD_NAME, daemon=True
            )
            self._look.start()
        self._look.join(self._patience)
        if self._look.is_alive():  # others may be before it in the queue for a call
            is_open = self._gate.is_open
            self._fail(PlaneUnavailable() if is_open else PlaneThrottled())

    def _ask(self) -> None:
        try:
            with foreseeing(logger):
                if not self._gate.is_open:
                    raise PlaneThrottled
                self._directory.list_projects()
        except Problem as problem:
            self._fail(problem)

    def _fail(self, problem: Problem) -> None:
        logger.warning("The connection to Plane does not work: %s", problem)
        self._failed = self._clock(), Connection(problem=Outcome.of(problem))
