"""Plane's record of an attachment: made, found after an unclear answer, removed."""

from functools import partial

from bot.clients.plane import PlaneClient, UploadTicket, WorkItem
from bot.clients.plane_writes import LATEST_SECONDS
from bot.domain.content_types import plane_mimetype
from bot.domain.files import SharedFile
from bot.errors import (
    AttachmentExists,
    FinalProblem,
    PlaneThrottled,
    TransientProblem,
)
from bot.work.ledger.attachments import AttachmentLedger, OpenAttachment
from bot.work.making import is_finished, make_record


class Records:
    """Keeps the ledger's word on each record ahead of what Plane may hold."""

    def __init__(self, plane: PlaneClient, ledger: AttachmentLedger) -> None:
        self._plane = plane
        self._ledger = ledger

    def create(
        self, open_: OpenAttachment, item: WorkItem, file: SharedFile
    ) -> UploadTicket:
        """Have Plane make the record; one whose bytes never came makes way for it.

        Raises:
            AttachmentExists: the file is on the work item.
            TransientProblem: whether there is a record may not be known.
            FinalProblem: there is none, unless of an earlier try.
        """
        ask = partial(self._ask, open_, item, file)
        return make_record(self._plane, item, ask)

    def discard(self, open_: OpenAttachment, item: WorkItem) -> None:
        """Delete the record, also one that there only may be; none is as good.

        Raises:
            Problem: there is one still, or may be.
        """
        asset_id = open_.asset_id
        if open_.expects_record:
            asset_id = self._find(open_, item)
        elif asset_id is None:
            return
        if asset_id is not None:
            self._plane.delete_attachment(item, asset_id)
        self._ledger.restart(open_.attachment_id)

    def _find(self, open_: OpenAttachment, item: WorkItem) -> str | None:
        """Return the record without bytes that there is now, be it made by this look.

        None where there is one with its bytes: that is somebody's.
        """
        try:
            asset_id = self._ask(open_, item, open_.file).asset_id
        except AttachmentExists as existing:
            asset_id = existing.asset_id
            return None if is_finished(self._plane, item, asset_id) else asset_id
        self._ledger.open(open_.attachment_id, asset_id)
        return asset_id

    def _ask(
        self, open_: OpenAttachment, item: WorkItem, file: SharedFile
    ) -> UploadTicket:
        expect = partial(self._ledger.expect_record, open_.attachment_id)
        try:
            return self._plane.create_attachment(
                item,
                name=file.plane_name,
                mimetype=plane_mimetype(file.mimetype),
                size=file.size or 1,  # of a stub it is not known, nor told to storage
                external_id=file.file_id,
                sending=partial(expect, within=LATEST_SECONDS),
            )
        except (AttachmentExists, PlaneThrottled, FinalProblem) as answer:
            if isinstance(answer, AttachmentExists) or open_.expects_record:
                expect(within=0.0)  # of an earlier try nothing is known
            else:
                self._ledger.restart(open_.attachment_id)
            raise
        except TransientProblem as problem:
            expect(within=problem.retry_after or 0.0)
            raise
