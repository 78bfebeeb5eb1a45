"""What every listener ends in: the share is stored, then handed over. No network."""

from dataclasses import dataclass, field

from bot.clients.response_urls import ResponseUrls
from bot.domain.consents import Question
from bot.domain.deletions import Deletion
from bot.domain.outcomes import Outcome
from bot.domain.presses import Decision, Press
from bot.domain.references import PlaneLinks
from bot.domain.shares import Share
from bot.work.ledger.consents import ConsentLedger
from bot.work.ledger.presses import PressLedger
from bot.work.ledger.shares import ShareLedger
from bot.work.ledger.withdrawals import WithdrawalLedger
from bot.work.meter import WorkMeter
from bot.work.runner import Job, JobKind, Runner


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes shares in; when `accept` returns, they are on disk."""

    ledger: ShareLedger
    runner: Runner
    links: PlaneLinks
    response_urls: ResponseUrls
    presses: PressLedger
    consents: ConsentLedger
    withdrawals: WithdrawalLedger
    meter: WorkMeter = field(default_factory=WorkMeter)

    def accept(self, share: Share) -> None:
        """Store *share* and have it worked on.

        What the ledger raises goes on to Bolt, so that Slack gets an error and
        delivers again.
        """
        share_id = self.ledger.add(share)
        if share_id is not None:
            self.meter.share_stored(share.identity)
            kind = JobKind.REPLY if share.notice else JobKind.SHARE
            self.runner.submit(Job(kind, share_id, share.channel_id))

    def withdraw(self, deletion: Deletion) -> None:
        """Have what is not attached yet left out: its message was deleted."""
        withdrawn = self.withdrawals.withdraw(deletion)
        for share_id in withdrawn.shares:
            self.runner.submit(Job(JobKind.SHARE, share_id, deletion.channel_id))
        for attachment_id in withdrawn.attachments:
            job = Job(JobKind.ATTACHMENT, attachment_id, deletion.channel_id)
            self.runner.submit(job)
        for share_id in withdrawn.replies:
            self.runner.submit(Job(JobKind.REPLY, share_id, deletion.channel_id))

    def retry(self, press: Press) -> Outcome | None:
        """Have what failed in a share tried again; anyone in its conversation may.

        In an App Home, that is the share's own person alone. Return why that changes
        nothing, where it does not.
        """
        if not self.presses.retry(press):
            return self.presses.explain_retry(press)
        self.runner.submit(Job(JobKind.SHARE, press.share_id, press.group))
        return None

    def undo(self, press: Press) -> Outcome | None:
        """Have what a share attached removed, if it was this person's.

        Return why that changes nothing, where it does not.
        """
        undone = self.presses.undo(press)
        for attachment_id in undone:
            job = Job(JobKind.ATTACHMENT, attachment_id, press.group)
            self.runner.submit(job)
        return None if undone else self.presses.explain_undo(press)

    def decide(self, decision: Decision) -> Question | None:
        """Take the answer to a question, if it answers one; return that question."""
        question = self.consents.decide(decision)
        if question is None:
            return None
        press = decision.press
        if decision.is_yes:
            for attachment_id in question.attachment_ids:
                job = Job(JobKind.ATTACHMENT, attachment_id, press.group)
                self.runner.submit(job)
        self.runner.submit(Job(JobKind.REPLY, press.share_id, press.group))
        return question
