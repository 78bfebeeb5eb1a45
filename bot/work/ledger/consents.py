"""The ledger's consents: what sharers have to be asked, and what they answered.

Each verb is one transaction.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    func,
    select,
    update,
)

from bot.domain.consents import AskedFile, Question
from bot.domain.files import SharedFile
from bot.domain.outcomes import CONSENT_REFUSED, Outcome
from bot.domain.presses import Decision, Press
from bot.errors import MessageDeleted, Problem
from bot.work.ledger.database import Database
from bot.work.ledger.lines import waking
from bot.work.ledger.replies import ask_for_reply
from bot.work.ledger.schema import (
    FILE_OF_LINE,
    attachments,
    share_attachments,
    share_files,
    share_references,
    shares,
)
from bot.work.ledger.states import UNDECIDED, Consent

#: Once a question is put, its answer may be quicker than the note that it was.
_UNASKED = share_attachments.c.consent == Consent.NEEDED
_WAKE_GRANTED = waking(
    select(share_attachments.c.attachment_id).where(
        share_attachments.c.share_id == bindparam("b_share_id"),
        share_attachments.c.consent == Consent.GRANTED,
        share_attachments.c.outcome.is_(None),
    )
)


class ConsentLedger:
    """Keeps which lines of shares wait for a yes."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def questions(self, share_id: int) -> list[Question]:
        """Return what has still to be asked about a share: a question for each sharer.

        It is about all that they have not decided, also what they were asked before.
        """
        with self._database.read() as connection:
            by_sharer = _undecided(connection, share_id)
        return [
            _question(rows)
            for rows in by_sharer.values()
            if any(row.consent == Consent.NEEDED for row in rows)
        ]

    def asked(self, question: Question) -> None:
        """Keep that the question was put."""
        with self._database.write() as connection:
            _change(connection, question, _UNASKED, consent=Consent.ASKED)

    def unasked(self, question: Question, problem: Problem) -> None:
        """Keep that *problem* keeps the question from its sharer; the reply says so."""
        outcome = Outcome.unasked(problem)
        with self._database.write() as connection:
            _change(
                connection,
                question,
                _UNASKED,
                consent=Consent.ASKED,
                outcome=outcome.code,
                facts=dict(outcome.facts),
            )
            ask_for_reply(connection, [question.share_id], now=self._clock())

    def decide(self, decision: Decision) -> Question | None:
        """Keep an answer; return what it answers, None where it answers nothing.

        The press came from outside: it counts from the one who is asked, in the
        conversation that they are asked in, and for what they were shown.
        """
        press = decision.press
        with self._database.write() as connection:
            if not _is_at_home(connection, press):
                return None
            rows = _undecided(connection, press.share_id).get(press.user_id)
            question = _question(rows) if rows else None
            if question is None or question.digest != decision.digest:
                return None
            self._keep(connection, question, is_yes=decision.is_yes)
            return question

    def was_left_out(self, press: Press) -> bool:
        """Whether files of the question's share stay out, as its message is gone."""
        is_left_out = exists().where(
            share_attachments.c.share_id == shares.c.id,
            share_attachments.c.outcome == MessageDeleted.__name__,
        )
        with self._database.read() as connection:
            return _is_at_home(connection, press, is_left_out)

    def was_asked(self, press: Press) -> bool:
        """Whether this person was ever asked about the share that they press for."""
        with self._database.read() as connection:
            if not _is_at_home(connection, press):
                return False
            rows = _lines(connection, press.share_id)
        return press.user_id in {_sharer(row) for row in rows}

    def _keep(
        self, connection: Connection, question: Question, *, is_yes: bool
    ) -> None:
        _change(
            connection,
            question,
            consent=Consent.GRANTED if is_yes else Consent.REFUSED,
            outcome=None if is_yes else CONSENT_REFUSED.code,
            facts={},
        )
        now = self._clock()
        connection.execute(
            _WAKE_GRANTED, {"b_share_id": question.share_id, "due_at": now}
        )
        ask_for_reply(connection, [question.share_id], now=now)


def _is_at_home(
    connection: Connection, press: Press, *conditions: ColumnElement[bool]
) -> bool:
    return (
        connection.execute(
            select(shares.c.id).where(
                shares.c.id == press.share_id,
                shares.c.team_id == press.team_id,
                shares.c.channel_id == press.channel_id,
                *conditions,
            )
        ).first()
        is not None
    )


def _undecided(connection: Connection, share_id: int) -> dict[str, list[Any]]:
    """Return the share's lines that wait for a yes, by the person who may say it."""
    found: dict[str, list[Any]] = {}
    for row in _lines(connection, share_id):
        if row.consent in UNDECIDED:
            found.setdefault(_sharer(row), []).append(row)
    return found


def _lines(connection: Connection, share_id: int) -> Sequence[Any]:
    """Return the share's lines that ever needed consent, as its message has them."""
    named = (
        select(func.min(share_references.c.position))
        .where(
            share_references.c.share_id == share_id,
            share_references.c.work_item_id == attachments.c.work_item_id,
        )
        .scalar_subquery()
    )
    rows: Sequence[Any] = connection.execute(
        select(
            shares.c.id,
            shares.c.user_id,
            share_files.c.file,
            attachments.c.id.label("attachment_id"),
            attachments.c.item_key,
            share_attachments.c.consent,
        )
        .join_from(share_attachments, attachments)
        .join(shares, shares.c.id == share_attachments.c.share_id)
        .join(share_files, FILE_OF_LINE)
        .where(
            share_attachments.c.share_id == share_id,
            share_attachments.c.consent.is_not(None),
        )
        .order_by(share_files.c.position, named)
    ).all()
    return rows


def _sharer(row: Any) -> str:
    """Return whose file it is; where Slack did not tell, it is that of who asked."""
    return SharedFile(**row.file).shared_by or row.user_id


def _question(rows: Sequence[Any]) -> Question:
    files: dict[str, SharedFile] = {}
    keys: dict[str, list[str]] = {}
    for row in rows:
        file = SharedFile(**row.file)
        files[file.file_id] = file
        keys.setdefault(file.file_id, []).append(row.item_key)
    return Question(
        share_id=rows[0].id,
        sharer=_sharer(rows[0]),
        asked_by=rows[0].user_id,
        files=tuple(
            AskedFile(file.plane_name, tuple(keys[file_id]))
            for file_id, file in files.items()
        ),
        attachment_ids=tuple(row.attachment_id for row in rows),
    )


def _change(
    connection: Connection,
    question: Question,
    *conditions: ColumnElement[bool],
    **values: object,
) -> None:
    """Change those lines of the question for which the *conditions* hold."""
    connection.execute(
        update(share_attachments)
        .where(
            share_attachments.c.share_id == question.share_id,
            share_attachments.c.attachment_id == bindparam("line"),
            *conditions,
        )
        .values(**values),
        # One by one: a thread has more files than a statement takes parameters.
        [{"line": attachment_id} for attachment_id in question.attachment_ids],
    )
