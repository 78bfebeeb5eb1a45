"""What became of one file or one reference: a code with its facts. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.errors import Fact, Problem, TransientProblem


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result to tell; *code* is one of those below or a problem's class name."""

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
        return cls(GIVEN_UP, facts)

    @classmethod
    def kept(cls, problem: Problem) -> Self:
        """Return that *problem* keeps a file from being removed."""
        return cls(NOT_UNDONE, {**problem.facts, "cause": problem.code})

    @classmethod
    def linked(cls, service: str) -> Self:
        """Return that a link to the file, which stays with *service*, was made."""
        return cls(LINKED, {"service": service})

    @classmethod
    def unasked(cls, problem: Problem) -> Self:
        """Return that *problem* kept whoever shared the file from being asked."""
        return cls(CONSENT_UNASKED, problem.facts)

    @property
    def is_success(self) -> bool:
        """Whether the file, or a link to it, is on the work item now."""
        return self.code in SUCCESSES

    @property
    def for_others(self) -> "Outcome":
        """What it is for the shares that wait for the same and did not bring it."""
        return _FOR_OTHERS.get(self.code, self)


HELP = Outcome("Help")
TAKEN = Outcome("Taken")
ATTACHED = Outcome("Attached")
ALREADY_ATTACHED = Outcome("AlreadyAttached")
#: The code of `Outcome.linked`.
LINKED = "Linked"
ALREADY_LINKED = Outcome("AlreadyLinked")
#: On its way from the one to the other of these two.
REMOVING = Outcome("Removing")
UNDONE = Outcome("Undone")
#: It was removed because it is on another work item, `item`, instead.
MOVED = "Moved"
#: The code of `Outcome.kept`: it is attached as before.
NOT_UNDONE = "NotUndone"
#: The code of `Outcome.giving_up`.
GIVEN_UP = "GivenUp"

# What a press of a button comes to that changes nothing.
NOTHING_TO_UNDO = Outcome("NothingToUndo")
NOTHING_TO_RETRY = Outcome("NothingToRetry")
STILL_AT_WORK = Outcome("StillAtWork")
#: For who does not wait any longer.
NOT_YET = Outcome("NotYet")
#: Of files from private conversations: whoever shared one is asked, or could not be.
CONSENT_AWAITED = Outcome("ConsentAwaited")
CONSENT_REFUSED = Outcome("ConsentRefused")
#: The code of `Outcome.unasked`.
CONSENT_UNASKED = "ConsentUnasked"
#: The codes of all that is decided by an answer, which a Retry only asks for again.
CONSENTS = frozenset({CONSENT_AWAITED.code, CONSENT_REFUSED.code, CONSENT_UNASKED})

_FOR_OTHERS = {ATTACHED.code: ALREADY_ATTACHED, LINKED: ALREADY_LINKED}

#: The codes of what no second try can change.
LASTING = frozenset(
    {
        HELP.code,
        "ExternalFile",
        "ExternalPerson",
        "FileDeleted",
        "FileElsewhere",
        "FileEmpty",
        "FileHidden",
        "FileNotDownloadable",
        "LinkElsewhere",
        "MessageDeleted",
        "PrivateConversation",
        "TooManyWorkItems",
    }
)
#: The codes of what a share brought about itself.
MADE = frozenset(_FOR_OTHERS)
#: The codes after which that is there still, and whoever asked for it can undo it.
OWN = MADE | {NOT_UNDONE}
#: The codes of outcomes after which a link is on the work item.
LINKS = frozenset({LINKED, ALREADY_LINKED.code})
#: The codes of outcomes after which the file or a link is on the work item.
SUCCESSES = LINKS | {ATTACHED.code, ALREADY_ATTACHED.code}
#: The codes of what trying again is not for: it went well, or where it was wanted.
SETTLED = SUCCESSES | OWN | {MOVED}
