"""What every listener ends in: the share is stored, then handed over. No network."""

from dataclasses import dataclass

from bot.domain.references import PlaneLinks
from bot.domain.shares import Share
from bot.work.ledger.shares import ShareLedger
from bot.work.runner import Job, JobKind, Runner


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes shares in; when `accept` returns, they are on disk."""

    ledger: ShareLedger
    runner: Runner
    links: PlaneLinks

    def accept(self, share: Share) -> None:
        """Store *share* and have it worked on.

        What the ledger raises goes on to Bolt, so that Slack gets an error and
        delivers again.
        """
        share_id = self.ledger.add(share)
        if share_id is not None:
            self.runner.submit(Job(JobKind.SHARE, share_id, share.channel_id))
