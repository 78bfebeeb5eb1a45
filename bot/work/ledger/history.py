"""The ledger's history: what a person had attached, for their eyes only.

Each verb is one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, String, cast, or_, select, text

from bot.domain.outcomes import HELP
from bot.domain.reports import Report
from bot.domain.visits import Visitor
from bot.work.ledger.database import Database
from bot.work.ledger.reporting import read_names, read_report
from bot.work.ledger.schema import shares


@dataclass(frozen=True, slots=True)
class PastShare:
    """A share as its person sees it; *received_at* is in epoch seconds.

    *message_ts* is the message with the files; of files that are in none, the reply;
    None as long as neither is known.
    """

    share_id: int
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    received_at: float
    names: tuple[str, ...]
    report: Report


class HistoryLedger:
    """Tells people what became of what they asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_latest(self, visitor: Visitor, *, most: int) -> Sequence[PastShare]:
        """Return the *most* latest shares of the person that ask for files."""
        with self._database.read() as connection:
            rows = connection.execute(_latest(visitor, most)).all()
            return [_past_share(connection, row) for row in rows]

    def is_final(self, share_id: int) -> bool:
        """Whether nothing more will happen to the share."""
        with self._database.read() as connection:
            row = connection.execute(
                select(shares).where(shares.c.id == share_id)
            ).one_or_none()
            return row is None or read_report(connection, row).is_final


#: As text: PostgreSQL takes no JSON apart in which a NUL or half a surrogate pair is.
_HELPED = cast(shares.c.notice, String).startswith(
    f'{{"code": "{HELP.code}"', autoescape=True
)


def _latest(visitor: Visitor, most: int) -> Select[Any]:
    return (
        select(shares)
        .where(
            shares.c.team_id == visitor.team_id,
            shares.c.user_id == visitor.user_id,
            # In the words of its index: a parameter may keep it from being used.
            text("state != 'quiet'"),
            or_(shares.c.notice.is_(None), ~_HELPED),
        )
        .order_by(shares.c.id.desc())
        .limit(most)
    )


def _past_share(connection: Connection, row: Row[Any]) -> PastShare:
    return PastShare(
        share_id=row.id,
        channel_id=row.channel_id,
        message_ts=row.message_ts or row.reply_ts,
        thread_ts=row.thread_ts,
        received_at=row.received_at,
        names=read_names(connection, row.id),
        report=read_report(connection, row),
    )
