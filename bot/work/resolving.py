"""Resolves references: where they lead in Plane, and whether a share may go there."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clients.plane import Project
from bot.clients.plane_directory import PlaneDirectory
from bot.domain.outcomes import Outcome
from bot.domain.references import Reference, WorkItemKey
from bot.errors import (
    FinalProblem,
    PlaneUnavailable,
    ProjectUnknown,
    TransientProblem,
)
from bot.work.attempts import foreseeing
from bot.work.guards import Guards
from bot.work.ledger.new_shares import NewShare
from bot.work.ledger.parts import Resolution

logger = logging.getLogger(__name__)

#: What cannot be looked up for now, and why.
Unresolved = dict[Reference, TransientProblem]


@dataclass(frozen=True, slots=True)
class Resolver:
    """Asks Plane about references, and the settings about what is to go there."""

    directory: PlaneDirectory
    guards: Guards

    def check_projects(self, references: Sequence[Reference]) -> None:
        """Raise where all that was asked for is unknown: silence would be no answer.

        Raises:
            ProjectUnknown: it names the first.
        """
        if references and not any(map(self.directory.find_project, references)):
            raise unknown_project(references[0])

    def resolve_all(self, share: NewShare) -> tuple[list[Resolution], Unresolved]:
        """Look all references up; what fails for now keeps the others from nothing."""
        resolutions: list[Resolution] = []
        left: Unresolved = {}
        for reference in share.references:
            try:
                with foreseeing(logger):
                    resolutions.append(self._resolve(share, reference))
            except TransientProblem as problem:
                left[reference] = problem
        return resolutions, left

    def end_all(self, share: NewShare, outcome: Outcome) -> list[Resolution]:
        """Have *outcome* for all references that may be told about; ask nobody."""
        names = self.names(share)
        return [
            Resolution(reference, names[reference], problem=outcome)
            if reference in names
            else Resolution(reference)
            for reference in share.references
        ]

    def names(self, share: NewShare) -> dict[Reference, str]:
        """Return what may be told about before it was looked up."""
        return {
            reference: _name(reference)
            for reference in share.references
            if self.directory.is_known(reference)
        }

    def _resolve(self, share: NewShare, reference: Reference) -> Resolution:
        try:
            project = self._find_project(reference)
            if project is None:
                return Resolution(reference)
            self.guards.check(share)
            item = self.directory.get_work_item(reference, project)
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
            return self.directory.find_project(reference)
        except FinalProblem as problem:
            if self.directory.is_known(reference):
                raise
            logger.error("Plane does not list its projects: %s", problem)
            raise PlaneUnavailable from problem


def unknown_project(reference: Reference) -> ProjectUnknown:
    """Return what is told to one who asked for an unknown project's work item."""
    if isinstance(reference, WorkItemKey):
        return ProjectUnknown(reference.identifier)
    return ProjectUnknown("behind that link")


def _name(reference: Reference) -> str:
    """Return what people call the work item before it has been looked up."""
    is_key = isinstance(reference, WorkItemKey)
    return str(reference) if is_key else "the linked work item"
