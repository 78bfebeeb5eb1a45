"""What a share's reply tells: a line per file and work item. No I/O."""

from dataclasses import dataclass

from bot.domain.outcomes import CONSENT_AWAITED, SETTLED, UNDONE, Outcome
from bot.errors import MessageDeleted

_LEFT_OUT = MessageDeleted.__name__
#: The codes of what is as somebody wants it.
_FINE = SETTLED | {UNDONE.code}
#: The summary of a report that has nothing to tell.
NOTHING = "quiet"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file on one work item; sizes in bytes, *outcome* None while it is open.

    *waiting_for* is the problem that its next try waits out; *is_leaving* tells that
    the file is being removed.
    """

    name: str
    outcome: Outcome | None
    relayed: int = 0
    size: int | None = None
    waiting_for: Outcome | None = None
    is_leaving: bool = False


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One reference: its *files*, or the *problem* that kept all of them from it.

    *waiting_for* is the problem that keeps it from being looked up.
    """

    key: str
    problem: Outcome | None = None
    waiting_for: Outcome | None = None
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one reply says: of its *items*, or a *notice* instead.

    *is_private* tells that the notice is for the one who asked only.
    """

    items: tuple[ItemReport, ...]
    is_planned: bool
    notice: Outcome | None = None
    is_private: bool = False

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.is_planned and all(
            line.outcome for item in self.items for line in item.files
        )

    @property
    def is_left_out(self) -> bool:
        """Whether all there is to tell is that its message was deleted."""
        outcomes = [line.outcome for item in self.items for line in item.files]
        outcomes += [item.problem for item in self.items if not item.files]
        return all(each and each.code == _LEFT_OUT for each in outcomes)

    @property
    def summary(self) -> str:
        """How it ended, in a word.

        `done`, `partly`, `failed`; `asked` where somebody has to answer first, `told`
        where there is only a notice, `quiet` where there is nothing to tell.
        """
        if self.notice:
            return "told"
        outcomes = [line.outcome for item in self.items for line in item.files]
        outcomes += [item.problem for item in self.items if not item.files]
        if not outcomes:
            return NOTHING
        if self.awaits_consent:
            return "asked"
        fine = [each is not None and each.code in _FINE for each in outcomes]
        return "done" if all(fine) else "partly" if any(fine) else "failed"

    @property
    def awaits_consent(self) -> bool:
        """Whether somebody has to be asked about a file before anything happens."""
        return any(
            line.outcome is not None and line.outcome.code == CONSENT_AWAITED.code
            for item in self.items
            for line in item.files
        )
