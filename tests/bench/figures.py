"""Figures of several rounds: median, smallest, largest, and ratios round by round."""

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Rounds:
    """What each contender took in each round; a round is all of them in turn."""

    taken: dict[str, list[dict[str, float]]] = field(default_factory=dict)

    @classmethod
    def play(cls, contenders, *, number):
        """Have all *contenders* (names and what runs them) play *number* rounds."""
        rounds = cls()
        for _ in range(number):
            for name, run in contenders.items():
                rounds.taken.setdefault(name, []).append(run())
        return rounds

    def values(self, name, figure):
        return [each[figure] for each in self.taken[name]]

    def median(self, name, figure):
        return median(self.values(name, figure))

    def ratio(self, name, other, figure):
        """Return the median of the ratios of *name* to *other*, pair by pair."""
        pairs = zip(self.values(name, figure), self.values(other, figure), strict=True)
        return median(one / another for one, another in pairs)

    def show(self, name, figure, digits=2):
        """Return the median with smallest and largest as a text."""
        values = self.values(name, figure)
        low, high = min(values), max(values)
        return f"{median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"
