"""The ledger's overview: what is not done, for whoever runs the bot. It only reads."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, or_, select

from bot.domain.files import SharedFile
from bot.domain.outcomes import (
    CONSENT_AWAITED,
    CONSENT_REFUSED,
    HELP,
    MOVED,
    NOT_UNDONE,
    REMOVING,
    SUCCESSES,
    TAKEN,
    UNDONE,
    Outcome,
)
from bot.domain.overviews import Entry, Overview, Stage, gather
from bot.errors import MessageDeleted
from bot.work.ledger.database import Database
from bot.work.ledger.reporting import read_names
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    comments,
    share_attachments,
    share_files,
    share_references,
    shares,
)
from bot.work.ledger.states import AttachmentState, ReferenceState, ShareState

#: It went well, or as somebody wanted.
_FINE = (
    *SUCCESSES,
    UNDONE.code,
    MOVED,
    CONSENT_REFUSED.code,
    MessageDeleted.__name__,
)
#: Notices that tell of no failure.
_ANSWERS = frozenset({HELP.code, TAKEN.code, MessageDeleted.__name__})
_WORKED_ON = (AttachmentState.OPENED, AttachmentState.STORED, AttachmentState.REMOVING)


def read_overview(database: Database, *, most: int) -> Overview:
    """Return what waits, runs and failed, of each the *most* newest.

    Raises:
        LedgerUnavailable: nothing can be read.
    """
    with database.read() as connection:
        entries = [
            *_new_shares(connection),
            *_refused(connection),
            *_notices(connection),
            *_lines(connection),
            *_replies(connection),
            *_comments(connection),
        ]
    return gather(entries, most=most)


def _new_shares(connection: Connection) -> Iterator[Entry]:
    """Yield the shares whose references are to be looked up."""
    rows = connection.execute(select(shares).where(shares.c.state == ShareState.NEW))
    for row in rows.all():
        keys = connection.execute(
            select(share_references.c.item_key)
            .where(
                share_references.c.share_id == row.id,
                share_references.c.state == ReferenceState.PENDING,
                share_references.c.item_key.is_not(None),
            )
            .order_by(share_references.c.position)
        ).scalars()
        names = read_names(connection, row.id)
        yield Entry(
            Stage.WAITING,
            row.id,
            row.waiting_since or row.received_at,
            ", ".join(keys) or None,
            ", ".join(names) or "the request",
            _outcome(row.waiting_for),
            row.due_at,
        )


def _refused(connection: Connection) -> Iterator[Entry]:
    """Yield the references that came to nothing."""
    rows = connection.execute(
        select(share_references, shares.c.received_at)
        .join_from(share_references, shares)
        .where(
            share_references.c.state == ReferenceState.REFUSED,
            share_references.c.problem != MessageDeleted.__name__,
        )
    )
    for row in rows:
        reason = Outcome(row.problem, row.facts or {})
        subject = f"the files for {row.item_key}"
        key, at = row.item_key, row.received_at
        yield Entry(Stage.FAILED, row.share_id, at, key, subject, reason)


def _notices(connection: Connection) -> Iterator[Entry]:
    """Yield the requests that came to nothing but a notice."""
    rows = connection.execute(
        select(shares.c.id, shares.c.received_at, shares.c.notice).where(
            shares.c.notice.is_not(None), shares.c.state == ShareState.PLANNED
        )
    )
    for row in rows:
        reason = Outcome(row.notice["code"], row.notice["facts"])
        if reason.code not in _ANSWERS:
            at = row.received_at
            yield Entry(Stage.FAILED, row.id, at, None, "the request", reason)


def _lines(connection: Connection) -> Iterator[Entry]:
    """Yield the files that are not where they belong."""
    outcome = share_attachments.c.outcome
    rows = connection.execute(
        select(
            share_attachments.c.share_id,
            outcome,
            share_attachments.c.facts,
            attachments.c.state,
            attachments.c.item_key,
            attachments.c.waiting_for,
            attachments.c.waiting_since,
            attachments.c.due_at,
            attachments.c.relayed,
            shares.c.received_at,
            shares.c.user_id,
            share_files.c.file,
        )
        .join_from(share_attachments, attachments)
        .join(shares, shares.c.id == share_attachments.c.share_id)
        .join(share_files, FILE_OF_LINE)
        .where(or_(outcome.is_(None), outcome.not_in(_FINE)))
    )
    for row in rows:
        if (stage := _stage(row)) is not None:
            yield _line(row, stage)


def _stage(line: Any) -> Stage | None:
    if line.outcome in (None, REMOVING.code):
        is_worked_on = line.state in _WORKED_ON and not line.waiting_for
        return Stage.RUNNING if is_worked_on else Stage.WAITING
    if line.outcome == CONSENT_AWAITED.code:
        return Stage.WAITING
    # Another share has brought it there since.
    is_there = line.state == AttachmentState.DONE and line.outcome != NOT_UNDONE
    return None if is_there else Stage.FAILED


def _line(line: Any, stage: Stage) -> Entry:
    file = SharedFile(**line.file)
    is_open = line.outcome in (None, REMOVING.code)
    facts = {"sharer": file.shared_by or line.user_id, **(line.facts or {})}
    return Entry(
        stage,
        line.share_id,
        (line.waiting_since if is_open else None) or line.received_at,
        line.item_key,
        file.plane_name,
        _outcome(line.waiting_for) if is_open else Outcome(line.outcome, facts),
        line.due_at if is_open and line.waiting_for else None,
        line.relayed,
        file.size,
    )


def _replies(connection: Connection) -> Iterator[Entry]:
    """Yield the replies that Slack did not take yet."""
    rows = connection.execute(
        select(shares).where(
            shares.c.reply_due_at.is_not(None),
            shares.c.reply_waiting_since.is_not(None),
        )
    )
    for row in rows:
        yield Entry(
            Stage.WAITING,
            row.id,
            row.reply_waiting_since,
            None,
            f"the reply in {row.channel_id}",
            None,
            row.reply_due_at,
        )


def _comments(connection: Connection) -> Iterator[Entry]:
    """Yield the comments that Plane did not take yet."""
    rows = connection.execute(
        select(comments).where(
            comments.c.due_at.is_not(None), comments.c.waiting_for.is_not(None)
        )
    )
    for row in rows:
        yield Entry(
            Stage.WAITING,
            None,
            row.waiting_since,
            row.item_key,
            f"the comment on {row.item_key}",
            _outcome(row.waiting_for),
            row.due_at,
        )


def _outcome(raw: dict[str, Any] | None) -> Outcome | None:
    return Outcome(**raw) if raw else None
