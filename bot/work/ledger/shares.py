"""The ledger's shares: stored as they arrive, planned once their references are known.

Each verb is one transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select, update

from bot.domain.files import SharedFile
from bot.domain.outcomes import Outcome
from bot.domain.references import Reference
from bot.domain.shares import Share
from bot.errors import Problem
from bot.work.ledger.arrivals import extend_share, insert_share, print_notice
from bot.work.ledger.attempts import count_attempt
from bot.work.ledger.changing import change_row
from bot.work.ledger.database import Database
from bot.work.ledger.lines import put_lines, withhold_lines
from bot.work.ledger.new_shares import NewShare, read_new_share
from bot.work.ledger.parts import (
    Resolution,
    count_parts,
    find_states,
    name_references,
    put_parts,
    resolve,
)
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import deletions, shares
from bot.work.ledger.states import ReferenceState, ShareState
from bot.work.ledger.unfinished import list_unfinished
from bot.work.ledger.withdrawals import is_deleted
from bot.work.runner import JobKind

_IS_GONE = is_deleted(
    shares.c.team_id,
    bindparam("b_channel_id", type_=deletions.c.channel_id.type),
    bindparam("b_message_ts", type_=deletions.c.message_ts.type),
)
_FIND = (
    update(shares)
    .where(shares.c.id == bindparam("b_id"))
    .values(seek=None, is_withdrawn=or_(shares.c.is_withdrawn, _IS_GONE))
)
_VERSION = select(shares.c.version).where(shares.c.id == bindparam("share_id"))
_RECEIVED_AT = select(shares.c.received_at).where(shares.c.id == bindparam("share_id"))
_TOLD = {ReferenceState.FOUND, ReferenceState.REFUSED}


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
            share_id = insert_share(connection, share, now=self._clock())
            if share_id is None:
                return extend_share(connection, share, now=self._clock())
            put_parts(connection, share_id, share.references, share.files, first=0)
            return share_id

    def get_new(self, share_id: int) -> NewShare | None:
        """Return the share if it is still to be planned."""
        with self._database.read() as connection:
            return read_new_share(connection, share_id)

    def find(self, share: NewShare, found: Found) -> bool:
        """Complete the share with what was sought for it.

        Return whether that is so still: a message that was edited since may ask for
        something else.
        """
        share_id = share.share_id
        with self._database.write() as connection:
            if _read_version(connection, share_id) != share.version:
                return False
            put_parts(
                connection,
                share_id,
                found.references,
                found.files,
                first=count_parts(connection, share_id),
            )
            connection.execute(
                _FIND,
                {
                    "b_id": share_id,
                    "b_channel_id": found.channel_id,
                    "b_message_ts": found.message_ts,
                    "channel_id": found.channel_id,
                    "message_ts": found.message_ts,
                    "thread_ts": found.thread_ts,
                    "is_private": found.is_private,
                    "is_external": found.is_external,
                },
            )
            return True

    def tell(
        self, share: NewShare, notice: Outcome | None, *, is_private: bool
    ) -> bool:
        """End the share with a *notice*, to all or to the one who asked.

        What was to be tried again comes to that, too: nobody would take it up. Return
        whether it is at its end: what an edit brought since is still to be seen.
        """
        told = print_notice(notice, is_private=is_private) if notice else None
        ended = {
            "state": ShareState.PLANNED if notice else ShareState.QUIET,
            "notice": told,
            "reply_due_at": self._clock() if notice else None,
        }
        with self._database.write() as connection:
            if _read_version(connection, share.share_id) != share.version:
                return False
            change_row(connection, shares, share.share_id, ended)
            if notice:
                withhold_lines(connection, share.share_id, notice)
            return True

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
            resolve(connection, share_id, resolutions)
            work = put_lines(
                connection,
                share_id,
                now=self._clock(),
                needs_consent=needs_consent,
                refusal=refusal,
            )
            _conclude(connection, share_id, now=self._clock())
            return work

    def announce(self, share_id: int, told: Mapping[Reference, str]) -> float:
        """Have the thread told of look-ups by their names; return when it may be."""
        with self._database.write() as connection:
            name_references(connection, share_id, told)
            ask_for_reply(connection, [share_id], now=self._clock())
            received_at: float = connection.execute(
                _RECEIVED_AT, {"share_id": share_id}
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
            name_references(connection, share_id, told)
            if told:
                ask_for_reply(connection, [share_id], now=self._clock())
            now = self._clock()
            count_attempt(connection, shares, share_id, problem, now=now, until=until)

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of every share that is to be planned."""
        return list_unfinished(self._database, JobKind.SHARE)


def _read_version(connection: Connection, share_id: int) -> str:
    """Return which version of its message the share is of."""
    read = connection.execute(_VERSION, {"share_id": share_id})
    version: str = read.scalar_one()
    return version


def _conclude(connection: Connection, share_id: int, *, now: float) -> None:
    """Keep how far the share is, and have told what its references turned out to be."""
    states = find_states(connection, share_id)
    is_told = not states.isdisjoint(_TOLD)
    concluded: dict[str, object] = {"reply_due_at": now} if is_told else {}
    if ReferenceState.PENDING not in states:
        concluded["state"] = ShareState.PLANNED if is_told else ShareState.QUIET
    if concluded:
        change_row(connection, shares, share_id, concluded)
