"""Who waits for an attachment, or for its removal, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    exists,
    or_,
    select,
)

from bot.domain.outcomes import OWN, REMOVING
from bot.work.ledger.changing import is_one_of
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    share_attachments,
    share_files,
    shares,
)
from bot.work.ledger.states import UNDER_WAY


def _is_owned() -> ColumnElement[bool]:
    """Whether some share attached it itself, as far as is known."""
    owner = share_attachments.alias()
    return exists().where(
        owner.c.attachment_id == attachments.c.id, is_one_of(owner.c.outcome, OWN)
    )


_IS_UNDECIDED = share_attachments.c.outcome.is_(None)
#: Whether a line waits for its attachment, or for its removal.
IS_WAITING = or_(_IS_UNDECIDED, share_attachments.c.outcome == REMOVING.code)
_IS_FOR_IT = share_attachments.c.attachment_id == bindparam("attachment_id")

_OPEN = (
    select(
        attachments,
        shares.c.id.label("share_id"),
        shares.c.channel_id,
        shares.c.is_withdrawn,
        _is_owned().label("is_owned"),
        share_files.c.file,
    )
    .join_from(attachments, share_attachments)
    .join(shares, shares.c.id == share_attachments.c.share_id)
    .join(share_files, FILE_OF_LINE)
    .where(
        attachments.c.id == bindparam("attachment_id"),
        # At rest it may be there for another share. Who has it tried again waits until
        # its own share is planned, which looks at it anew.
        is_one_of(attachments.c.state, UNDER_WAY),
        IS_WAITING,
    )
    .order_by(shares.c.is_withdrawn, shares.c.id)
    .limit(1)
)
_WAITING = select(share_attachments.c.share_id).where(_IS_FOR_IT, IS_WAITING)
_WANTED = select(share_attachments.c.share_id).where(_IS_FOR_IT, _IS_UNDECIDED)
_UNDECIDED = (
    select(shares.c.id, shares.c.is_withdrawn, shares.c.moves)
    .join_from(share_attachments, shares)
    .where(_IS_FOR_IT, _IS_UNDECIDED)
    .order_by(shares.c.is_withdrawn, shares.c.id)
)


def find_open(connection: Connection, attachment_id: int) -> Row[Any] | None:
    """Return the attachment with the first share that waits for it, if under way."""
    known = {"attachment_id": attachment_id}
    return connection.execute(_OPEN, known).one_or_none()


def find_waiting(connection: Connection, attachment_id: int) -> list[int]:
    """Return the shares that wait for the attachment, or for its removal."""
    known = {"attachment_id": attachment_id}
    return list(connection.execute(_WAITING, known).scalars())


def find_undecided(connection: Connection, attachment_id: int) -> Sequence[Any]:
    """Return id, `is_withdrawn` and `moves` of the shares that wait to have it."""
    return connection.execute(_UNDECIDED, {"attachment_id": attachment_id}).all()


def is_wanted(connection: Connection, attachment_id: int) -> bool:
    """Whether a share waits to have it."""
    known = {"attachment_id": attachment_id}
    return connection.execute(_WANTED, known).first() is not None
