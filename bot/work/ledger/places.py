"""The comments that attachments ask for: one per place and work item, in SQL.

A place is what the comment is about: a message of Slack's, whichever triggers asked
for its files, or the trigger of a share that has no message.
"""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    func,
    literal,
    select,
)

from bot.work.ledger.attempts import NEVER
from bot.work.ledger.inserting import insert_into
from bot.work.ledger.schema import attachments, comments, share_attachments, shares
from bot.work.ledger.states import CommentState

#: A share's place; where `||` meets a NULL, it gives one.
PLACE: ColumnElement[str] = func.coalesce(
    literal("message:") + shares.c.channel_id + literal(":") + shares.c.message_ts,
    shares.c.trigger,
)
_NOW = bindparam("b_now", type_=comments.c.due_at.type)
_WANTED = (
    select(
        shares.c.team_id,
        PLACE.label("place"),
        shares.c.channel_id,
        shares.c.message_ts,
        shares.c.thread_ts,
        shares.c.is_private,
        attachments.c.project_id,
        attachments.c.work_item_id,
        attachments.c.item_key,
        literal(CommentState.NONE.value).label("state"),
        literal(1).label("revision"),
        literal(NEVER["attempts"]).label("attempts"),
        _NOW.label("due_at"),
    )
    .join_from(share_attachments, shares)
    .join(attachments, attachments.c.id == share_attachments.c.attachment_id)
    .where(
        shares.c.id == bindparam("b_share_id"),
        attachments.c.id == bindparam("b_attachment_id"),
    )
)
_DUE = (
    select(comments.c.id, comments.c.channel_id, comments.c.due_at)
    .distinct()
    .join_from(share_attachments, shares)
    .join(attachments, attachments.c.id == share_attachments.c.attachment_id)
    .join(
        comments,
        (comments.c.team_id == shares.c.team_id)
        & (comments.c.place == PLACE)
        & (comments.c.work_item_id == attachments.c.work_item_id),
    )
    .where(
        share_attachments.c.attachment_id == bindparam("attachment_id"),
        comments.c.due_at.is_not(None),
    )
    .order_by(comments.c.id)
)


def ask_for_comments(
    connection: Connection, attachment_id: int, share_ids: Iterable[int], *, now: float
) -> None:
    """Have the comments looked at that tell of the attachment for these shares.

    One that has to wait until a certain time waits on.
    """
    for share_id in share_ids:
        connection.execute(
            _ask(connection.dialect.name),
            {"b_attachment_id": attachment_id, "b_share_id": share_id, "b_now": now},
        )


@cache
def _ask(dialect: str) -> Executable:
    names = _WANTED.selected_columns.keys()
    statement = insert_into(dialect, comments).from_select(names, _WANTED)
    return statement.on_conflict_do_update(
        index_elements=["team_id", "place", "work_item_id"],
        set_={
            # The work item may have moved since, as that of attachments.
            "project_id": statement.excluded.project_id,
            "item_key": statement.excluded.item_key,
            "revision": comments.c.revision + 1,
            "due_at": func.coalesce(comments.c.due_at, _NOW),
        },
    )


def find_due_comments(
    connection: Connection, attachment_id: int
) -> list[tuple[int, str, float]]:
    """Return id, channel and due time of the comments that have to tell of it."""
    rows = connection.execute(_DUE, {"attachment_id": attachment_id})
    return [(row.id, row.channel_id, row.due_at) for row in rows]
