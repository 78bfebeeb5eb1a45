"""The ledger's past: what is finished and old is forgotten, a few rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    ScalarSelect,
    delete,
    exists,
    func,
    or_,
    select,
)

from bot.domain.outcomes import REMOVING
from bot.work.ledger.database import Database
from bot.work.ledger.places import PLACE
from bot.work.ledger.schema import (
    attachments,
    comments,
    deletions,
    share_attachments,
    shares,
)
from bot.work.ledger.states import UNDER_WAY, ShareState

#: Shares that are looked at in one transaction: what waits for it hardly notices.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many shares were forgotten, and the last id looked at; None at the end."""

    number: int
    last: int | None


class PruningLedger:
    """Forgets what is finished and old."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prune(self, *, before: float, after: int) -> Pruned:
        """Forget the next finished shares that came *before* (epoch seconds).

        They are those of the next `BATCH` ids *after* one; what was tried again or
        edited later counts from then. Ids grow with time, so that the first share that
        came later ends it. The last one stays: SQLite would give its id out again, and
        an old button would stand for a new share.
        """
        with self._database.write() as connection:
            rows = connection.execute(
                select(shares, PLACE.label("place"))
                .where(shares.c.id > after, shares.c.id < _last_id())
                .order_by(shares.c.id)
                .limit(BATCH)
            ).all()
            old = [row for row in rows if row.received_at < before]
            quiet = [row for row in old if (row.reply_at or 0.0) < before]
            finished = _finished(connection, quiet)
            _forget(connection, finished)
            connection.execute(delete(deletions).where(deletions.c.noted_at < before))
        is_end = len(old) < BATCH
        return Pruned(len(finished), None if is_end else old[-1].id)


def _last_id() -> ScalarSelect[int]:
    return select(func.max(shares.c.id)).scalar_subquery()


def _finished(connection: Connection, old: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return those of the shares that nothing waits for."""
    wanted = _wanted(connection, [row.id for row in old])
    told = _due_places(connection)
    return [
        row
        for row in old
        if row.state != ShareState.NEW
        and row.reply_due_at is None
        and row.id not in wanted
        and (row.team_id, row.place) not in told
    ]


def _wanted(connection: Connection, share_ids: Sequence[int]) -> set[int]:
    """Return the shares that have lines to decide, or that are being moved."""
    outcome = share_attachments.c.outcome
    lines = select(share_attachments.c.share_id).where(
        share_attachments.c.share_id.in_(share_ids),
        or_(outcome.is_(None), outcome == REMOVING.code),
    )
    at_work = (
        select(share_attachments.c.share_id)
        .join_from(attachments, share_attachments)
        .where(attachments.c.state.in_(UNDER_WAY))
    )
    moving = select(shares.c.moves).where(shares.c.moves.is_not(None))
    # Not by one OR: PostgreSQL would read all shares for it.
    return {
        *connection.execute(lines).scalars(),
        *connection.execute(moving.where(shares.c.state == ShareState.NEW)).scalars(),
        *connection.execute(moving.where(shares.c.id.in_(at_work))).scalars(),
    }


def _due_places(connection: Connection) -> set[tuple[str, str]]:
    due = select(comments.c.team_id, comments.c.place).where(
        comments.c.due_at.is_not(None)
    )
    return {(row.team_id, row.place) for row in connection.execute(due)}


def _forget(connection: Connection, finished: Sequence[Row[Any]]) -> None:
    share_ids = [row.id for row in finished]
    theirs = list(
        connection.execute(
            select(share_attachments.c.attachment_id)
            .distinct()
            .where(share_attachments.c.share_id.in_(share_ids))
        ).scalars()
    )
    connection.execute(delete(shares).where(shares.c.id.in_(share_ids)))
    is_wanted = exists().where(share_attachments.c.attachment_id == attachments.c.id)
    connection.execute(
        delete(attachments).where(attachments.c.id.in_(theirs), ~is_wanted)
    )
    _forget_comments(connection, finished)


def _forget_comments(connection: Connection, finished: Sequence[Row[Any]]) -> None:
    """Forget the comments about the places of these shares, where none is left."""
    of_messages = (
        comments.c.message_ts.is_not(None),
        shares.c.channel_id == comments.c.channel_id,
        shares.c.message_ts == comments.c.message_ts,
    )
    of_triggers = (
        comments.c.message_ts.is_(None),
        shares.c.team_id == comments.c.team_id,
        shares.c.trigger == comments.c.place,
    )
    places: dict[str, list[str]] = {}
    for row in finished:
        places.setdefault(row.team_id, []).append(row.place)
    for team_id, theirs in places.items():
        for is_kind, *is_its_share in (of_messages, of_triggers):
            connection.execute(
                delete(comments).where(
                    comments.c.team_id == team_id,
                    comments.c.place.in_(theirs),
                    is_kind,
                    ~exists().where(*is_its_share),
                )
            )
