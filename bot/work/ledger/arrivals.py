"""The row of a share as it arrives, once or in several versions, in SQL."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.sql.dml import ReturningInsert

from bot.domain.outcomes import Outcome
from bot.domain.seeks import print_seek
from bot.domain.shares import Share
from bot.work.ledger.attempts import NEVER
from bot.work.ledger.changing import change_row
from bot.work.ledger.inserting import insert_new
from bot.work.ledger.parts import count_parts, put_parts, reconsider
from bot.work.ledger.schema import deletions, shares
from bot.work.ledger.states import ReplyState, ShareState
from bot.work.ledger.withdrawals import is_deleted

_KNOWN = select(shares.c.id, shares.c.version).where(
    shares.c.team_id == bindparam("team_id"), shares.c.trigger == bindparam("trigger")
)


def insert_share(connection: Connection, share: Share, *, now: float) -> int | None:
    """Insert the share's own row; None where its message has one."""
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
        "notice": print_notice(share.notice) if share.notice else None,
        "moves": share.moves,
        "received_at": now,
        "state": ShareState.PLANNED if share.notice else ShareState.NEW,
        "due_at": now,
        "reply_state": ReplyState.NONE,
        "reply_due_at": now if share.notice else None,
        "b_team_id": share.team_id,
        "b_channel_id": share.channel_id,
        "b_message_ts": share.message_ts,
    }
    statement = _insert(connection.dialect.name)
    return connection.execute(statement, row).scalar_one_or_none()


@cache
def _insert(dialect: str) -> ReturningInsert[Any]:
    is_gone = is_deleted(
        bindparam("b_team_id", type_=deletions.c.team_id.type),
        bindparam("b_channel_id", type_=deletions.c.channel_id.type),
        bindparam("b_message_ts", type_=deletions.c.message_ts.type),
    )
    statement = insert_new(dialect, shares).values(is_withdrawn=is_gone)
    return statement.returning(shares.c.id)


def extend_share(connection: Connection, share: Share, *, now: float) -> int | None:
    """Add what is new in the share to its row; None where nothing is.

    Events come in any order: an older version than the known one says nothing.
    """
    identity = {"team_id": share.team_id, "trigger": share.identity}
    known = connection.execute(_KNOWN, identity).one()
    if share.version < known.version:
        return None
    share_id: int = known.id
    changed = share.version > known.version and _renew_version(
        connection, share_id, share
    )
    before = count_parts(connection, share_id)
    put_parts(connection, share_id, share.references, share.files, first=before)
    if not changed and count_parts(connection, share_id) == before:
        return None
    renew(connection, share_id, now=now)
    return share_id


def _renew_version(connection: Connection, share_id: int, share: Share) -> bool:
    """Keep which version it is; return whether that has something looked at again."""
    renewed: dict[str, object] = {"version": share.version}
    if share.seek:  # in what was edited may be other files now
        renewed["seek"] = print_seek(share.seek)
    change_row(connection, shares, share_id, renewed)
    return reconsider(connection, share_id, share) or bool(share.seek)


def renew(connection: Connection, share_id: int, *, now: float) -> None:
    """Have the share looked at once more."""
    renewed = {
        "state": ShareState.NEW,
        "notice": None,  # what it is asked for now is told in its place
        "due_at": now,
        **NEVER,
    }
    change_row(connection, shares, share_id, renewed)


def print_notice(notice: Outcome, *, is_private: bool = False) -> dict[str, object]:
    """Return what the column `notice` keeps: what is told to all, or to who asked."""
    return {
        "code": notice.code,
        "facts": dict(notice.facts),
        "is_private": is_private,
    }
