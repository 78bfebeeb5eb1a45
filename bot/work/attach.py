"""One file's way onto a work item, step by step, each safe to begin again.

Plane is asked first and believed: its record under the file's external id tells how
far an earlier run came. What Plane does not tell, the ledger keeps: the record that was
made, or may have been (so that it can be removed), and that storage has its bytes.
"""

import logging
from dataclasses import dataclass, replace

from bot.clients.plane import PlaneClient, UploadTicket, WorkItem
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.plane_links import WorkItemLinks
from bot.clients.slack_api import SlackApi
from bot.clients.slack_directory import SlackDirectory
from bot.clients.slack_files import SlackFiles
from bot.clients.storage import Progress, Storage
from bot.domain.files import SharedFile
from bot.domain.outcomes import ALREADY_ATTACHED, ALREADY_LINKED, ATTACHED, Outcome
from bot.domain.references import parse_key
from bot.errors import (
    AttachmentExists,
    AttachmentGone,
    FileElsewhere,
    FinalProblem,
    LinkRefused,
    MessageDeleted,
    PlaneChanged,
)
from bot.work.file_check import FileCheck
from bot.work.ledger.attachments import AttachmentLedger, OpenAttachment
from bot.work.ledger.states import AttachmentState
from bot.work.linking import LinkWorkflow
from bot.work.records import Records
from bot.work.relaying import relay

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remotes:
    """The other sides that an attachment needs."""

    plane: PlaneClient
    directory: PlaneDirectory
    slack: SlackApi
    people: SlackDirectory
    files: SlackFiles
    storage: Storage
    links: WorkItemLinks


@dataclass(frozen=True, slots=True)
class Attached:
    """How it ended well: *outcome*, with the id of Plane's record or link."""

    outcome: Outcome
    asset_id: str


class AttachWorkflow:
    """Attaches one file to one work item, or a link to it if it is a remote one."""

    def __init__(
        self, remotes: Remotes, ledger: AttachmentLedger, *, allows_external: bool
    ) -> None:
        self._remotes = remotes
        self._ledger = ledger
        self._files = FileCheck(
            remotes.slack,
            remotes.people,
            remotes.directory,
            ledger,
            allows_external=allows_external,
        )
        self._linking = LinkWorkflow(remotes.links, ledger)
        self._records = Records(remotes.plane, ledger)

    def run(
        self,
        open_: OpenAttachment,
        *,
        progress: Progress,
        largest: int | None = None,
    ) -> Attached | None:
        """Attach the file; *progress* gets counts of relayed bytes.

        None where it has more than *largest* bytes: then nothing was begun.

        Raises:
            TransientProblem: it may go through later; nothing is lost until then.
            FinalProblem: it will not; Plane keeps no half-made record, unless it
                refuses to delete it.
        """
        if open_.is_withdrawn:
            self._take_back(open_)
            raise MessageDeleted
        try:
            return self._attach(open_, progress, largest)
        except FinalProblem:
            self._take_back_unclear(open_)
            raise

    def _attach(
        self, open_: OpenAttachment, progress: Progress, largest: int | None
    ) -> Attached | None:
        item = _work_item(open_)
        if open_.state is AttachmentState.STORED and open_.asset_id:
            return self._complete(open_, item, open_.asset_id)
        if not open_.is_link and open_.asset_id:
            self._records.discard(open_, item)
        file = self._files.look_at(open_)
        if file.external_url is not None:
            return self._link(open_, item, file, file.external_url)
        if largest is not None and (file.size or 0) > largest:
            return None
        return self._upload(open_, item, file, progress)

    def _link(
        self, open_: OpenAttachment, item: WorkItem, file: SharedFile, url: str
    ) -> Attached:
        try:
            linked = self._linking.run(open_, item, url=url, title=file.plane_name)
        except LinkRefused as error:
            raise FileElsewhere(file.service) from error
        own = Outcome.linked(file.service)
        return Attached(own if linked.is_own else ALREADY_LINKED, linked.link_id)

    def _upload(
        self,
        open_: OpenAttachment,
        item: WorkItem,
        file: SharedFile,
        progress: Progress,
    ) -> Attached:
        try:
            ticket = self._records.create(open_, item, file)
        except AttachmentExists as existing:
            return Attached(ALREADY_ATTACHED, existing.asset_id)
        self._ledger.open(open_.attachment_id, ticket.asset_id)
        try:
            self._relay(file, ticket, progress)
            self._check_wanted(open_)
        except FinalProblem:
            self._take_back(_opened(open_, ticket.asset_id))
            raise
        self._ledger.store(open_.attachment_id)
        return self._complete(open_, item, ticket.asset_id)

    def _take_back_unclear(self, open_: OpenAttachment) -> None:
        """Remove the record that some try may have left, though none has been seen."""
        now = self._ledger.get_open(open_.attachment_id)
        if now is not None and now.expects_record:
            self._take_back(now)

    def _check_wanted(self, open_: OpenAttachment) -> None:
        """Raise if the message was deleted while its bytes were under way."""
        now = self._ledger.get_open(open_.attachment_id)
        if now is not None and now.is_withdrawn:
            raise MessageDeleted

    def remove(self, open_: OpenAttachment) -> None:
        """Delete the attachment or link in Plane; one that is gone is as good.

        Raises:
            Problem: it is still there.
        """
        item, asset_id = _work_item(open_), open_.asset_id
        if open_.is_link:
            assert asset_id is not None, "only by its id is a link known as ours"
            self._remotes.links.delete(item, asset_id)
            return
        if asset_id is None:  # another share's try came to nothing, and forgot it
            asset_id = self._remotes.plane.find_attachment(item, open_.file.file_id)
        if asset_id is not None:
            self._remotes.plane.delete_attachment(item, asset_id)

    def discard(self, open_: OpenAttachment) -> None:
        """Remove what an attachment which is given up left in Plane."""
        if open_.is_link:
            self._linking.discard(open_, _work_item(open_))
        else:
            self._records.discard(open_, _work_item(open_))

    def _relay(
        self, file: SharedFile, ticket: UploadTicket, progress: Progress
    ) -> None:
        assert file.size is not None, "check_file lets no such file through"
        relay(
            self._remotes.storage,
            lambda: self._remotes.files.open(file),
            ticket,
            size=file.size,
            progress=progress,
        )

    def _complete(
        self, open_: OpenAttachment, item: WorkItem, asset_id: str
    ) -> Attached:
        try:
            self._remotes.plane.complete_attachment(item, asset_id)
        except FinalProblem:
            self._take_back(_opened(open_, asset_id))
            raise
        except AttachmentGone as error:  # somebody deleted it meanwhile: from the start
            self._ledger.restart(open_.attachment_id)
            raise PlaneChanged from error
        return Attached(ATTACHED, asset_id)

    def _take_back(self, open_: OpenAttachment) -> None:
        """Remove what will not become an attachment, if Plane lets us."""
        try:
            self.discard(open_)
        except FinalProblem as problem:  # what kept the file out is what is told
            record = open_.asset_id or f"of {open_.file.file_id}"
            logger.error("The record %s may stay in Plane: %s", record, problem)


def _opened(open_: OpenAttachment, asset_id: str) -> OpenAttachment:
    """Return the attachment with the record that it has now."""
    return replace(open_, state=AttachmentState.OPENED, asset_id=asset_id)


def _work_item(open_: OpenAttachment) -> WorkItem:
    key = parse_key(open_.item_key)
    return WorkItem(key, open_.work_item_id, open_.project_id)
