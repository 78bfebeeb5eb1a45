"""Handles a share: what its references are, and so which attachments it asks for."""

import logging
from dataclasses import dataclass

from bot.clients.plane import Project
from bot.clients.plane_directory import PlaneDirectory
from bot.domain.outcomes import Outcome
from bot.domain.references import Reference, WorkItemKey
from bot.errors import (
    ExternalPerson,
    FinalProblem,
    PlaneUnavailable,
    PrivateConversation,
    TransientProblem,
)
from bot.work.attempts import Patience
from bot.work.ledger.shares import NewShare, Resolution, ShareLedger
from bot.work.runner import Job, JobKind, Runner

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guards:
    """What the settings allow to be attached."""

    allow_external: bool
    allow_private: bool

    def check(self, share: NewShare) -> None:
        """Raise unless the settings allow the share.

        Raises:
            FinalProblem: the one that says why.
        """
        if share.is_external and not self.allow_external:
            raise ExternalPerson
        if share.is_private and not self.allow_private:
            raise PrivateConversation


class ShareHandler:
    """Looks up the references of shares and hands their attachments over."""

    def __init__(
        self,
        ledger: ShareLedger,
        directory: PlaneDirectory,
        runner: Runner,
        *,
        guards: Guards,
        patience: Patience,
    ) -> None:
        self._ledger = ledger
        self._directory = directory
        self._runner = runner
        self._guards = guards
        self._patience = patience

    def run(self, job: Job) -> None:
        """Plan the share of *job*."""
        share = self._ledger.get_new(job.row_id)
        if share is None:
            return
        try:
            resolutions = [self._resolve(share, each) for each in share.references]
        except TransientProblem as problem:
            self._postpone(job, share, problem)
            return
        self._plan(share, resolutions)

    def _plan(self, share: NewShare, resolutions: list[Resolution]) -> None:
        for attachment_id in self._ledger.plan(share.share_id, resolutions):
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
        at = self._patience.next_try(problem, share.attempts)
        if at is None:
            self._give_up(share, problem)
            return
        logger.warning("share=%d waits for %s", share.share_id, problem)
        self._ledger.postpone(
            share.share_id,
            problem,
            until=at,
            told={
                reference: _name(reference)
                for reference in share.references
                if self._directory.is_known(reference)
            },
        )
        self._runner.submit(job, at=at)
        self._runner.submit(Job(JobKind.REPLY, share.share_id, share.channel_id))

    def _give_up(self, share: NewShare, problem: TransientProblem) -> None:
        logger.error("share=%d given up: %s", share.share_id, problem)
        outcome = Outcome.giving_up(problem)
        self._plan(
            share,
            [
                Resolution(reference, _name(reference), problem=outcome)
                if self._directory.is_known(reference)
                else Resolution(reference)
                for reference in share.references
            ],
        )


def _name(reference: Reference) -> str:
    """Return what people call the work item before it has been looked up."""
    is_key = isinstance(reference, WorkItemKey)
    return str(reference) if is_key else "the linked work item"
