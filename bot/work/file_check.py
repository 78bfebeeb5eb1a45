"""Looks at a file before it goes: what is known of it, and whether it may."""

from dataclasses import dataclass, replace

from bot.clients.plane_directory import PlaneDirectory
from bot.clients.slack_api import SlackApi
from bot.clients.slack_directory import SlackDirectory
from bot.domain.files import SharedFile, check_file
from bot.errors import DownloadMismatch, ExternalFile, SlackRejected
from bot.work.ledger.attachments import AttachmentLedger, OpenAttachment


@dataclass(frozen=True, slots=True)
class FileCheck:
    """Asks Slack about the file and its owner, and Plane about sizes."""

    slack: SlackApi
    people: SlackDirectory
    directory: PlaneDirectory
    ledger: AttachmentLedger
    allows_external: bool

    def look_at(self, open_: OpenAttachment) -> SharedFile:
        """Return the file as it is now.

        Raises:
            Problem: the one that keeps it from being attached or linked.
        """
        file = open_.file
        # A snippet may have been edited since the event told its size.
        if file.is_stub or open_.attempts.cause == DownloadMismatch.__name__:
            known = self.slack.get_file(file.file_id)
            file = replace(known, shared_by=file.shared_by)
            self.ledger.describe_file(open_.share_id, file)
        self._check_owner(open_, file)
        check_file(file, limit=self._get_limit(file))
        return file

    def _check_owner(self, open_: OpenAttachment, file: SharedFile) -> None:
        """Raise unless the file may be attached, whoever uploaded it."""
        if self.allows_external or file.team_id in (None, open_.team_id):
            return
        try:  # it may be a colleague's, of another workspace of ours
            uploader = self.people.get_person(file.uploaded_by or "")
        except SlackRejected as error:  # who is not known is none of ours
            raise ExternalFile from error
        if uploader.is_external:
            raise ExternalFile

    def _get_limit(self, file: SharedFile) -> int | None:
        if file.external_url is not None:
            return None
        return self.directory.get_file_size_limit()
