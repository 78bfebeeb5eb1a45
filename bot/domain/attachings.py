"""What `loadmaster attach` tells of each file, for people and programs. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.escaping import show_code
from bot.domain.outcomes import Outcome
from bot.domain.sentences import tell
from bot.domain.terminals import read_mrkdwn


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file of *source*, which is a path or a link.

    *is_left* tells that a bot goes on with it.
    """

    source: str
    name: str
    outcome: Outcome
    is_left: bool = False

    @property
    def is_success(self) -> bool:
        """Whether it is on the work item now."""
        return self.outcome.is_success

    @property
    def sentence(self) -> str:
        """What became of it, for a terminal."""
        text = read_mrkdwn(tell(self.outcome, it=show_code(self.name)))
        return f"{text} {_LEFT}" if self.is_left else text


_LEFT = "It goes on when a bot runs; loadmaster status tells how far it is."


def print_results(item: str, results: Sequence[Result]) -> dict[str, Any]:
    """Return the results as JSON."""
    return {
        "item": item,
        "files": [
            {
                "source": each.source,
                "name": each.name,
                "attached": each.is_success,
                "outcome": each.outcome.code,
                "sentence": each.sentence,
            }
            for each in results
        ],
    }
