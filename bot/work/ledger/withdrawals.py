"""The ledger's withdrawals: shares whose message was deleted. One transaction each."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from bot.domain.deletions import Deletion
from bot.work.ledger.database import Database
from bot.work.ledger.schema import attachments, share_attachments, shares
from bot.work.ledger.states import UNDER_WAY, ShareState


class Withdrawn(NamedTuple):
    """The shares and the attachments that are under way and have to be looked at."""

    shares: list[int]
    attachments: list[int]


class WithdrawalLedger:
    """Keeps which shares are wanted no more."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def withdraw(self, deletion: Deletion) -> Withdrawn:
        """Keep that a message is gone; what is attached by then stays attached."""
        if not self._find(deletion):  # as most: nobody waits for a place to write
            return Withdrawn([], [])
        with self._database.write() as connection:
            found = list(
                connection.execute(
                    update(shares)
                    .where(*_is_of(deletion))
                    .values(is_withdrawn=True)
                    .returning(shares.c.id)
                ).scalars()
            )
            return Withdrawn(
                self._hasten_shares(connection, found),
                self._hasten_attachments(connection, found),
            )

    def _find(self, deletion: Deletion) -> bool:
        with self._database.read() as connection:
            known = select(shares.c.id).where(*_is_of(deletion)).limit(1)
            return connection.execute(known).first() is not None

    def _hasten_shares(self, connection: Connection, found: list[int]) -> list[int]:
        return list(
            connection.execute(
                update(shares)
                .where(shares.c.id.in_(found), shares.c.state == ShareState.NEW)
                .values(due_at=self._clock())
                .returning(shares.c.id)
            ).scalars()
        )

    def _hasten_attachments(
        self, connection: Connection, found: list[int]
    ) -> list[int]:
        waiting = select(share_attachments.c.attachment_id).where(
            share_attachments.c.share_id.in_(found),
            share_attachments.c.outcome.is_(None),
        )
        return list(
            connection.execute(
                update(attachments)
                .where(
                    attachments.c.id.in_(waiting), attachments.c.state.in_(UNDER_WAY)
                )
                .values(due_at=self._clock())
                .returning(attachments.c.id)
            ).scalars()
        )


def _is_of(deletion: Deletion):  # type: ignore[no-untyped-def]
    return (
        shares.c.team_id == deletion.team_id,
        shares.c.channel_id == deletion.channel_id,
        shares.c.message_ts == deletion.message_ts,
        shares.c.state != ShareState.QUIET,
    )
