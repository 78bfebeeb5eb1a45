"""The comments that attachments ask for: one per place and work item, in SQL.

A place is what the comment is about: a message of Slack's, whichever triggers asked
for its files, or the trigger of a share that has no message.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from bot.work.ledger.attempts import NEVER
from bot.work.ledger.inserting import insert_into
from bot.work.ledger.schema import attachments, comments, share_attachments, shares
from bot.work.ledger.states import CommentState

#: A share's place; where `||` meets a NULL, it gives one.
PLACE: ColumnElement[str] = func.coalesce(
    literal("message:") + shares.c.channel_id + literal(":") + shares.c.message_ts,
    shares.c.trigger,
)


def ask_for_comments(
    connection: Connection, attachment_id: int, share_ids: Iterable[int], *, now: float
) -> None:
    """Have the comments looked at that tell of the attachment for these shares.

    One that has to wait until a certain time waits on.
    """
    for share_id in share_ids:
        wanted = _wanted(attachment_id, share_id).add_columns(
            literal(CommentState.NONE.value).label("state"),
            literal(1).label("revision"),
            literal(NEVER["attempts"]).label("attempts"),
            literal(now).label("due_at"),
        )
        names = wanted.selected_columns.keys()
        statement = insert_into(connection, comments).from_select(names, wanted)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["team_id", "place", "work_item_id"],
                set_={
                    # The work item may have moved since, as that of attachments.
                    "project_id": statement.excluded.project_id,
                    "item_key": statement.excluded.item_key,
                    "revision": comments.c.revision + 1,
                    "due_at": func.coalesce(comments.c.due_at, now),
                },
            )
        )


def find_due_comments(
    connection: Connection, attachment_id: int
) -> list[tuple[int, str, float]]:
    """Return id, channel and due time of the comments that have to tell of it."""
    rows = connection.execute(
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
            share_attachments.c.attachment_id == attachment_id,
            comments.c.due_at.is_not(None),
        )
        .order_by(comments.c.id)
    )
    return [(row.id, row.channel_id, row.due_at) for row in rows]


def _wanted(attachment_id: int, share_id: int) -> Select[tuple[object, ...]]:
    return (
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
        )
        .join_from(share_attachments, shares)
        .join(attachments, attachments.c.id == share_attachments.c.attachment_id)
        .where(shares.c.id == share_id, attachments.c.id == attachment_id)
    )
