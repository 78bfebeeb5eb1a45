"""What work tells of itself to whoever counts it.

No Prometheus here: what is counted and under which name is bot.entrypoints.metrics'.
"""

from bot.domain.outcomes import Outcome
from bot.errors import TransientProblem
from bot.work.runner import JobKind


class WorkMeter:
    """Is told what comes of the work; this one takes no note of it."""

    def share_stored(self, trigger: str) -> None:
        """Take note of a share that was stored; *trigger* is its identity's."""

    def share_ended(self, outcome: str) -> None:
        """Take note of a share about which there is nothing left to say."""

    def attachment_ended(self, outcome: Outcome) -> None:
        """Take note of what became of a file on a work item."""

    def removal_ended(self, outcome: Outcome) -> None:
        """Take note of what became of a file that somebody took back."""

    def tried(
        self, kind: JobKind, problem: TransientProblem, next_try: float | None
    ) -> None:
        """Take note of a try that ended in *problem*; None where it was the last."""
