"""The composition root: puts together what a process is to do, from the settings."""

import logging
from collections.abc import Iterable
from enum import StrEnum

from slack_bolt import App

from bot.config import Settings
from bot.entrypoints.foundation import Foundation
from bot.entrypoints.metrics import Metrics
from bot.entrypoints.receiving import Receiving
from bot.entrypoints.working import Working
from bot.work.runner import Job

logger = logging.getLogger(__name__)


class Role(StrEnum):
    """What a process does, by its command."""

    RUN = "run"
    WEB = "web"
    WORKER = "worker"

    @property
    def receives(self) -> bool:
        """Whether Slack is to reach it."""
        return self is not Role.WORKER

    @property
    def works(self) -> bool:
        """Whether it does what was received, here or elsewhere."""
        return self is not Role.WEB


class Loadmaster:
    """All of a process; what it receives and has no hands for, others do."""

    def __init__(
        self, settings: Settings, metrics: Metrics, role: Role = Role.RUN
    ) -> None:
        self._foundation = foundation = Foundation(settings, metrics)
        self.precedence = foundation.precedence
        self._receiving = Receiving(foundation) if role.receives else None
        self._working: Working | None = None
        if role.works:
            self._working = Working(foundation, self._refresh_home)

    @property
    def app(self) -> App | None:
        """Bolt's app; None where nothing is received."""
        return self._receiving.app if self._receiving else None

    def start(self) -> None:
        """Bring the database up to date and begin.

        Raises:
            StartError: the database cannot be used.
        """
        self.migrate()
        if self._working:
            self._working.start()
        if self._receiving:
            self._receiving.start()

    def migrate(self) -> None:
        """Bring the database up to date.

        Raises:
            StartError: it cannot be used.
        """
        self._foundation.database.migrate()

    def work_on(self, jobs: Iterable[Job]) -> None:
        """Have these done, and what comes of them; of all else nothing is begun.

        What does not work hands them over.
        """
        if self._working:
            self._working.work_on(jobs)
            return
        for job in jobs:
            self._foundation.runner.submit(job)

    def take_up(self) -> None:
        """Have done whatever the ledger says is not."""
        if self._working:
            self._working.sweep()

    def stop(self, *, timeout: float) -> None:
        """Finish what runs, for *timeout* seconds; the rest is safe in the ledger."""
        if self._receiving:
            self._receiving.stop()
        if not self._foundation.runner.stop(timeout=timeout):
            logger.warning("Some work is left to the next start")
        self._foundation.database.close()

    def faults(self) -> list[str]:
        """Return why the process could not do its part now; nothing where it could."""
        return self._foundation.faults()

    def _refresh_home(self, share_id: int) -> None:
        """Show a Home anew that this process has shown; others are not known here."""
        if self._receiving:
            self._receiving.homes.refresh(share_id)
