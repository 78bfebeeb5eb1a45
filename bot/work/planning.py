"""Handles a share: has it completed and resolved, and plans its attachments."""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.clients.plane_directory import PlaneDirectory
from bot.domain.outcomes import Outcome
from bot.domain.references import Reference
from bot.domain.seeks import SeekLatest
from bot.errors import (
    FinalProblem,
    LedgerUnavailable,
    MessageDeleted,
    Problem,
    TooManyWorkItems,
    TransientProblem,
)
from bot.work.attempts import Patience, foreseeing
from bot.work.delays import after
from bot.work.guards import Guards
from bot.work.ledger.new_shares import NewShare
from bot.work.ledger.parts import Resolution
from bot.work.ledger.shares import Found, ShareLedger
from bot.work.receipts import Receipts
from bot.work.resolving import Resolver
from bot.work.runner import Job, JobKind, Runner
from bot.work.seeking import Seeker

logger = logging.getLogger(__name__)

#: One message attaches to no more work items than this.
MOST_ITEMS = 20
#: Look-ups that take longer than this, in seconds, are told of in time for a reply.
_LONG_SECONDS = 1.0
_DELETED = Outcome.of(MessageDeleted())


class ShareHandler:
    """Looks up the references of shares and hands their attachments over."""

    def __init__(
        self,
        ledger: ShareLedger,
        directory: PlaneDirectory,
        seeker: Seeker,
        runner: Runner,
        receipts: Receipts,
        *,
        guards: Guards,
        patience: Patience,
    ) -> None:
        self._ledger = ledger
        self._directory = directory
        self._seeker = seeker
        self._runner = runner
        self._receipts = receipts
        self._guards = guards
        self._resolver = Resolver(directory, guards)
        self._patience = patience

    def run(self, job: Job) -> None:
        """Plan the share of *job*."""
        share = self._ledger.get_new(job.row_id)
        if share is None:
            return
        if share.is_withdrawn or not (share.seek or share.is_asked_for):
            self._plan_whole(job, share)
            return
        whole, found = self._complete(job, share)
        if whole is None:
            return
        self._plan_whole(job, whole)
        if found and isinstance(share.seek, SeekLatest):
            self._receipts.send(share, found)

    def _plan_whole(self, job: Job, share: NewShare) -> None:
        if share.is_withdrawn:
            self._end(share, _DELETED)
            return
        if share.is_retry:
            self._directory.forget_misses()
        if not self._has_too_many(share):
            self._resolve_all(job, share)

    def _has_too_many(self, share: NewShare) -> bool:
        """Whether the message names more work items than it may; then it is told."""
        if len(share.references) <= MOST_ITEMS:
            return False
        with contextlib.suppress(Problem):  # looking them up meets it again
            self._directory.find_project(share.references[0])
        number = len(self._resolver.names(share))
        if number <= MOST_ITEMS:
            return False
        problem = TooManyWorkItems(number, MOST_ITEMS)
        self._tell(share, Outcome.of(problem), is_private=False)
        return True

    def _resolve_all(self, job: Job, share: NewShare) -> None:
        """Plan what Plane tells of now, and come back for the rest."""
        with self._announcing(share):
            resolutions, left = self._resolver.resolve_all(share)
        if resolutions or not left:
            self._plan(share, resolutions)
        if left:
            rest = replace(share, references=tuple(left))
            self._postpone(job, rest, next(iter(left.values())))

    def _announcing(self, share: NewShare) -> contextlib.AbstractContextManager[None]:
        """Have the thread told of look-ups that take long.

        Most do not, and would only be held up by a write to the ledger before them.
        """
        names = self._resolver.names(share)
        if all(map(self._directory.is_at_hand, names)):
            return contextlib.nullcontext()
        return after(_LONG_SECONDS, lambda: self._announce(share, names))

    def _announce(self, share: NewShare, names: Mapping[Reference, str]) -> None:
        with contextlib.suppress(LedgerUnavailable):  # which the ledger has logged
            due = self._ledger.announce(share.share_id, names)
            job = Job(JobKind.REPLY, share.share_id, share.channel_id)
            self._runner.submit(job, at=due)

    def _complete(
        self, job: Job, share: NewShare
    ) -> tuple[NewShare | None, Found | None]:
        """Seek what the share lacks; return it, or None, and what was found.

        None where that ends the share, or it has to wait.
        """
        try:
            with foreseeing(logger):
                if share.is_asked_for:
                    self._resolver.check_projects(share.references)
                if share.seek is None:
                    return share, None
                found = self._seeker.seek(share)
        except FinalProblem as problem:
            self._tell(share, Outcome.of(problem))
            return None, None
        except TransientProblem as problem:
            self._postpone(job, share, problem)
            return None, None
        if found is None:
            self._tell(share, None)
            return None, None
        if not self._ledger.find(share, found):
            self._runner.submit(job)
            return None, None
        return self._ledger.get_new(share.share_id), found

    def _tell(
        self, share: NewShare, notice: Outcome | None, *, is_private: bool = True
    ) -> None:
        is_over = self._ledger.tell(share, notice, is_private=is_private)
        # Its message was edited since, else: it is looked at once more.
        kind = JobKind.REPLY if is_over else JobKind.SHARE
        self._runner.submit(Job(kind, share.share_id, share.channel_id))

    def _plan(self, share: NewShare, resolutions: list[Resolution]) -> None:
        for attachment_id in self._ledger.plan(
            share.share_id,
            resolutions,
            needs_consent=self._guards.needs_consent(share),
            refusal=_DELETED if share.is_withdrawn else self._guards.refuse(share),
        ):
            job = Job(JobKind.ATTACHMENT, attachment_id, share.channel_id)
            self._runner.submit(job)
        self._runner.submit(Job(JobKind.REPLY, share.share_id, share.channel_id))

    def _postpone(self, job: Job, share: NewShare, problem: TransientProblem) -> None:
        # What was never known cannot be told about, nor is it dropped without a word.
        is_endless = not self._directory.has_listed
        patience = replace(self._patience, is_endless=is_endless)
        at = patience.next_try(problem, share.attempts)
        if at is None:
            self._give_up(share, problem)
            return
        logger.warning("share=%d waits for %s", share.share_id, problem)
        self._ledger.postpone(
            share.share_id,
            problem,
            until=at,
            # While its message is sought, there is no thread to tell anything in.
            told={} if share.is_sought else self._resolver.names(share),
        )
        self._runner.submit(job, at=at)
        self._runner.submit(Job(JobKind.REPLY, share.share_id, share.channel_id))

    def _give_up(self, share: NewShare, problem: TransientProblem) -> None:
        logger.error("share=%d given up: %s", share.share_id, problem)
        self._end(share, Outcome.giving_up(problem))

    def _end(self, share: NewShare, outcome: Outcome) -> None:
        """Tell *outcome* of all that is still to be looked up, as far as it is known.

        What the ledger knew before is looked at as ever.
        """
        if share.is_sought:
            self._tell(share, outcome)
            return
        self._plan(share, self._resolver.end_all(share, outcome))
