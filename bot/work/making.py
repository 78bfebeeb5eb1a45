"""Has Plane make an attachment's record, past one whose bytes never came.

Plane lists no such record. Only its 409 to another POST with the same external id tells
of one (observed, Plane CE 1.3.1).
"""

from collections.abc import Callable

from bot.clients.plane import PlaneClient, UploadTicket, WorkItem
from bot.errors import AttachmentExists, AttachmentGone, PlaneChanged


def make_record(
    plane: PlaneClient, item: WorkItem, ask: Callable[[], UploadTicket]
) -> UploadTicket:
    """Have *ask* make a record; one whose bytes never came makes way for it.

    Raises:
        AttachmentExists: the file is on the work item.
        Problem: what *ask* raises, or the deletion.
    """
    try:
        return ask()
    except AttachmentExists as existing:
        if is_finished(plane, item, existing.asset_id):
            raise
        plane.delete_attachment(item, existing.asset_id)
    try:
        return ask()
    except AttachmentExists as error:  # somebody else was quicker: look again
        raise PlaneChanged from error


def is_finished(plane: PlaneClient, item: WorkItem, asset_id: str) -> bool:
    """Whether there is a record, and it is marked as uploaded."""
    try:
        return plane.is_uploaded(item, asset_id)
    except AttachmentGone:
        return False
