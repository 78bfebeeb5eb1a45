"""The parts of a share, its references and files, in SQL."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    ScalarSelect,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from bot.domain.files import SharedFile
from bot.domain.outcomes import CONSENT_AWAITED, REMOVING, SETTLED, Outcome
from bot.domain.references import Reference, print_reference
from bot.domain.shares import Share
from bot.work.ledger.inserting import insert_new
from bot.work.ledger.schema import share_attachments, share_files, share_references
from bot.work.ledger.states import UNDECIDED, Consent, ReferenceState


def _count(table: Table) -> ScalarSelect[int]:
    of_share = table.c.share_id == bindparam("share_id")
    return select(func.count()).select_from(table).where(of_share).scalar_subquery()


_COUNT = select(_count(share_references) + _count(share_files))
_STATES = select(share_references.c.state).where(
    share_references.c.share_id == bindparam("share_id")
)
_CHANGE_REFERENCE = update(share_references).where(
    share_references.c.share_id == bindparam("b_share_id"),
    share_references.c.reference == bindparam("b_reference"),
)
_CHANGE_FILE = update(share_files).where(
    share_files.c.share_id == bindparam("b_share_id"),
    share_files.c.file_id == bindparam("b_file_id"),
)
#: `dataclasses.asdict` would copy each value, which takes ten times as long.
_FIELDS = tuple(field.name for field in dataclasses.fields(SharedFile))


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a reference turned out to be: a work item, a problem, or none of ours.

    None of ours where neither *work_item_id* nor *problem* is given.
    """

    reference: Reference
    item_key: str = ""
    project_id: str | None = None
    work_item_id: str | None = None
    problem: Outcome | None = None

    @property
    def state(self) -> ReferenceState:
        """The state that the ledger keeps."""
        if self.problem:
            return ReferenceState.REFUSED
        return ReferenceState.FOUND if self.work_item_id else ReferenceState.IGNORED


def put_parts(
    connection: Connection,
    share_id: int,
    references: Sequence[Reference],
    files: Sequence[SharedFile],
    *,
    first: int,
) -> None:
    """Insert references and files; new ones get positions from *first* on."""
    if references:
        connection.execute(
            insert_new(connection.dialect.name, share_references),
            [
                {
                    "share_id": share_id,
                    "reference": print_reference(reference),
                    "position": position,
                    "state": ReferenceState.PENDING,
                }
                for position, reference in enumerate(references, first)
            ],
        )
    if files:
        connection.execute(
            insert_new(connection.dialect.name, share_files),
            [
                {
                    "share_id": share_id,
                    "file_id": file.file_id,
                    "position": position,
                    "file": _print_file(file),
                }
                for position, file in enumerate(files, first)
            ],
        )


def describe_file(connection: Connection, share_id: int, file: SharedFile) -> None:
    """Keep what is known by now of a file of the share."""
    known = {"b_share_id": share_id, "b_file_id": file.file_id}
    connection.execute(_CHANGE_FILE, {**known, "file": _print_file(file)})


def _print_file(file: SharedFile) -> dict[str, object]:
    return {name: getattr(file, name) for name in _FIELDS}


def reopen_failures(connection: Connection, share_id: int) -> bool:
    """Undecide what failed or was undone; return whether there was any.

    What nobody has consented to is only asked for again.
    """
    asked = connection.execute(
        update(share_attachments)
        .where(
            share_attachments.c.share_id == share_id,
            share_attachments.c.consent.in_((*UNDECIDED, Consent.REFUSED)),
        )
        .values(consent=Consent.NEEDED, outcome=CONSENT_AWAITED.code, facts={})
    )
    kept = (*SETTLED, REMOVING.code, CONSENT_AWAITED.code)
    lines = connection.execute(
        update(share_attachments)
        .where(
            share_attachments.c.share_id == share_id,
            share_attachments.c.outcome.not_in(kept),
        )
        .values(outcome=None, facts=None)
    )
    references = connection.execute(
        update(share_references)
        .where(
            share_references.c.share_id == share_id,
            share_references.c.state == ReferenceState.REFUSED,
        )
        # What it failed for stays, so that it is known for one to be tried again.
        .values(state=ReferenceState.PENDING)
    )
    return asked.rowcount + lines.rowcount + references.rowcount > 0


def reconsider(connection: Connection, share_id: int, share: Share) -> bool:
    """Hold what became of the references against an edit of the message.

    Those that it took back are forgotten, if nothing was attached for them; those that
    could not be had are looked up again. Return whether there were any.
    """
    kept = [print_reference(reference) for reference in share.references]
    is_open = (
        share_references.c.share_id == share_id,
        share_references.c.state.in_(
            (ReferenceState.PENDING, ReferenceState.REFUSED, ReferenceState.IGNORED)
        ),
    )
    removed = connection.execute(
        delete(share_references).where(
            *is_open, share_references.c.reference.not_in(kept)
        )
    )
    renewed = connection.execute(
        update(share_references)
        .where(
            *is_open,
            share_references.c.reference.in_(kept),
            share_references.c.state != ReferenceState.PENDING,
        )
        .values(state=ReferenceState.PENDING, item_key=None, problem=None, facts=None)
    )
    return removed.rowcount + renewed.rowcount > 0


def count_parts(connection: Connection, share_id: int) -> int:
    """Return how many references and files the share has."""
    return connection.execute(_COUNT, {"share_id": share_id}).scalar_one()


def resolve(
    connection: Connection, share_id: int, resolutions: Iterable[Resolution]
) -> None:
    """Keep what references turned out to be."""
    _change_references(
        connection,
        [
            {
                "b_share_id": share_id,
                "b_reference": print_reference(resolution.reference),
                "state": resolution.state,
                "item_key": resolution.item_key,
                "project_id": resolution.project_id,
                "work_item_id": resolution.work_item_id,
                "problem": problem.code if problem else None,
                "facts": dict(problem.facts) if problem else None,
            }
            for resolution in resolutions
            for problem in [resolution.problem]
        ],
    )


def name_references(
    connection: Connection, share_id: int, names: Mapping[Reference, str]
) -> None:
    """Keep what references are called before they have been looked up."""
    _change_references(
        connection,
        [
            {
                "b_share_id": share_id,
                "b_reference": print_reference(reference),
                "item_key": name,
            }
            for reference, name in names.items()
        ],
    )


def _change_references(
    connection: Connection, changes: Sequence[Mapping[str, object]]
) -> None:
    if changes:
        connection.execute(_CHANGE_REFERENCE, changes)


def find_states(connection: Connection, share_id: int) -> set[str]:
    """Return the states that the share's references are in."""
    return set(connection.execute(_STATES, {"share_id": share_id}).scalars())
