"""A local file's way onto a work item, step by step, each safe to begin again.

It needs no ledger: its external id is made of its content, so that Plane tells how far
an earlier try came, of whatever process.
"""

import contextlib

from bot.clients.local_files import LocalFile
from bot.clients.machine_lock import hold
from bot.clients.plane import PlaneClient, UploadTicket, WorkItem
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.storage import Progress, Storage
from bot.domain.content_types import plane_mimetype
from bot.domain.outcomes import ALREADY_ATTACHED, ATTACHED, Outcome
from bot.errors import (
    AttachmentExists,
    AttachmentGone,
    FileEmpty,
    FileTooLarge,
    PlaneChanged,
    Problem,
)
from bot.work.making import is_finished, make_record
from bot.work.relaying import relay

#: Ours among the external ids of attachments, beside those of Slack's files.
EXTERNAL_SOURCE = "loadmaster"


class Upload:
    """Gets one file onto one work item; `run` is called until it ends."""

    def __init__(
        self,
        file: LocalFile,
        item: WorkItem,
        *,
        plane: PlaneClient,
        directory: PlaneDirectory,
        storage: Storage,
    ) -> None:
        self._file = file
        self._item = item
        self._plane = plane
        self._directory = directory
        self._storage = storage
        #: The record that the latest try made, and the one whose bytes storage has.
        self._made: str | None = None
        self._stored: str | None = None

    def run(self, progress: Progress) -> Outcome:
        """Attach the file; *progress* gets counts of relayed bytes.

        Whoever does not call it again after a problem calls `give_up`.

        Raises:
            TransientProblem: it may go through later, if this is called again.
            FinalProblem: it will not.
        """
        self._check_size()
        with self._held():
            if self._stored is None:
                try:
                    ticket = make_record(self._plane, self._item, self._ask_for_ticket)
                except AttachmentExists:
                    return ALREADY_ATTACHED
                self._made = ticket.asset_id
                self._relay(ticket, progress)
                self._stored = ticket.asset_id
            return self._complete(self._stored)

    def give_up(self) -> None:
        """Remove the record of a try that is not repeated, as far as Plane lets one.

        Another command that holds the file clears it away itself.
        """
        with contextlib.suppress(Problem), self._held():
            self._take_back()

    def _held(self) -> contextlib.AbstractContextManager[None]:
        """Keep others on this machine from the same content for the same work item.

        Plane makes two records of two calls at once with one external id (observed,
        Plane CE 1.3.1).
        """
        return hold(self._item.work_item_id, self._file.sha256)

    def _check_size(self) -> None:
        limit = self._directory.get_file_size_limit()
        if self._file.size == 0:
            raise FileEmpty
        if limit is not None and self._file.size > limit:
            raise FileTooLarge(self._file.size, limit)

    def _ask_for_ticket(self) -> UploadTicket:
        return self._plane.create_attachment(
            self._item,
            name=self._file.name,
            mimetype=plane_mimetype(self._file.mimetype),
            size=self._file.size,
            external_id=f"sha256-{self._file.sha256}",
            external_source=EXTERNAL_SOURCE,
        )

    def _relay(self, ticket: UploadTicket, progress: Progress) -> None:
        try:
            relay(
                self._storage,
                lambda: contextlib.nullcontext(self._file),
                ticket,
                size=self._file.size,
                progress=progress,
            )
        except Problem:
            raise  # the next try finds the record, or `give_up`
        except BaseException:  # Ctrl-C: nobody calls either
            self._take_back()
            raise

    def _take_back(self) -> None:
        """Remove the record; one that stays makes way when this is run again.

        One that is finished stays: another command may have told of it already.
        """
        if self._made is None:
            return
        with contextlib.suppress(Problem):
            if not is_finished(self._plane, self._item, self._made):
                self._plane.delete_attachment(self._item, self._made)

    def _complete(self, asset_id: str) -> Outcome:
        try:
            self._plane.complete_attachment(self._item, asset_id)
        except AttachmentGone as error:  # somebody deleted it meanwhile: from the start
            self._stored = None
            raise PlaneChanged from error
        return ATTACHED
