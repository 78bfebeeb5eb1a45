"""What is taken back, in SQL: it was undone, or is on another work item instead."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, and_, select, update

from bot.domain.outcomes import MOVED, OWN, REMOVING, UNDONE, Outcome
from bot.errors import Fact
from bot.work.ledger.attempts import NEVER
from bot.work.ledger.deciding import decide_line
from bot.work.ledger.schema import attachments, share_attachments
from bot.work.ledger.states import AttachmentState

_NO_FACTS: Mapping[str, Fact] = {}


def is_removable() -> ColumnElement[bool]:
    """Whether a line's share attached the file itself, and it is there."""
    return and_(
        share_attachments.c.outcome.in_(OWN),
        attachments.c.state == AttachmentState.DONE,
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


def tell_removal(
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
