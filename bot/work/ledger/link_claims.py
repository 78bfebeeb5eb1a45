"""Who makes the link of an address on a work item, where several files have that one.

Plane has no unique index on it (plane/api/serializers/issue.py): two that ask at once
both get their link.
"""

from sqlalchemy import Connection, bindparam, select

from bot.work.ledger.changing import is_one_of
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    share_attachments,
    share_files,
)
from bot.work.ledger.states import UNDER_WAY, AttachmentState

_OWN = attachments.alias()
_OF_SAME_ITEM = (
    select(
        attachments.c.id, attachments.c.state, attachments.c.is_link, share_files.c.file
    )
    .join_from(attachments, _OWN, _OWN.c.work_item_id == attachments.c.work_item_id)
    .join(share_attachments, share_attachments.c.attachment_id == attachments.c.id)
    .join(share_files, FILE_OF_LINE)
    .where(_OWN.c.id == bindparam("b_id"), is_one_of(attachments.c.state, UNDER_WAY))
)


def may_claim(connection: Connection, attachment_id: int) -> bool:
    """Whether nobody else is about to make a link with the attachment's address.

    Of two that are, from before this was asked, it is the first's. What the same
    transaction keeps thereupon holds: no other writes meanwhile.
    """
    rows = connection.execute(_OF_SAME_ITEM, {"b_id": attachment_id}).all()
    own = {_url(row.file) for row in rows if row.id == attachment_id} - {None}
    claiming = [
        row.id
        for row in rows
        if row.is_link and row.state == AttachmentState.OPENED and _url(row.file) in own
    ]
    return min(claiming, default=attachment_id) == attachment_id


def _url(file: dict[str, object]) -> object:
    return file.get("external_url")
