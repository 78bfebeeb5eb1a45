"""The ledger's replies: what each share's one reply says, and whether it was posted.

Each verb is one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.domain.files import SharedFile
from bot.domain.outcomes import REMOVING, Outcome
from bot.domain.reports import FileLine, ItemReport, Report
from bot.domain.seeks import SeekMessage, parse_seek
from bot.work.ledger.database import Database
from bot.work.ledger.schema import (
    attachments,
    share_attachments,
    share_files,
    share_references,
    shares,
)
from bot.work.ledger.states import ReferenceState, ReplyState, ShareState


@dataclass(frozen=True, slots=True)
class Reply:
    """A share's reply: where it goes, what it has to say, what it said last and when.

    *sought* is the message whose files the share asked for, if one was named.

    Times are epoch seconds; *digest* stands for the text that was shown last.
    """

    share_id: int
    team_id: str
    channel_id: str
    user_id: str
    trigger: str
    sought: SeekMessage | None
    message_ts: str | None
    thread_ts: str | None
    received_at: float
    state: ReplyState
    ts: str | None
    shown_at: float | None
    digest: str | None
    due_at: float | None
    not_before: float | None
    attempts: int
    waiting_since: float | None
    report: Report


class ReplyLedger:
    """Keeps the state of replies."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def get(self, share_id: int) -> Reply:
        """Return the share's reply with everything that it has to say now."""
        with self._database.read() as connection:
            row = connection.execute(
                select(shares).where(shares.c.id == share_id)
            ).one()
            return Reply(
                share_id=share_id,
                team_id=row.team_id,
                channel_id=row.channel_id,
                user_id=row.user_id,
                trigger=row.trigger,
                sought=_sought(row),
                message_ts=row.message_ts,
                thread_ts=row.thread_ts,
                received_at=row.received_at,
                state=ReplyState(row.reply_state),
                ts=row.reply_ts,
                shown_at=row.reply_at,
                digest=row.reply_digest,
                due_at=row.reply_due_at,
                not_before=row.reply_not_before,
                waiting_since=row.reply_waiting_since,
                attempts=row.reply_attempts,
                report=_report(connection, row),
            )

    def posting(self, share_id: int) -> None:
        """Keep that a post is about to be sent, in place of any earlier one."""
        self._set(share_id, reply_state=ReplyState.POSTING, reply_ts=None)

    def unsent(self, share_id: int) -> None:
        """Keep that Slack certainly did not post it."""
        self._set(share_id, reply_state=ReplyState.NONE)

    def show(self, share_id: int, *, ts: str, digest: str | None) -> None:
        """Keep where the reply is and what it says; None where that is not known."""
        self._set(
            share_id,
            reply_state=ReplyState.POSTED,
            reply_ts=ts,
            reply_at=self._clock(),
            reply_digest=digest,
            reply_attempts=0,
            reply_not_before=None,
            reply_waiting_since=None,
        )

    def finish(self, reply: Reply) -> None:
        """Keep that nothing is left to say, unless something came up since *reply*."""
        with self._database.write() as connection:
            connection.execute(
                update(shares)
                .where(
                    shares.c.id == reply.share_id, shares.c.reply_due_at == reply.due_at
                )
                .values(reply_due_at=None)
            )

    def fail(self, share_id: int) -> None:
        """Give up what the reply has to say now.

        A post that may be there all the same is looked for before there is another.
        """
        self._set(
            share_id,
            reply_due_at=None,
            reply_attempts=0,
            reply_not_before=None,
            reply_waiting_since=None,
        )

    def postpone(self, share_id: int, *, until: float) -> None:
        """Try the reply again at *until*."""
        self._set(
            share_id,
            reply_attempts=shares.c.reply_attempts + 1,
            reply_due_at=until,
            reply_not_before=until,
            reply_waiting_since=func.coalesce(
                shares.c.reply_waiting_since, self._clock()
            ),
        )

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of every share with more to say."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(shares.c.id, shares.c.channel_id, shares.c.reply_due_at).where(
                    shares.c.reply_due_at.is_not(None)
                )
            )
            return [(row.id, row.channel_id, row.reply_due_at) for row in rows]

    def _set(self, share_id: int, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(shares).where(shares.c.id == share_id).values(**values)
            )


def _sought(share: Row[Any]) -> SeekMessage | None:
    seek = parse_seek(share.seek) if share.seek else None
    return seek if isinstance(seek, SeekMessage) else None


def _report(connection: Connection, share: Row[Any]) -> Report:
    lines = _lines(connection, share.id)
    return Report(
        items=tuple(
            ItemReport(
                key=row.item_key,
                problem=_problem(row),
                waiting_for=_waiting_for(share, row),
                files=tuple(lines.pop(row.work_item_id, ())),
            )
            for row in _told_references(connection, share.id)
        ),
        is_planned=share.state != ShareState.NEW,
        notice=_notice(share),
        is_private=bool(share.notice and share.notice["is_private"]),
    )


def _problem(reference: Row[Any]) -> Outcome | None:
    is_refused = reference.state == ReferenceState.REFUSED
    return Outcome(reference.problem, reference.facts) if is_refused else None


def _notice(share: Row[Any]) -> Outcome | None:
    raw = share.notice
    return Outcome(raw["code"], raw["facts"]) if raw else None


def _waiting_for(share: Row[Any], reference: Row[Any]) -> Outcome | None:
    is_pending = reference.state == ReferenceState.PENDING
    return Outcome(**share.waiting_for) if is_pending and share.waiting_for else None


def _told_references(connection: Connection, share_id: int) -> Sequence[Row[Any]]:
    rows = connection.execute(
        select(share_references)
        .where(
            share_references.c.share_id == share_id,
            share_references.c.state != ReferenceState.IGNORED,
            # One that is looked up has none, until it has to wait for that.
            share_references.c.item_key.is_not(None),
        )
        .order_by(share_references.c.position)
    )
    # A key and a link may name one work item.
    return list({row.item_key: row for row in rows}.values())


def _lines(connection: Connection, share_id: int) -> dict[str, list[FileLine]]:
    """Return the share's lines by the id of their work item.

    Its key may have been another one when the file was first attached.
    """
    rows = connection.execute(
        select(
            attachments.c.work_item_id,
            attachments.c.relayed,
            attachments.c.waiting_for,
            share_attachments.c.outcome,
            share_attachments.c.facts,
            share_files.c.file,
        )
        .join_from(share_attachments, attachments)
        .join(
            share_files,
            (share_files.c.share_id == share_attachments.c.share_id)
            & (share_files.c.file_id == attachments.c.file_id),
        )
        .where(share_attachments.c.share_id == share_id)
        .order_by(share_files.c.position)
    )
    lines: dict[str, list[FileLine]] = {}
    for row in rows:
        file = SharedFile(**row.file)
        line = FileLine(
            name=file.plane_name,
            outcome=_outcome(row),
            relayed=row.relayed,
            size=file.size,
            waiting_for=Outcome(**row.waiting_for) if row.waiting_for else None,
        )
        lines.setdefault(row.work_item_id, []).append(line)
    return lines


def _outcome(line: Any) -> Outcome | None:
    is_open = line.outcome in (None, REMOVING.code)
    return None if is_open else Outcome(line.outcome, line.facts)
