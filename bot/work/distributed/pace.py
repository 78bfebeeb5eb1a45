"""How often a worker gives signs of life, and what counts as none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """All that follows from the seconds after which a *stalled* worker is given up."""

    stalled: float = 15.0
    #: Seconds between two looks for a job that no notification told of.
    poll: float = 1.0

    @property
    def heartbeat(self) -> float:
        """Seconds between two signs of life."""
        return self.stalled / 4

    @property
    def lease(self) -> float:
        """Seconds after which a worker that could give none does nothing more."""
        return self.stalled * 2 / 3

    @property
    def call(self) -> float:
        """Seconds that the database may take for what ends within a lease.

        So that it has ended, too, before others take over.
        """
        return (self.stalled - self.lease) * 0.8

    @property
    def look(self) -> int:
        """Seconds between two looks for workers that give no signs."""
        return max(1, min(5, int(self.stalled / 3)))
