"""What there is to tell of a share: its report and its files, read from the ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from bot.domain.files import SharedFile
from bot.domain.outcomes import CONSENTS, REMOVING, Outcome
from bot.domain.reports import FileLine, ItemReport, Report
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    share_attachments,
    share_files,
    share_references,
)
from bot.work.ledger.states import ReferenceState, ShareState

_TOLD_REFERENCES = (
    select(share_references)
    .where(
        share_references.c.share_id == bindparam("share_id"),
        share_references.c.state != ReferenceState.IGNORED,
        # One that is looked up has none, until it has to wait for that.
        share_references.c.item_key.is_not(None),
    )
    .order_by(share_references.c.position)
)
_LINES = (
    select(
        attachments.c.work_item_id,
        attachments.c.relayed,
        attachments.c.waiting_for,
        share_attachments.c.outcome,
        share_attachments.c.facts,
        share_files.c.file,
    )
    .join_from(share_attachments, attachments)
    .join(share_files, FILE_OF_LINE)
    .where(share_attachments.c.share_id == bindparam("share_id"))
    .order_by(share_files.c.position)
)
_FILES = (
    select(share_files.c.file)
    .where(share_files.c.share_id == bindparam("share_id"))
    .order_by(share_files.c.position)
)


def read_report(connection: Connection, share: Row[Any]) -> Report:
    """Return everything that a share's reply has to say now."""
    lines = _lines(connection, share)
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
    rows = connection.execute(_TOLD_REFERENCES, {"share_id": share_id})
    # A key and a link may name one work item.
    return list({row.item_key: row for row in rows}.values())


def _lines(connection: Connection, share: Row[Any]) -> dict[str, list[FileLine]]:
    """Return the share's lines by the id of their work item.

    Its key may have been another one when the file was first attached.
    """
    rows = connection.execute(_LINES, {"share_id": share.id})
    lines: dict[str, list[FileLine]] = {}
    for row in rows:
        file = SharedFile(**row.file)
        line = FileLine(
            name=file.plane_name,
            outcome=_outcome(row, sharer=file.shared_by or share.user_id),
            relayed=row.relayed,
            size=file.size,
            waiting_for=Outcome(**row.waiting_for) if row.waiting_for else None,
            is_leaving=row.outcome == REMOVING.code,
        )
        lines.setdefault(row.work_item_id, []).append(line)
    return lines


def _outcome(line: Any, *, sharer: str) -> Outcome | None:
    if line.outcome in (None, REMOVING.code):
        return None
    facts = line.facts or {}
    if line.outcome in CONSENTS:
        facts = {**facts, "sharer": sharer}
    return Outcome(line.outcome, facts)


def read_names(connection: Connection, share_id: int) -> tuple[str, ...]:
    """Return the names of a share's files."""
    files = connection.execute(_FILES, {"share_id": share_id}).scalars()
    return tuple(SharedFile(**file).plane_name for file in files)
