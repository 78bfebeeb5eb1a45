"""Handles a share: what its references are, and so which attachments it asks for."""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.clients.plane import Project
from bot.clients.plane_directory import PlaneDirectory
from bot.config import PrivateFiles
from bot.domain.outcomes import Outcome
from bot.domain.references import Reference, WorkItemKey
from bot.domain.seeks import SeekLatest
from bot.errors import (
    ExternalPerson,
    FinalProblem,
    LedgerUnavailable,
    MessageDeleted,
    PlaneUnavailable,
    PrivateConversation,
    Problem,
    TooManyWorkItems,
    TransientProblem,
)
from bot.work.attempts import Patience, foreseeing
from bot.work.delays import after
from bot.work.ledger.parts import Resolution
from bot.work.ledger.shares import Found, NewShare, ShareLedger
from bot.work.receipts import Receipts
from bot.work.runner import Job, JobKind, Runner
from bot.work.seeking import Seeker

logger = logging.getLogger(__name__)

#: One message attaches to no more work items than this.
MOST_ITEMS = 20
#: Look-ups that take longer than this, in seconds, are told of in time for a reply.
_LONG_SECONDS = 1.0
_DELETED = Outcome.of(MessageDeleted())


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
        self._patience = patience

    def run(self, job: Job) -> None:
        """Plan the share of *job*."""
        share = self._ledger.get_new(job.row_id)
        if share is None:
            return
        if share.is_withdrawn or not share.is_asked_for:
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
        number = len(self._names(share))
        if number <= MOST_ITEMS:
            return False
        problem = TooManyWorkItems(number, MOST_ITEMS)
        self._tell(share, Outcome.of(problem), is_private=False)
        return True

    def _resolve_all(self, job: Job, share: NewShare) -> None:
        """Look all references up; what fails for now keeps the others from nothing."""
        resolutions: list[Resolution] = []
        left: dict[Reference, TransientProblem] = {}
        with self._announcing(share):
            for reference in share.references:
                try:
                    with foreseeing(logger):
                        resolutions.append(self._resolve(share, reference))
                except TransientProblem as problem:
                    left[reference] = problem
        if resolutions or not left:
            self._plan(share, resolutions)
        if left:
            rest = replace(share, references=tuple(left))
            self._postpone(job, rest, next(iter(left.values())))

    def _announcing(self, share: NewShare) -> contextlib.AbstractContextManager[None]:
        """Have the thread told of look-ups that take long.

        Most do not, and would only be held up by a write to the ledger before them.
        """
        names = self._names(share)
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
                self._seeker.check_projects(share.references)
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
        self._ledger.find(share.share_id, found)
        return self._ledger.get_new(share.share_id), found

    def _tell(
        self, share: NewShare, notice: Outcome | None, *, is_private: bool = True
    ) -> None:
        self._ledger.tell(share.share_id, notice, is_private=is_private)
        self._runner.submit(Job(JobKind.REPLY, share.share_id, share.channel_id))

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

    def _resolve(self, share: NewShare, reference: Reference) -> Resolution:
        try:
            project = self._find_project(reference)
            if project is None:
                return Resolution(reference)
            self._guards.check(share)
            item = self._directory.get_work_item(reference, project)
        except FinalProblem as problem:
            return Resolution(reference, _name(reference), problem=Outcome.of(problem))
        return Resolution(
            reference,
            item_key=str(item.key),
            project_id=item.project_id,
            work_item_id=item.work_item_id,
        )

    def _find_project(self, reference: Reference) -> Project | None:
        """Return the known project of *reference*.

        Where Plane refuses to list projects, only what was known before may be told
        about; other shares wait, since `UTF-8` looks like a key, too.
        """
        try:
            return self._directory.find_project(reference)
        except FinalProblem as problem:
            if self._directory.is_known(reference):
                raise
            logger.error("Plane does not list its projects: %s", problem)
            raise PlaneUnavailable from problem

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
            told={} if share.seek else self._names(share),
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
        if share.seek:
            self._tell(share, outcome)
            return
        names = self._names(share)
        self._plan(
            share,
            [
                Resolution(reference, names[reference], problem=outcome)
                if reference in names
                else Resolution(reference)
                for reference in share.references
            ],
        )

    def _names(self, share: NewShare) -> dict[Reference, str]:
        """Return what may be told about before it was looked up."""
        return {
            reference: _name(reference)
            for reference in share.references
            if self._directory.is_known(reference)
        }


def _name(reference: Reference) -> str:
    """Return what people call the work item before it has been looked up."""
    is_key = isinstance(reference, WorkItemKey)
    return str(reference) if is_key else "the linked work item"
