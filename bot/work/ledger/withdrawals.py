"""The ledger's withdrawals: shares whose message was deleted. One transaction each."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, select, update

from bot.domain.deletions import Deletion
from bot.domain.outcomes import Outcome
from bot.errors import MessageDeleted
from bot.work.ledger.database import Database
from bot.work.ledger.inserting import insert_new
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import (
    attachments,
    deletions,
    share_attachments,
    shares,
)
from bot.work.ledger.states import UNDECIDED, UNDER_WAY, ShareState

_DELETED = Outcome.of(MessageDeleted())


class Withdrawn(NamedTuple):
    """The shares and the attachments that are under way and have to be looked at.

    *replies* are the shares that have more to tell at once.
    """

    shares: list[int]
    attachments: list[int]
    replies: tuple[int, ...] = ()


class WithdrawalLedger:
    """Keeps which shares are wanted no more."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def withdraw(self, deletion: Deletion) -> Withdrawn:
        """Keep that a message is gone; what is attached by then stays attached.

        What is heard of it only afterwards, since events come in any order, is
        withdrawn from the first.
        """
        with self._database.write() as connection:
            self._note(connection, deletion)
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
                self._end_questions(connection, found),
            )

    def _note(self, connection: Connection, deletion: Deletion) -> None:
        row = {
            "team_id": deletion.team_id,
            "channel_id": deletion.channel_id,
            "message_ts": deletion.message_ts,
            "noted_at": self._clock(),
        }
        connection.execute(insert_new(connection.dialect.name, deletions), row)

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

    def _end_questions(
        self, connection: Connection, found: list[int]
    ) -> tuple[int, ...]:
        """Decide what waits for a yes, which nobody needs to say any more."""
        ended = connection.execute(
            update(share_attachments)
            .where(
                share_attachments.c.share_id.in_(found),
                share_attachments.c.consent.in_(UNDECIDED),
            )
            .values(consent=None, outcome=_DELETED.code, facts=dict(_DELETED.facts))
            .returning(share_attachments.c.share_id)
        ).scalars()
        told = tuple(sorted(set(ended)))
        ask_for_reply(connection, told, now=self._clock())
        return told


def is_deleted(
    team_id: ColumnElement[str],
    channel_id: ColumnElement[str],
    message_ts: ColumnElement[str],
) -> ColumnElement[bool]:
    """Whether it was heard that a message is gone."""
    return exists().where(
        deletions.c.team_id == team_id,
        deletions.c.channel_id == channel_id,
        deletions.c.message_ts == message_ts,
    )


def _is_of(deletion: Deletion) -> tuple[ColumnElement[bool], ...]:
    return (
        shares.c.team_id == deletion.team_id,
        shares.c.channel_id == deletion.channel_id,
        shares.c.message_ts == deletion.message_ts,
    )
