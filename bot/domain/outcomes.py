"""What became of one file or one reference: a code with its facts. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.errors import Fact, Problem, TransientProblem


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result to tell; *code* is one of the two below or a problem's class name."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return *problem* as the outcome."""
        return cls(problem.code, problem.facts)

    @classmethod
    def giving_up(cls, problem: TransientProblem) -> Self:
        """Return that *problem* did not pass for as long as it is waited out."""
        patience = int(problem.patience)
        facts = {**problem.facts, "cause": problem.code, "patience": patience}
        return cls("GivenUp", facts)

    @property
    def is_success(self) -> bool:
        """Whether the file is on the work item now."""
        return self.code in (ATTACHED.code, ALREADY_ATTACHED.code)


ATTACHED = Outcome("Attached")
ALREADY_ATTACHED = Outcome("AlreadyAttached")
