"""The ledger's view of some shares for who waits for them, and for them alone.

Each verb is one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from bot.domain.outcomes import Outcome
from bot.domain.reports import Report
from bot.work.ledger.database import Database
from bot.work.ledger.reporting import read_report
from bot.work.ledger.schema import attachments, comments, share_attachments, shares
from bot.work.ledger.states import UNDER_WAY, ShareState
from bot.work.runner import Job, JobKind


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a share is: *waiting_for* keeps it from being looked up.

    *has_rest* tells that something is still to be written about it.
    """

    report: Report
    waiting_for: Outcome | None
    has_rest: bool


class FollowedLedger:
    """Reads how far shares are, and what there is to do for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, share_id: int) -> Followed:
        """Return how far the share is."""
        with self._database.read() as connection:
            row = connection.execute(
                select(shares).where(shares.c.id == share_id)
            ).one()
            waits = row.waiting_for if row.state == ShareState.NEW else None
            return Followed(
                read_report(connection, row),
                Outcome(**waits) if waits else None,
                bool(_comments(connection, [share_id])) or row.reply_due_at is not None,
            )

    def jobs(self, share_ids: Sequence[int]) -> list[Job]:
        """Return what is to be done for these shares."""
        with self._database.read() as connection:
            return [
                *_shares(connection, share_ids),
                *_attachments(connection, share_ids),
                *_comments(connection, share_ids),
            ]


def _shares(connection: Connection, share_ids: Sequence[int]) -> list[Job]:
    rows = connection.execute(
        select(shares.c.id, shares.c.channel_id).where(
            shares.c.id.in_(share_ids), shares.c.state == ShareState.NEW
        )
    )
    return [Job(JobKind.SHARE, row.id, row.channel_id) for row in rows]


def _attachments(connection: Connection, share_ids: Sequence[int]) -> list[Job]:
    wanted = exists().where(
        share_attachments.c.attachment_id == attachments.c.id,
        share_attachments.c.share_id.in_(share_ids),
        share_attachments.c.outcome.is_(None),
    )
    rows = connection.execute(
        select(attachments.c.id).where(attachments.c.state.in_(UNDER_WAY), wanted)
    ).scalars()
    return [Job(JobKind.ATTACHMENT, row_id) for row_id in rows]


def _comments(connection: Connection, share_ids: Sequence[int]) -> list[Job]:
    of_shares = exists().where(
        shares.c.id.in_(share_ids),
        shares.c.team_id == comments.c.team_id,
        shares.c.channel_id == comments.c.channel_id,
        shares.c.message_ts == comments.c.message_ts,
    )
    rows = connection.execute(
        select(comments.c.id).where(comments.c.due_at.is_not(None), of_shares)
    ).scalars()
    return [Job(JobKind.COMMENT, row_id) for row_id in rows]
