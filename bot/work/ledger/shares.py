"""The ledger's shares: stored as they arrive, planned once their references are known.

Each verb is one transaction.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Update, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.domain.outcomes import Outcome
from bot.domain.references import Reference, parse_reference, print_reference
from bot.domain.shares import Share
from bot.errors import Problem
from bot.work.ledger.database import Database
from bot.work.ledger.lines import put_lines
from bot.work.ledger.schema import share_files, share_references, shares
from bot.work.ledger.states import ReferenceState, ReplyState, ShareState


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often something was tried in vain, and since when (epoch seconds)."""

    number: int = 0
    since: float | None = None


@dataclass(frozen=True, slots=True)
class NewShare:
    """A share whose references have to be looked up."""

    share_id: int
    channel_id: str
    is_private: bool
    is_external: bool
    references: tuple[Reference, ...]
    attempts: Attempts


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


class ShareLedger:
    """Stores shares and plans their attachments."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def add(self, share: Share) -> int | None:
        """Store *share* and return its id; None where all of it is known already.

        A message that was edited adds what is new in it to the share that it was.
        """
        with self._database.write() as connection:
            share_id = self._insert(connection, share)
            if share_id is None:
                return self._extend(connection, share)
            _put_parts(connection, share_id, share, first=0)
            return share_id

    def get_new(self, share_id: int) -> NewShare | None:
        """Return the share if it is still to be planned."""
        with self._database.read() as connection:
            row = connection.execute(
                select(shares).where(
                    shares.c.id == share_id, shares.c.state == ShareState.NEW
                )
            ).one_or_none()
            if row is None:
                return None
            pending = connection.execute(
                select(share_references.c.reference)
                .where(
                    share_references.c.share_id == share_id,
                    share_references.c.state == ReferenceState.PENDING,
                )
                .order_by(share_references.c.position)
            ).scalars()
            return NewShare(
                share_id=share_id,
                channel_id=row.channel_id,
                is_private=row.is_private,
                is_external=row.is_external,
                references=tuple(map(parse_reference, pending)),
                attempts=Attempts(row.attempts, row.waiting_since),
            )

    def plan(self, share_id: int, resolutions: Iterable[Resolution]) -> list[int]:
        """Keep what the references are; return the attachments that have to be made.

        A share without a reference to a known project becomes quiet, one to which an
        edit added a reference meanwhile stays new.
        """
        with self._database.write() as connection:
            for resolution in resolutions:
                _resolve(connection, share_id, resolution)
            work = put_lines(connection, share_id, now=self._clock())
            told = _has_reference(
                connection, share_id, ReferenceState.FOUND, ReferenceState.REFUSED
            )
            if told:
                self._ask_for_reply(connection, share_id)
            if not _has_reference(connection, share_id, ReferenceState.PENDING):
                state = ShareState.PLANNED if told else ShareState.QUIET
                connection.execute(
                    update(shares).where(shares.c.id == share_id).values(state=state)
                )
            return work

    def postpone(
        self,
        share_id: int,
        problem: Problem,
        *,
        until: float,
        told: Mapping[Reference, str],
    ) -> None:
        """Look the share's references up again at *until*.

        *told* has the names of those that the thread is told about meanwhile.
        """
        with self._database.write() as connection:
            for reference, name in told.items():
                connection.execute(
                    _reference(share_id, reference).values(item_key=name)
                )
            if told:
                self._ask_for_reply(connection, share_id)
            connection.execute(
                update(shares)
                .where(shares.c.id == share_id)
                .values(
                    attempts=shares.c.attempts + 1,
                    waiting_since=func.coalesce(shares.c.waiting_since, self._clock()),
                    waiting_for={"code": problem.code, "facts": problem.facts},
                    due_at=until,
                )
            )

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of every share that is to be planned."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(shares.c.id, shares.c.channel_id, shares.c.due_at).where(
                    shares.c.state == ShareState.NEW
                )
            )
            return [(row.id, row.channel_id, row.due_at) for row in rows]

    def _ask_for_reply(self, connection: Connection, share_id: int) -> None:
        connection.execute(
            update(shares)
            .where(shares.c.id == share_id)
            .values(reply_due_at=self._clock())
        )

    def _insert(self, connection: Connection, share: Share) -> int | None:
        """Insert the share's own row; None where its message has one."""
        now = self._clock()
        return connection.execute(
            insert(shares)
            .values(
                team_id=share.team_id,
                channel_id=share.channel_id,
                message_ts=share.message_ts,
                thread_ts=share.thread_ts,
                user_id=share.user_id,
                is_private=share.is_private,
                is_external=share.is_external,
                received_at=now,
                state=ShareState.NEW,
                due_at=now,
                reply_state=ReplyState.NONE,
            )
            .on_conflict_do_nothing()
            .returning(shares.c.id)
        ).scalar_one_or_none()

    def _extend(self, connection: Connection, share: Share) -> int | None:
        """Add what is new in the share to its row; None where nothing is."""
        share_id: int = connection.execute(
            select(shares.c.id).where(
                shares.c.team_id == share.team_id,
                shares.c.channel_id == share.channel_id,
                shares.c.message_ts == share.message_ts,
            )
        ).scalar_one()
        removed = _remove_refused(connection, share_id, share)
        before = _count_parts(connection, share_id)
        _put_parts(connection, share_id, share, first=before)
        if not removed and _count_parts(connection, share_id) == before:
            return None
        connection.execute(
            update(shares)
            .where(shares.c.id == share_id)
            .values(
                state=ShareState.NEW,
                due_at=self._clock(),
                attempts=0,
                waiting_since=None,
                waiting_for=None,
            )
        )
        return share_id


