"""The ledger's presses: what Undo and Retry change, and why they change nothing.

Each verb is one transaction.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select

from bot.domain.outcomes import (
    LASTING,
    NOTHING_TO_RETRY,
    NOTHING_TO_UNDO,
    REMOVING,
    STILL_AT_WORK,
    Outcome,
)
from bot.domain.presses import Press
from bot.domain.retrials import Retrial
from bot.work.ledger.arrivals import renew
from bot.work.ledger.database import Database
from bot.work.ledger.parts import reopen_failures
from bot.work.ledger.removals import begin_removal, is_looked_at, is_removable
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import attachments, share_attachments, shares
from bot.work.ledger.states import ShareState


class PressLedger:
    """Carries out what people press."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def retry(self, press: Press) -> bool:
        """Have what failed in a share tried again; False if nothing did."""
        with self._database.write() as connection:
            if not _may_press(connection, press):
                return False
            is_reopened = reopen_failures(connection, press.share_id)
            if not is_reopened and not _failed_whole(connection, press.share_id):
                return False
            renew(connection, press.share_id, now=self._clock())
            return True

    def retry_for_operator(self, share_id: int) -> Retrial:
        """Do what `retry` does, wherever the share is."""
        with self._database.write() as connection:
            share = connection.execute(
                select(shares).where(shares.c.id == share_id)
            ).one_or_none()
            if share is None:
                return Retrial.UNKNOWN
            is_reopened = reopen_failures(connection, share_id)
            if not is_reopened and not _failed_whole(connection, share_id):
                is_at_work = _is_at_work(connection, share)
                return Retrial.AT_WORK if is_at_work else Retrial.NOTHING_FAILED
            renew(connection, share_id, now=self._clock())
            return Retrial.BEGUN

    def undo(self, press: Press) -> list[int]:
        """Have what the share attached removed; return its attachments.

        None, if the person is not the one who attached it.
        """
        with self._database.write() as connection:
            if not _may_press(connection, press, by_owner=True):
                return []
            undone = begin_removal(connection, press.share_id, now=self._clock())
            if undone:
                ask_for_reply(connection, [press.share_id], now=self._clock())
            return undone

    def explain_undo(self, press: Press) -> Outcome:
        """Return why a press of Undo removed nothing."""
        with self._database.read() as connection:
            return _explain_undo(connection, press)

    def explain_retry(self, press: Press) -> Outcome:
        """Return why a press of Retry had nothing tried again."""
        with self._database.read() as connection:
            return _explain_retry(connection, press)


def _may_press(connection: Connection, press: Press, *, by_owner: bool = False) -> bool:
    """Whether a button stands for its share where it was pressed.

    Its value came from outside. A share's button is in its conversation and in its
    person's App Home; with *by_owner*, it is for that person alone.
    """
    conditions = [
        shares.c.id == press.share_id,
        shares.c.team_id == press.team_id,
        shares.c.state == ShareState.PLANNED,
    ]
    if press.channel_id is not None:
        conditions.append(shares.c.channel_id == press.channel_id)
    if by_owner or press.channel_id is None:
        conditions.append(shares.c.user_id == press.user_id)
    return (
        connection.execute(select(shares.c.id).where(*conditions)).first() is not None
    )


def _failed_whole(connection: Connection, share_id: int) -> bool:
    """Whether a share came to nothing but a notice that another try may change."""
    notice = connection.execute(
        select(shares.c.notice).where(shares.c.id == share_id)
    ).scalar_one()
    return notice is not None and notice["code"] not in LASTING


def _explain_undo(connection: Connection, press: Press) -> Outcome:
    """Return why nothing is removed: NotYours tells by `owner` whose it is to undo."""
    share = _find_share(connection, press)
    if share is None:
        return NOTHING_TO_UNDO
    is_left = _has_line(connection, share, is_removable())
    is_looked_at_now = _has_line(connection, share, is_looked_at())
    if (is_left or is_looked_at_now) and share.user_id != press.user_id:
        return Outcome("NotYours", {"owner": share.user_id})
    if is_looked_at_now or _is_at_work(connection, share):
        return STILL_AT_WORK
    return NOTHING_TO_UNDO


def _has_line(
    connection: Connection, share: Row[Any], condition: ColumnElement[bool]
) -> bool:
    """Whether that is so of a line of the share, and its attachment."""
    line = (
        select(attachments.c.id)
        .join_from(attachments, share_attachments)
        .where(share_attachments.c.share_id == share.id, condition)
    )
    return bool(connection.execute(select(exists(line))).scalar_one())


def _explain_retry(connection: Connection, press: Press) -> Outcome:
    """Return why nothing is tried again."""
    share = _find_share(connection, press)
    if share is not None and _is_at_work(connection, share):
        return STILL_AT_WORK
    return NOTHING_TO_RETRY


def _find_share(connection: Connection, press: Press) -> Row[Any] | None:
    """Return the share if it is one of the conversation where the button is."""
    return connection.execute(
        select(shares).where(
            shares.c.id == press.share_id,
            shares.c.team_id == press.team_id,
            shares.c.channel_id == press.channel_id,
        )
    ).one_or_none()


def _is_at_work(connection: Connection, share: Row[Any]) -> bool:
    outcome = share_attachments.c.outcome
    is_open = select(share_attachments.c.share_id).where(
        share_attachments.c.share_id == share.id,
        or_(outcome.is_(None), outcome == REMOVING.code),
    )
    if share.state == ShareState.NEW:
        return True
    return bool(connection.execute(select(exists(is_open))).scalar_one())
