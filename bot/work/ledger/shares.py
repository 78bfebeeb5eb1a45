"""The ledger's shares: stored as they arrive, planned once their references are known.

Each verb is one transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from bot.domain.files import SharedFile
from bot.domain.outcomes import Outcome
from bot.domain.references import Reference, parse_reference
from bot.domain.seeks import Seek, parse_seek, print_seek
from bot.domain.shares import Share
from bot.errors import Problem
from bot.work.ledger.attempts import (
    NEVER,
    Attempts,
    count_attempt,
    read_attempts,
)
from bot.work.ledger.database import Database
from bot.work.ledger.inserting import insert_new
from bot.work.ledger.lines import put_lines
from bot.work.ledger.parts import (
    Resolution,
    count_parts,
    has_reference,
    put_parts,
    reconsider,
    resolve,
    update_reference,
)
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import (
    share_references,
    shares,
)
from bot.work.ledger.states import ReferenceState, ReplyState, ShareState
from bot.work.ledger.unfinished import list_unfinished
from bot.work.ledger.withdrawals import is_deleted
from bot.work.runner import JobKind


@dataclass(frozen=True, slots=True)
class NewShare:
    """A share whose references have to be looked up, and sought before with *seek*.

    *is_retry* tells that some of them were looked up before, and refused;
    *is_asked_for* that somebody asked for just this, and waits for an answer;
    *is_withdrawn* that its message was deleted.
    """

    share_id: int
    trigger: str
    team_id: str
    channel_id: str
    user_id: str
    is_private: bool | None
    is_external: bool
    seek: Seek | None
    references: tuple[Reference, ...]
    attempts: Attempts
    is_retry: bool = False
    is_asked_for: bool = False
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was sought for a share; *channel_id* is the conversation to answer in."""

    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    references: tuple[Reference, ...]
    files: tuple[SharedFile, ...]
    is_private: bool | None
    is_external: bool


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
            put_parts(connection, share_id, share.references, share.files, first=0)
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
                select(share_references.c.reference, share_references.c.problem)
                .where(
                    share_references.c.share_id == share_id,
                    share_references.c.state == ReferenceState.PENDING,
                )
                .order_by(share_references.c.position)
            ).all()
            return NewShare(
                share_id=share_id,
                trigger=row.trigger,
                team_id=row.team_id,
                channel_id=row.channel_id,
                user_id=row.user_id,
                is_private=row.is_private,
                is_external=row.is_external,
                seek=parse_seek(row.seek) if row.seek else None,
                references=tuple(parse_reference(each.reference) for each in pending),
                is_retry=any(each.problem for each in pending),
                attempts=read_attempts(row),
                is_asked_for=bool(row.seek or row.moves),
                is_withdrawn=row.is_withdrawn,
            )

    def find(self, share_id: int, found: Found) -> None:
        """Complete the share with what was sought for it."""
        is_gone = is_deleted(shares.c.team_id, found.channel_id, found.message_ts)
        with self._database.write() as connection:
            put_parts(
                connection,
                share_id,
                found.references,
                found.files,
                first=count_parts(connection, share_id),
            )
            connection.execute(
                update(shares)
                .where(shares.c.id == share_id)
                .values(
                    seek=None,
                    channel_id=found.channel_id,
                    message_ts=found.message_ts,
                    thread_ts=found.thread_ts,
                    is_private=found.is_private,
                    is_external=found.is_external,
                    is_withdrawn=or_(shares.c.is_withdrawn, is_gone),
                )
            )

    def tell(self, share_id: int, notice: Outcome | None, *, is_private: bool) -> None:
        """End the share with a *notice*, to all or to the one who asked."""
        with self._database.write() as connection:
            connection.execute(
                update(shares)
                .where(shares.c.id == share_id)
                .values(
                    state=ShareState.PLANNED if notice else ShareState.QUIET,
                    notice=_print_notice(notice, is_private) if notice else None,
                    reply_due_at=self._clock() if notice else None,
                )
            )

    def plan(
        self,
        share_id: int,
        resolutions: Iterable[Resolution],
        *,
        needs_consent: bool = False,
        refusal: Outcome | None = None,
    ) -> list[int]:
        """Keep what the references are; return the attachments that have to be made.

        A share without a reference to a known project becomes quiet, one to which an
        edit added a reference meanwhile stays new. A *refusal* is what becomes of each
        line that nobody works on.
        """
        with self._database.write() as connection:
            for resolution in resolutions:
                resolve(connection, share_id, resolution)
            work = put_lines(
                connection,
                share_id,
                now=self._clock(),
                needs_consent=needs_consent,
                refusal=refusal,
            )
            told = has_reference(
                connection, share_id, ReferenceState.FOUND, ReferenceState.REFUSED
            )
            if told:
                ask_for_reply(connection, [share_id], now=self._clock())
            if not has_reference(connection, share_id, ReferenceState.PENDING):
                state = ShareState.PLANNED if told else ShareState.QUIET
                connection.execute(
                    update(shares).where(shares.c.id == share_id).values(state=state)
                )
            return work

    def announce(self, share_id: int, told: Mapping[Reference, str]) -> float:
        """Have the thread told of look-ups by their names; return when it may be."""
        with self._database.write() as connection:
            for reference, name in told.items():
                connection.execute(
                    update_reference(share_id, reference).values(item_key=name)
                )
            ask_for_reply(connection, [share_id], now=self._clock())
            received_at: float = connection.execute(
                select(shares.c.received_at).where(shares.c.id == share_id)
            ).scalar_one()
            return received_at

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
                    update_reference(share_id, reference).values(item_key=name)
                )
            if told:
                ask_for_reply(connection, [share_id], now=self._clock())
            count_attempt(
                connection,
                shares,
                share_id,
                problem,
                now=self._clock(),
                until=until,
            )

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of every share that is to be planned."""
        return list_unfinished(self._database, JobKind.SHARE)

    def _insert(self, connection: Connection, share: Share) -> int | None:
        """Insert the share's own row; None where its message has one."""
        now = self._clock()
        is_gone = is_deleted(share.team_id, share.channel_id, share.message_ts)
        row = {
            "team_id": share.team_id,
            "channel_id": share.channel_id,
            "trigger": share.identity,
            "version": share.version,
            "message_ts": share.message_ts,
            "thread_ts": share.thread_ts,
            "user_id": share.user_id,
            "is_private": share.is_private,
            "is_external": share.is_external,
            "seek": print_seek(share.seek) if share.seek else None,
            "notice": _print_notice(share.notice, False) if share.notice else None,
            "moves": share.moves,
            "is_withdrawn": connection.execute(select(is_gone)).scalar_one(),
            "received_at": now,
            "state": ShareState.PLANNED if share.notice else ShareState.NEW,
            "due_at": now,
            "reply_state": ReplyState.NONE,
            "reply_due_at": now if share.notice else None,
        }
        statement = insert_new(connection, shares).returning(shares.c.id)
        return connection.execute(statement, row).scalar_one_or_none()

    def _extend(self, connection: Connection, share: Share) -> int | None:
        """Add what is new in the share to its row; None where nothing is.

        Events come in any order: an older version than the known one says nothing.
        """
        known = connection.execute(
            select(shares.c.id, shares.c.version).where(
                shares.c.team_id == share.team_id,
                shares.c.trigger == share.identity,
            )
        ).one()
        if share.version < known.version:
            return None
        share_id: int = known.id
        changed = False
        if share.version > known.version:
            renewed: dict[str, object] = {"version": share.version}
            if share.seek:  # in what was edited may be other files now
                renewed["seek"] = print_seek(share.seek)
            connection.execute(
                update(shares).where(shares.c.id == share_id).values(renewed)
            )
            changed = reconsider(connection, share_id, share) or bool(share.seek)
        before = count_parts(connection, share_id)
        put_parts(connection, share_id, share.references, share.files, first=before)
        if not changed and count_parts(connection, share_id) == before:
            return None
        renew(connection, share_id, now=self._clock())
        return share_id


def renew(connection: Connection, share_id: int, *, now: float) -> None:
    """Have the share looked at once more."""
    connection.execute(
        update(shares)
        .where(shares.c.id == share_id)
        .values(
            state=ShareState.NEW,
            notice=None,  # what it is asked for now is told in its place
            due_at=now,
            **NEVER,
        )
    )


def _print_notice(notice: Outcome, is_private: bool) -> dict[str, object]:
    return {
        "code": notice.code,
        "facts": dict(notice.facts),
        "is_private": is_private,
    }
