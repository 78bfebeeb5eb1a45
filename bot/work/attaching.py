"""Handles an attachment: runs its workflow and keeps what came of it."""

import logging
import time
from collections.abc import Callable

from bot.clients.plane_directory import PlaneDirectory
from bot.domain.outcomes import UNDONE, Outcome
from bot.errors import (
    FinalProblem,
    JobLost,
    LedgerUnavailable,
    MessageDeleted,
    Problem,
    TransientProblem,
    WorkItemNotFound,
)
from bot.work.attach import Attached, AttachWorkflow
from bot.work.attempts import Patience, foreseeing
from bot.work.ledger.attachments import AttachmentLedger, OpenAttachment
from bot.work.ledger.states import AttachmentState
from bot.work.meter import WorkMeter
from bot.work.precedence import GiveWay
from bot.work.runner import LARGE_BYTES, Job, JobKind, Runner
from bot.work.steady_clock import credible

logger = logging.getLogger(__name__)

#: Seconds between two looks at how far a relay is.
PROGRESS_SECONDS = 2.0
_DELETED = Outcome.of(MessageDeleted())


class AttachmentHandler:
    """Gets attachments done, one try at a time."""

    def __init__(
        self,
        ledger: AttachmentLedger,
        workflow: AttachWorkflow,
        directory: PlaneDirectory,
        runner: Runner,
        *,
        patience: Patience,
        give_way: GiveWay = lambda: None,
        timer: Callable[[], float] = time.monotonic,
        meter: WorkMeter | None = None,
        large: int = LARGE_BYTES,
    ) -> None:
        self._ledger = ledger
        self._workflow = workflow
        self._directory = directory
        self._runner = runner
        self._patience = patience
        self._give_way = give_way
        self._timer = timer
        self._meter = meter or WorkMeter()
        self._large = large

    def run(self, job: Job) -> None:
        """Try the attachment of *job*."""
        open_ = self._ledger.get_open(job.row_id)
        if open_ is None:
            return
        now = self._patience.clock()
        if (at := credible(open_.not_before, now)) > now:
            # Whoever asks for it: what was asked of Plane may come to something still.
            self._runner.submit(job, at=at)
        elif open_.state is AttachmentState.REMOVING:
            self._remove(job, open_)
        else:
            self._attach(job, open_)

    def _remove(self, job: Job, open_: OpenAttachment) -> None:
        try:
            with foreseeing(logger):
                self._workflow.remove(open_)
        except TransientProblem as problem:
            if self._wait(job, open_, problem):
                return
            outcome = Outcome.kept(problem)
        except FinalProblem as problem:
            outcome = Outcome.kept(problem)
        else:
            outcome = UNDONE
        shown, is_wanted = self._ledger.remove(open_.attachment_id, outcome)
        self._meter.removal_ended(outcome)
        logger.info(
            "share=%d attachment=%d key=%s removal=%s",
            open_.share_id,
            open_.attachment_id,
            open_.item_key,
            outcome.code,
        )
        self._submit_replies(shown, open_.channel_id)
        self._submit_comments(open_.attachment_id)
        if is_wanted:
            self._runner.submit(job)

    def _attach(self, job: Job, open_: OpenAttachment) -> None:
        started = self._timer()
        try:
            attached = self._try(job, open_)
        except TransientProblem as problem:
            self._postpone(job, open_, problem, since=started)
        except FinalProblem as problem:
            self._fail(open_, problem, since=started)
        else:
            if attached is None:
                self._runner.submit(job._replace(is_large=True))
                return
            self._decide(open_, attached.outcome, attached.asset_id, since=started)

    def _try(self, job: Job, open_: OpenAttachment) -> Attached | None:
        """Return how it ended; None where a large file has to wait for its turn."""
        largest = None if job.is_large else self._large
        with foreseeing(logger):
            return self._workflow.run(
                open_, progress=self._reporter(open_), largest=largest
            )

    def _postpone(
        self,
        job: Job,
        open_: OpenAttachment,
        problem: TransientProblem,
        *,
        since: float,
    ) -> None:
        if not self._wait(job, open_, problem):
            self._give_up(open_.attachment_id, problem, since=since)

    def _wait(self, job: Job, open_: OpenAttachment, problem: TransientProblem) -> bool:
        """Have the attachment tried again later; False where it was tried enough."""
        at = self._patience.next_try(problem, open_.attempts)
        if at is None:
            return False
        logger.warning(
            "share=%d attachment=%d key=%s waits for %s",
            open_.share_id,
            open_.attachment_id,
            open_.item_key,
            problem,
        )
        self._ledger.postpone(open_.attachment_id, problem, until=at)
        self._runner.submit(job, at=at)
        self._report(open_.attachment_id)
        return True

    def _give_up(
        self, attachment_id: int, problem: TransientProblem, *, since: float
    ) -> None:
        open_ = self._ledger.get_open(attachment_id)
        assert open_ is not None, "only its own handler decides an attachment"
        try:
            self._workflow.discard(open_)
        except Problem as left:
            unknown = "of a link" if open_.is_link else "that it may have"
            logger.error(
                "attachment=%d leaves the record %s in Plane: %s",
                attachment_id,
                open_.asset_id or unknown,
                left,
            )
        logger.error(
            "share=%d attachment=%d given up: %s",
            open_.share_id,
            attachment_id,
            problem,
        )
        outcome = _DELETED if open_.is_withdrawn else Outcome.giving_up(problem)
        self._decide(open_, outcome, None, since=since)

    def _fail(
        self, open_: OpenAttachment, problem: FinalProblem, *, since: float
    ) -> None:
        logger.warning(
            "share=%d attachment=%d key=%s failed: %s",
            open_.share_id,
            open_.attachment_id,
            open_.item_key,
            problem,
        )
        if isinstance(problem, WorkItemNotFound):
            self._directory.forget(open_.work_item_id)
        self._decide(open_, Outcome.of(problem), None, since=since)

    def _decide(
        self,
        open_: OpenAttachment,
        outcome: Outcome,
        asset_id: str | None,
        *,
        since: float,
    ) -> None:
        decided = self._ledger.decide(open_.attachment_id, outcome, asset_id=asset_id)
        self._tell_end(open_, outcome, seconds=self._timer() - since)
        self._submit_replies(decided.shares, open_.channel_id)
        self._submit_comments(open_.attachment_id)
        wanted = [open_.attachment_id] if decided.is_wanted else []
        for attachment_id in [*wanted, *decided.removals]:
            job = Job(JobKind.ATTACHMENT, attachment_id, open_.channel_id)
            self._runner.submit(job)

    def _tell_end(
        self, open_: OpenAttachment, outcome: Outcome, *, seconds: float
    ) -> None:
        self._meter.attachment_ended(outcome)
        logger.info(
            "share=%d attachment=%d key=%s outcome=%s bytes=%s seconds=%.3f",
            open_.share_id,
            open_.attachment_id,
            open_.item_key,
            outcome.code,
            open_.file.size,
            seconds,
        )

    def _report(self, attachment_id: int) -> None:
        self._submit_replies(self._ledger.waiting_shares(attachment_id), "")

    def _submit_replies(self, share_ids: list[int], group: str) -> None:
        for share_id in share_ids:
            self._runner.submit(Job(JobKind.REPLY, share_id, group))

    def _submit_comments(self, attachment_id: int) -> None:
        for comment_id, channel_id, at in self._ledger.due_comments(attachment_id):
            self._runner.submit(Job(JobKind.COMMENT, comment_id, channel_id), at=at)

    def _reporter(self, open_: OpenAttachment) -> Callable[[int], None]:
        """Return what is told of relayed bytes; it passes on one count in a while."""
        last = self._timer()

        def report(relayed: int) -> None:
            nonlocal last
            self._give_way()
            now = self._timer()
            if now - last < PROGRESS_SECONDS:
                return
            last = now
            try:
                self._ledger.advance(open_.attachment_id, relayed)
                self._report(open_.attachment_id)
            except JobLost:  # others send these bytes by now
                raise
            except LedgerUnavailable as error:  # no reason to end the relay
                logger.warning("attachment=%d: %s", open_.attachment_id, error)

        return report