def _put_parts(
    connection: Connection, share_id: int, share: Share, *, first: int
) -> None:
    """Insert references and files; new ones get positions from *first* on."""
    connection.execute(
        insert(share_references).on_conflict_do_nothing(),
        [
            {
                "share_id": share_id,
                "reference": print_reference(reference),
                "position": position,
                "state": ReferenceState.PENDING,
            }
            for position, reference in enumerate(share.references, first)
        ],
    )
    connection.execute(
        insert(share_files).on_conflict_do_nothing(),
        [
            {
                "share_id": share_id,
                "file_id": file.file_id,
                "position": position,
                "file": dataclasses.asdict(file),
            }
            for position, file in enumerate(share.files, first)
        ],
    )


def _remove_refused(connection: Connection, share_id: int, share: Share) -> int:
    """Forget the refused references that an edit took back; return how many."""
    kept = [print_reference(reference) for reference in share.references]
    removed = connection.execute(
        delete(share_references).where(
            share_references.c.share_id == share_id,
            share_references.c.state == ReferenceState.REFUSED,
            share_references.c.reference.not_in(kept),
        )
    )
    return removed.rowcount


def _count_parts(connection: Connection, share_id: int) -> int:
    return sum(
        connection.execute(
            select(func.count()).where(table.c.share_id == share_id)
        ).scalar_one()
        for table in (share_references, share_files)
    )


def _resolve(connection: Connection, share_id: int, resolution: Resolution) -> None:
    problem = resolution.problem
    connection.execute(
        _reference(share_id, resolution.reference).values(
            state=resolution.state,
            item_key=resolution.item_key,
            project_id=resolution.project_id,
            work_item_id=resolution.work_item_id,
            problem=problem.code if problem else None,
            facts=dict(problem.facts) if problem else None,
        )
    )


def _reference(share_id: int, reference: Reference) -> Update:
    return update(share_references).where(
        share_references.c.share_id == share_id,
        share_references.c.reference == print_reference(reference),
    )


def _has_reference(
    connection: Connection, share_id: int, *states: ReferenceState
) -> bool:
    return (
        connection.execute(
            select(share_references.c.reference)
            .where(
                share_references.c.share_id == share_id,
                share_references.c.state.in_(states),
            )
            .limit(1)
        ).first()
        is not None
    )
