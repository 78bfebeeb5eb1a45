"""Completes a share with what its trigger did not bring: message, files, references."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.clients.slack_api import SlackApi
from bot.clients.slack_conversations import SlackConversations, WrittenMessage
from bot.domain.files import SharedFile
from bot.domain.references import Reference
from bot.domain.seeks import (
    SeekAuthor,
    SeekFile,
    SeekLatest,
    SeekMessage,
    SeekThread,
    SeekUploads,
)
from bot.errors import (
    BotNotInvited,
    FileDeleted,
    FileInvisible,
    FinalProblem,
    NoFilesFound,
    NoRecentFiles,
    NotVisible,
    SlackRejected,
    SlackTokenRefused,
    SlackUnavailable,
)
from bot.work.item_finder import ItemFinder
from bot.work.latest import find_latest
from bot.work.ledger.new_shares import NewShare
from bot.work.ledger.shares import Found
from bot.work.visibility import Visibility

#: How Slack says that the bot is not in a conversation.
ABSENT = frozenset({"not_in_channel", "channel_not_found"})
#: A linked file is looked for in no more open conversations than this.
_MOST_POSTINGS = 10


@dataclass(frozen=True, slots=True)
class Seeker:
    """Seeks in the conversations that the bot is a member of."""

    slack: SlackApi
    conversations: SlackConversations
    visibility: Visibility
    items: ItemFinder

    def seek(self, share: NewShare) -> Found | None:
        """Return what completes the share; None where its message has no files.

        Raises:
            FinalProblem: what the one who asked is told.
        """
        try:
            return self._seek(share)
        except SlackRejected as problem:
            if problem.error in ABSENT:
                raise BotNotInvited from problem
            raise

    def _seek(self, share: NewShare) -> Found | None:
        match share.seek:
            case SeekMessage() as seek:
                return self._seek_message(share, seek)
            case SeekThread() as seek:
                return self._seek_thread(share, seek)
            case SeekAuthor() as seek:
                return self._seek_author(share, seek)
            case SeekLatest(since=since):
                return self._seek_latest(share, since)
            case SeekFile(file_id=file_id):
                return self._seek_file(share, file_id)
            case SeekUploads(file_ids=file_ids):
                return self._seek_uploads(share, file_ids)
        raise AssertionError("only such shares are sought")

    def _seek_message(self, share: NewShare, seek: SeekMessage) -> Found | None:
        if seek.is_elsewhere and not self.visibility.is_open_to(
            share.user_id, share.channel_id
        ):
            raise NotVisible
        message = self.conversations.find_message(share.channel_id, seek.ts)
        files = _pick(message, seek.only)
        if message is None or not files:
            if share.references:
                raise NoFilesFound
            return None
        references = share.references or self.items.find(share, message)
        if not seek.is_asker_known:
            share = self._know_asker(share)
        return self._found(share, message, references, files)

    def _seek_thread(self, share: NewShare, seek: SeekThread) -> Found:
        thread = list(
            self.conversations.read_thread(
                share.channel_id, seek.thread_ts, until=seek.until
            )
        )
        files = _each_once(message.files for message in thread)
        if not files:
            raise NoFilesFound
        if not seek.is_asker_known:
            share = self._know_asker(share)
        is_external = share.is_external or any(
            message.files and _is_foreign(message, share) for message in thread
        )
        return Found(
            share.channel_id,
            seek.until,
            seek.thread_ts,
            (),
            files,
            share.is_private,
            is_external,
        )

    def _seek_author(self, share: NewShare, seek: SeekAuthor) -> Found:
        try:
            share = self._know_asker(share)
        except SlackTokenRefused as problem:
            # For an administrator to mend; whether this asks for anything is not known.
            raise SlackUnavailable from problem
        return Found(
            share.channel_id,
            seek.ts,
            seek.thread_ts,
            (),
            (),
            share.is_private,
            share.is_external,
        )

    def _know_asker(self, share: NewShare) -> NewShare:
        """Return the share with what Slack tells of the one who asked."""
        is_external = self.visibility.is_external(share.user_id)
        return replace(share, is_external=is_external)

    def _seek_latest(self, share: NewShare, since: float) -> Found:
        message = find_latest(
            self.conversations, share.channel_id, share.user_id, since=since
        )
        if message is None:
            raise NoRecentFiles
        return self._found(share, message, (), message.files)

    def _seek_file(self, share: NewShare, file_id: str) -> Found:
        problem: FinalProblem = NotVisible()
        for there, ts in self._postings(share, file_id):
            try:
                message = self.conversations.find_message(there.channel_id, ts)
            except SlackRejected as refusal:
                if refusal.error not in ABSENT:
                    raise
                problem = BotNotInvited()
                continue
            shared = message.files if message else ()
            files = tuple(file for file in shared if file.file_id == file_id)
            if message and files:
                return self._found(there, message, (), files)
        raise problem

    def _postings(
        self, share: NewShare, file_id: str
    ) -> Iterator[tuple[NewShare, str]]:
        """Yield the messages that shared a file, with the share as if asked for there.

        First those of the share's own conversation, then those that everyone can see.
        """
        postings = self.conversations.find_postings(file_id)
        for each in postings:
            if each.channel_id == share.channel_id:
                yield share, each.ts
        for each in [each for each in postings if each.is_open][:_MOST_POSTINGS]:
            channel_id = each.channel_id
            if channel_id == share.channel_id:
                continue
            if self.visibility.is_open_to(share.user_id, channel_id):
                yield replace(share, channel_id=channel_id, is_private=False), each.ts

    def _seek_uploads(self, share: NewShare, file_ids: Sequence[str]) -> Found:
        """Look uploads up; the answer is for a direct message, as they are nowhere."""
        files = tuple(self._get_upload(share, file_id) for file_id in file_ids)
        return Found(
            self.conversations.open_direct(share.user_id),
            None,
            None,
            (),
            files,
            share.is_private,
            share.is_external,
        )

    def _get_upload(self, share: NewShare, file_id: str) -> SharedFile:
        """Return an upload; as one that is not to be seen where it is another's."""
        unseen = SharedFile(file_id, file_access="access_denied")
        try:
            file = self.slack.get_file(file_id)
        except (FileDeleted, FileInvisible, SlackRejected):
            return unseen
        if file.uploaded_by != share.user_id:
            return unseen
        return replace(file, shared_by=share.user_id)

    def _found(
        self,
        share: NewShare,
        message: WrittenMessage,
        references: tuple[Reference, ...],
        files: tuple[SharedFile, ...],
    ) -> Found:
        is_private = share.is_private
        if is_private is None:
            is_private = not self.conversations.is_public(share.channel_id)
        return Found(
            share.channel_id,
            message.ts,
            message.thread_ts,
            references,
            files,
            is_private,
            share.is_external or _is_foreign(message, share),
        )


def _is_foreign(message: WrittenMessage, share: NewShare) -> bool:
    return message.team_id not in (None, share.team_id)


def _pick(
    message: WrittenMessage | None, only: Sequence[str]
) -> tuple[SharedFile, ...]:
    files = message.files if message else ()
    return tuple(file for file in files if not only or file.file_id in only)


def _each_once(groups: Iterable[Iterable[SharedFile]]) -> tuple[SharedFile, ...]:
    return tuple({file.file_id: file for group in groups for file in group}.values())
