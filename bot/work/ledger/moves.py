"""Moves in the ledger: what may be moved, and what goes once it is elsewhere."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.files import SharedFile
from bot.domain.moves import Movable
from bot.work.ledger.database import Database
from bot.work.ledger.removals import begin_removal, is_removable
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    share_attachments,
    share_files,
    shares,
)


class MoveLedger:
    """Tells what people may move."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_movable(
        self, share_id: int, *, team_id: str, user_id: str
    ) -> Movable | None:
        """Return what that person attached by the share and is still there."""
        with self._database.read() as connection:
            share = connection.execute(
                select(shares).where(
                    shares.c.id == share_id,
                    shares.c.team_id == team_id,
                    shares.c.user_id == user_id,
                )
            ).one_or_none()
            lines = connection.execute(
                select(share_files.c.file, attachments.c.item_key)
                .join_from(share_attachments, attachments)
                .join(share_files, FILE_OF_LINE)
                .where(share_attachments.c.share_id == share_id, is_removable())
                .order_by(share_files.c.position, attachments.c.id)
            ).all()
        if share is None or not lines:
            return None
        files = {row.file["file_id"]: SharedFile(**row.file) for row in lines}
        return Movable(
            share_id=share_id,
            channel_id=share.channel_id,
            message_ts=share.message_ts,
            thread_ts=share.thread_ts,
            is_private=share.is_private,
            is_external=share.is_external,
            files=tuple(files.values()),
            item_keys=tuple(dict.fromkeys(row.item_key for row in lines)),
        )


def finish_moves(
    connection: Connection, attachment_id: int, sources: Sequence[int], *, now: float
) -> list[int]:
    """Have a file removed from where shares moved it away from: these *sources*.

    It is on the work item of *attachment_id* now. Return the attachments to remove.
    """
    if not sources:
        return []
    there = connection.execute(
        select(attachments).where(attachments.c.id == attachment_id)
    ).one()
    removed: list[int] = []
    for source in sources:
        removed += begin_removal(
            connection,
            source,
            attachments.c.file_id == there.file_id,
            attachments.c.id != attachment_id,
            now=now,
            facts={"item": there.item_key},
        )
    return removed
