"""What the settings allow to be attached, and what only after a yes."""

from dataclasses import dataclass

from bot.config import PrivateFiles
from bot.domain.outcomes import Outcome
from bot.errors import ExternalPerson, FinalProblem, PrivateConversation
from bot.work.ledger.new_shares import NewShare


@dataclass(frozen=True, slots=True)
class Guards:
    """What the settings allow to be attached."""

    allow_external: bool
    private: PrivateFiles

    def check(self, share: NewShare) -> None:
        """Raise unless the settings allow the share.

        Raises:
            FinalProblem: the one that says why.
        """
        if share.is_external and not self.allow_external:
            raise ExternalPerson
        if share.is_private and self.private is PrivateFiles.DENY:
            raise PrivateConversation

    def refuse(self, share: NewShare) -> Outcome | None:
        """Return why the settings of today let nothing of the share to Plane."""
        try:
            self.check(share)
        except FinalProblem as problem:
            return Outcome.of(problem)
        return None

    def needs_consent(self, share: NewShare) -> bool:
        """Whether nothing of the share may go to Plane before its sharers say yes."""
        return bool(share.is_private) and self.private is PrivateFiles.ASK
