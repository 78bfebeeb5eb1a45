"""What is taken back, in SQL: it was undone, or is on another work item instead."""

from collections.abc import Mapping

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    not_,
    or_,
    select,
    update,
)

from bot.domain.outcomes import MOVED, OWN, REMOVING, UNDONE, Outcome
from bot.errors import Fact
from bot.work.ledger.attempts import NEVER
from bot.work.ledger.changing import change_row, is_one_of
from bot.work.ledger.lines import KNOWN_LINK, decide_line
from bot.work.ledger.schema import attachments, share_attachments
from bot.work.ledger.states import UNDER_WAY, AttachmentState
from bot.work.ledger.waiting import is_wanted

_NO_FACTS: Mapping[str, Fact] = {}
_TRY_AGAIN = (
    update(attachments)
    .where(attachments.c.id == bindparam("b_id"))
    .values(state=AttachmentState.PENDING, asset_id=KNOWN_LINK, **NEVER)
)


def is_removable() -> ColumnElement[bool]:
    """Whether a line's share attached the file itself, and it is there.

    So it is, as far as is known, if another share's try failed after that. Of a link,
    its id must be known still.
    """
    failed = attachments.c.state == AttachmentState.FAILED
    is_known = or_(not_(attachments.c.is_link), attachments.c.asset_id.is_not(None))
    return and_(
        is_one_of(share_attachments.c.outcome, OWN),
        or_(attachments.c.state == AttachmentState.DONE, and_(failed, is_known)),
    )


def is_looked_at() -> ColumnElement[bool]:
    """Whether a line's share attached the file itself, and another's try goes on."""
    return and_(
        is_one_of(share_attachments.c.outcome, OWN),
        is_one_of(attachments.c.state, UNDER_WAY),
    )


def begin_removal(
    connection: Connection,
    share_id: int,
    *conditions: ColumnElement[bool],
    now: float,
    facts: Mapping[str, Fact] = _NO_FACTS,
) -> list[int]:
    """Have what the share attached removed, as far as *conditions* go, and return it.

    *facts* are those of the outcome to come.
    """
    done = list(
        connection.execute(
            select(attachments.c.id)
            .join_from(attachments, share_attachments)
            .where(
                share_attachments.c.share_id == share_id, is_removable(), *conditions
            )
            .order_by(attachments.c.id)
        ).scalars()
    )
    connection.execute(
        update(attachments)
        .where(attachments.c.id.in_(done))
        .values(state=AttachmentState.REMOVING, due_at=now, **NEVER)
    )
    connection.execute(
        update(share_attachments)
        .where(
            share_attachments.c.share_id == share_id,
            share_attachments.c.attachment_id.in_(done),
        )
        .values(outcome=REMOVING.code, facts=dict(facts))
    )
    return done


def end_removal(
    connection: Connection, attachment_id: int, outcome: Outcome
) -> tuple[list[int], bool]:
    """Give every line whose attachment was to be removed its outcome.

    Return the shares, and whether another waits to have the file attached again.
    """
    shown = _tell_removal(connection, attachment_id, outcome)
    if is_wanted(connection, attachment_id):
        connection.execute(_TRY_AGAIN, {"b_id": attachment_id})
        return shown, True
    ended: dict[str, object] = {"state": AttachmentState.DONE, **NEVER}
    if outcome == UNDONE:  # else it is there still, and can be removed
        ended |= {"state": AttachmentState.REMOVED, "asset_id": None}
    change_row(connection, attachments, attachment_id, ended)
    return shown, False


def _tell_removal(
    connection: Connection, attachment_id: int, outcome: Outcome
) -> list[int]:
    """Give the lines that wait for the removal their outcome; return the shares."""
    lines = connection.execute(
        select(share_attachments.c.share_id, share_attachments.c.facts)
        .where(
            share_attachments.c.attachment_id == attachment_id,
            share_attachments.c.outcome == REMOVING.code,
        )
        .order_by(share_attachments.c.share_id)
    ).all()
    for line in lines:
        told = (
            Outcome(MOVED, line.facts) if outcome == UNDONE and line.facts else outcome
        )
        decide_line(connection, attachment_id, line.share_id, told)
    return [line.share_id for line in lines]
