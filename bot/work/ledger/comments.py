"""The ledger's comments: what each has to say now, and whether Plane has it.

Each verb is one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from bot.domain.files import SharedFile
from bot.domain.outcomes import OWN, REMOVING
from bot.errors import Problem
from bot.work.ledger.attempts import NEVER, Attempts, count_attempt, read_attempts
from bot.work.ledger.changing import change_row
from bot.work.ledger.database import Database
from bot.work.ledger.heard import Heard
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    comments,
    share_attachments,
    share_files,
    shares,
)
from bot.work.ledger.states import CommentState
from bot.work.ledger.unfinished import list_unfinished
from bot.work.runner import JobKind

_DUE = select(comments).where(
    comments.c.id == bindparam("row_id"), comments.c.due_at.is_not(None)
)
_FINISH = (
    update(comments)
    .where(
        comments.c.id == bindparam("b_id"),
        comments.c.revision == bindparam("b_revision"),
    )
    .values(due_at=None, **NEVER)
)
_LINES = (
    select(share_attachments.c.outcome, share_files.c.file)
    .join_from(shares, share_attachments)
    .join(attachments, attachments.c.id == share_attachments.c.attachment_id)
    .join(share_files, FILE_OF_LINE)
    .where(
        shares.c.team_id == bindparam("team_id"),
        attachments.c.work_item_id == bindparam("work_item_id"),
    )
    .order_by(shares.c.id, share_files.c.position)
)
# A place's shares are told by what there is an index for.
_LINES_OF_TRIGGER = _LINES.where(shares.c.trigger == bindparam("place"))
_LINES_OF_MESSAGE = _LINES.where(
    shares.c.channel_id == bindparam("channel_id"),
    shares.c.message_ts == bindparam("message_ts"),
)


@dataclass(frozen=True, slots=True)
class DueComment:
    """A comment that has to be looked at: *files* is what it has to tell of.

    *place* is what it is about; *is_open* tells that more of its files may come or go.
    *comment_id* is Plane's, *digest* stands for what the comment says there. Times are
    epoch seconds.
    """

    row_id: int
    place: str
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    is_private: bool
    project_id: str
    work_item_id: str
    item_key: str
    state: CommentState
    comment_id: str | None
    digest: str | None
    revision: int
    due_at: float
    attempts: Attempts
    files: tuple[SharedFile, ...]
    is_open: bool


class CommentLedger:
    """Keeps the state of comments."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._heard = Heard()

    def get_due(self, row_id: int) -> DueComment | None:
        """Return the comment if something may have to be done about it."""
        with self._database.read() as connection:
            row = connection.execute(_DUE, {"row_id": row_id}).one_or_none()
            if row is None:
                return None
            due_at = self._heard.correct(row_id, row.due_at)
            return _due_comment(connection, row, due_at=due_at)

    def posting(self, row_id: int, *, within: float) -> None:
        """Keep that it is about to be made, or deleted: whether Plane has it is open.

        If the process ends here, it is not looked at for *within* seconds: Plane may be
        at it still.
        """
        due_at = self._clock() + within
        with self._heard.keeping(row_id, until=due_at):
            self._set(
                row_id,
                state=CommentState.POSTING,
                comment_id=None,
                digest=None,
                due_at=due_at,
            )

    def changing(self, row_id: int, *, within: float) -> None:
        """Keep that it is about to be changed: what it says is not known.

        If the process ends here, it is not looked at for *within* seconds: what comes
        late would take the place of the next change.
        """
        due_at = self._clock() + within
        with self._heard.keeping(row_id, until=due_at):
            self._set(row_id, digest=None, due_at=due_at)

    def unsent(self, row_id: int) -> None:
        """Keep that Plane certainly did not make it."""
        with self._heard.keeping(row_id):
            self._set(row_id, state=CommentState.NONE, due_at=self._clock())

    def show(self, row_id: int, *, comment_id: str, digest: str) -> None:
        """Keep that Plane has it, and what it says."""
        with self._heard.keeping(row_id):
            self._set(
                row_id,
                state=CommentState.POSTED,
                comment_id=comment_id,
                digest=digest,
                due_at=self._clock(),
            )

    def lose(self, row_id: int) -> None:
        """Keep that somebody deleted it in Plane."""
        self._end(row_id, CommentState.GONE)

    def forget(self, row_id: int) -> None:
        """Keep that there is none in Plane, and that none is wanted."""
        self._end(row_id, CommentState.NONE)

    def finish(self, comment: DueComment) -> bool:
        """Keep that nothing is left to do; False if something came up meanwhile."""
        with self._database.write() as connection:
            finished = connection.execute(
                _FINISH, {"b_id": comment.row_id, "b_revision": comment.revision}
            )
            return finished.rowcount > 0

    def postpone(self, row_id: int, problem: Problem, *, until: float) -> None:
        """Try the comment again at *until*."""
        with (
            self._heard.keeping(row_id, until=until),
            self._database.write() as connection,
        ):
            count_attempt(
                connection, comments, row_id, problem, now=self._clock(), until=until
            )

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of every comment to look at."""
        return list_unfinished(self._database, JobKind.COMMENT)

    def _end(self, row_id: int, state: CommentState) -> None:
        with self._heard.keeping(row_id):
            self._set(
                row_id,
                state=state,
                comment_id=None,
                digest=None,
                due_at=self._clock(),
            )

    def _set(self, row_id: int, **values: object) -> None:
        with self._database.write() as connection:
            change_row(connection, comments, row_id, values)


def _due_comment(connection: Connection, row: Row[Any], *, due_at: float) -> DueComment:
    lines = _lines(connection, row)
    own = [file for outcome, file in lines if outcome in OWN]
    return DueComment(
        row_id=row.id,
        place=row.place,
        channel_id=row.channel_id,
        message_ts=row.message_ts,
        thread_ts=row.thread_ts,
        is_private=row.is_private is not False,
        project_id=row.project_id,
        work_item_id=row.work_item_id,
        item_key=row.item_key,
        state=CommentState(row.state),
        comment_id=row.comment_id,
        digest=row.digest,
        revision=row.revision,
        due_at=due_at,
        attempts=read_attempts(row),
        files=tuple({file.file_id: file for file in own}.values()),
        is_open=any(outcome in (None, REMOVING.code) for outcome, _ in lines),
    )


def _lines(
    connection: Connection, comment: Row[Any]
) -> list[tuple[str | None, SharedFile]]:
    """Return outcome and file of each line on the work item of the place's shares."""
    lines = _LINES_OF_TRIGGER if comment.message_ts is None else _LINES_OF_MESSAGE
    place = {
        "team_id": comment.team_id,
        "place": comment.place,
        "channel_id": comment.channel_id,
        "message_ts": comment.message_ts,
        "work_item_id": comment.work_item_id,
    }
    rows = connection.execute(lines, place)
    return [(row.outcome, SharedFile(**row.file)) for row in rows]
