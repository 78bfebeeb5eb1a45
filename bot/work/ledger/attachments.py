"""The ledger's attachments: how far each file on each work item is.

Each verb is one transaction.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.domain.files import SharedFile
from bot.domain.outcomes import Outcome
from bot.errors import Problem
from bot.work.ledger.attempts import Attempts, count_attempt, read_attempts
from bot.work.ledger.changing import change_row
from bot.work.ledger.database import Database
from bot.work.ledger.deciding import Decided, decide
from bot.work.ledger.heard import Heard
from bot.work.ledger.link_claims import may_claim
from bot.work.ledger.parts import describe_file
from bot.work.ledger.places import ask_for_comments, find_due_comments
from bot.work.ledger.removals import end_removal
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import attachments
from bot.work.ledger.states import AttachmentState
from bot.work.ledger.unfinished import list_unfinished
from bot.work.ledger.waiting import find_open, find_waiting
from bot.work.runner import JobKind


@dataclass(frozen=True, slots=True)
class OpenAttachment:
    """A file that has to get onto a work item, and how far that is.

    With *is_link*, *asset_id* is a link's. *is_withdrawn* tells that the messages of
    all shares that wait for it were deleted. Before *not_before* (epoch seconds), what
    an earlier try asked Plane for may come still.
    """

    attachment_id: int
    team_id: str
    share_id: int
    channel_id: str
    file: SharedFile
    item_key: str
    project_id: str
    work_item_id: str
    state: AttachmentState
    asset_id: str | None
    attempts: Attempts
    not_before: float = 0.0
    is_link: bool = False
    is_withdrawn: bool = False

    @property
    def expects_link(self) -> bool:
        """Whether an earlier try was about to make the link, and may have."""
        return self.is_link and self.state is AttachmentState.OPENED

    @property
    def expects_record(self) -> bool:
        """Whether an earlier try asked Plane for a record, and may have one."""
        is_opened = self.state is AttachmentState.OPENED and self.asset_id is None
        return is_opened and not self.is_link


class AttachmentLedger:
    """Keeps the state of attachments and decides the lines that wait for them.

    Where *has_comments*, each decision has the comments looked at that tell of it.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        has_comments: bool = False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._has_comments = has_comments
        self._heard = Heard()

    def get_open(self, attachment_id: int) -> OpenAttachment | None:
        """Return the attachment if it is under way, for a share or its removal."""
        with self._database.read() as connection:
            row = find_open(connection, attachment_id)
        if row is None:
            return None
        return OpenAttachment(
            attachment_id=attachment_id,
            team_id=row.team_id,
            share_id=row.share_id,
            channel_id=row.channel_id,
            file=SharedFile(**row.file),
            item_key=row.item_key,
            project_id=row.project_id,
            work_item_id=row.work_item_id,
            state=AttachmentState(row.state),
            asset_id=row.asset_id,
            attempts=read_attempts(row),
            not_before=self._heard.correct(attachment_id, row.not_before or 0.0),
            is_link=row.is_link,
            # What is there stays there, and remains somebody's to undo.
            is_withdrawn=row.is_withdrawn and not row.is_owned,
        )

    def describe_file(self, share_id: int, file: SharedFile) -> None:
        """Keep what files.info told about a share's file."""
        with self._database.write() as connection:
            describe_file(connection, share_id, file)

    def restart(self, attachment_id: int) -> None:
        """Forget Plane's record: there is none now."""
        with self._heard.keeping(attachment_id):
            self._set(
                attachment_id,
                state=AttachmentState.PENDING,
                asset_id=None,
                not_before=None,
            )

    def expect_record(self, attachment_id: int, *, within: float) -> None:
        """Keep that Plane is asked for a record, which may come *within* seconds."""
        self._expect(attachment_id, within, is_link=False)

    def open(self, attachment_id: int, asset_id: str) -> None:
        """Keep the record that Plane made."""
        with self._heard.keeping(attachment_id):
            self._set(
                attachment_id,
                state=AttachmentState.OPENED,
                asset_id=asset_id,
                is_link=False,
                not_before=None,
                relayed=0,
                waiting_for=None,
            )

    def expect_link(self, attachment_id: int, *, within: float) -> bool:
        """Keep that Plane, which had none, is asked for a link as for a record.

        Return whether that is so: not while another file's of that address is expected.
        """
        return self._expect(attachment_id, within, is_link=True)

    def store(self, attachment_id: int) -> None:
        """Keep that storage has the bytes."""
        self._set(attachment_id, state=AttachmentState.STORED, waiting_for=None)

    def advance(self, attachment_id: int, relayed: int) -> None:
        """Keep how many bytes have gone through."""
        self._set(attachment_id, relayed=relayed)

    def postpone(self, attachment_id: int, problem: Problem, *, until: float) -> None:
        """Try the attachment again at *until*."""
        with self._database.write() as connection:
            now = self._clock()
            count_attempt(
                connection, attachments, attachment_id, problem, now=now, until=until
            )

    def decide(
        self, attachment_id: int, outcome: Outcome, *, asset_id: str | None = None
    ) -> Decided:
        """Give every line that waits for the attachment its outcome.

        Where one of its shares moves the file, it goes from where it was.
        """
        with (
            self._hearing(attachment_id, outcome),
            self._database.write() as connection,
        ):
            decided, disowned = decide(
                connection,
                attachment_id,
                outcome,
                asset_id=asset_id,
                now=self._clock(),
            )
            told = [*disowned, *decided.shares]
            self._ask_for_comments(connection, attachment_id, told)
        return decided

    def remove(self, attachment_id: int, outcome: Outcome) -> tuple[list[int], bool]:
        """Give every line whose attachment was to be removed its outcome.

        Return the shares, and whether another waits to have the file attached again.
        """
        with self._database.write() as connection:
            shown, is_wanted = end_removal(connection, attachment_id, outcome)
            ask_for_reply(connection, shown, now=self._clock())
            self._ask_for_comments(connection, attachment_id, shown)
        return shown, is_wanted

    def waiting_shares(self, attachment_id: int) -> list[int]:
        """Return the shares that wait for the attachment."""
        with self._database.read() as connection:
            return find_waiting(connection, attachment_id)

    def due_comments(self, attachment_id: int) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of the comments that have to tell of it."""
        if not self._has_comments:
            return []
        with self._database.read() as connection:
            return find_due_comments(connection, attachment_id)

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, a channel that waits, and due time of all that are not done."""
        return list_unfinished(self._database, JobKind.ATTACHMENT)

    def _ask_for_comments(
        self, connection: Connection, attachment_id: int, share_ids: Sequence[int]
    ) -> None:
        if self._has_comments:
            now = self._clock()
            ask_for_comments(connection, attachment_id, share_ids, now=now)

    def _hearing(
        self, attachment_id: int, outcome: Outcome
    ) -> contextlib.AbstractContextManager[None]:
        """Know meanwhile that a success is an answer."""
        if outcome.is_success:
            return self._heard.keeping(attachment_id)
        return contextlib.nullcontext()

    def _expect(self, attachment_id: int, within: float, *, is_link: bool) -> bool:
        until = self._clock() + within
        with (
            self._heard.keeping(attachment_id, until=until),
            self._database.write() as connection,
        ):
            is_free = not is_link or may_claim(connection, attachment_id)
            if is_free:
                expected = {
                    "state": AttachmentState.OPENED,
                    "asset_id": None,
                    "is_link": is_link,
                    "not_before": until,
                }
                change_row(connection, attachments, attachment_id, expected)
        return is_free

    def _set(self, attachment_id: int, **values: object) -> None:
        with self._database.write() as connection:
            change_row(connection, attachments, attachment_id, values)
