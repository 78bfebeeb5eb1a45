"""The ledger's replies: what each share's one reply says, and whether it was posted.

Each verb is one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, update

from bot.domain.reports import Report
from bot.domain.seeks import SeekMessage, parse_seek
from bot.work.ledger.changing import change_row
from bot.work.ledger.database import Database
from bot.work.ledger.heard import Heard
from bot.work.ledger.reporting import read_report
from bot.work.ledger.schema import shares
from bot.work.ledger.states import ReplyState
from bot.work.ledger.unfinished import list_unfinished
from bot.work.runner import JobKind

#: What the columns hold before the first try in vain, and once there is no more to try.
_NEVER: dict[str, Any] = {
    "reply_attempts": 0,
    "reply_not_before": None,
    "reply_waiting_since": None,
}
_SHARE = select(shares).where(shares.c.id == bindparam("share_id"))
_FINISH = (
    update(shares)
    .where(
        shares.c.id == bindparam("b_id"),
        shares.c.reply_due_at == bindparam("b_due_at"),
    )
    .values(reply_due_at=None, **_NEVER)
)
_FAIL = (
    update(shares)
    .where(shares.c.id == bindparam("b_id"))
    .values(
        reply_due_at=case(
            (shares.c.reply_due_at != bindparam("b_due_at"), shares.c.reply_due_at)
        ),
        **_NEVER,
    )
)
_POSTPONE = (
    update(shares)
    .where(shares.c.id == bindparam("b_id"))
    .values(
        reply_attempts=shares.c.reply_attempts + 1,
        reply_waiting_since=func.coalesce(
            shares.c.reply_waiting_since,
            bindparam("b_now", type_=shares.c.reply_waiting_since.type),
        ),
    )
)


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
    not_before: float
    attempts: int
    waiting_since: float | None
    report: Report


class ReplyLedger:
    """Keeps the state of replies."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._heard = Heard()

    def get(self, share_id: int) -> Reply | None:
        """Return the share's reply with everything that it has to say now.

        None where the share was forgotten.
        """
        with self._database.read() as connection:
            row = connection.execute(_SHARE, {"share_id": share_id}).one_or_none()
            if row is None:
                return None
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
                not_before=self._heard.correct(share_id, row.reply_not_before or 0.0),
                waiting_since=row.reply_waiting_since,
                attempts=row.reply_attempts,
                report=read_report(connection, row),
            )

    def posting(self, share_id: int, *, until: float) -> None:
        """Keep that a post is about to be sent, in place of any earlier one.

        If the process ends here, the reply is left alone *until* (epoch seconds) then:
        Slack may be at it still.
        """
        with self._heard.keeping(share_id, until=until):
            self._set(
                share_id,
                reply_state=ReplyState.POSTING,
                reply_ts=None,
                reply_not_before=until,
            )

    def editing(self, share_id: int, *, until: float) -> None:
        """Keep that an edit is about to be sent: what the reply says is not known.

        If the process ends here, the reply is left alone *until* (epoch seconds) then:
        an edit that comes late would take the place of the next one.
        """
        with self._heard.keeping(share_id, until=until):
            self._set(share_id, reply_digest=None, reply_not_before=until)

    def unsent(self, share_id: int) -> None:
        """Keep that Slack certainly did not post it."""
        with self._heard.keeping(share_id):
            self._set(share_id, reply_state=ReplyState.NONE, reply_not_before=None)

    def show(self, share_id: int, *, ts: str, digest: str | None) -> None:
        """Keep where the reply is and what it says; None where that is not known."""
        with self._heard.keeping(share_id):
            self._set(
                share_id,
                reply_state=ReplyState.POSTED,
                reply_ts=ts,
                reply_at=self._clock(),
                reply_digest=digest,
                **_NEVER,
            )

    def finish(self, reply: Reply) -> bool:
        """Keep that nothing is left to say, unless something came up since *reply*.

        Return whether that is so.
        """
        with self._database.write() as connection:
            finished = connection.execute(
                _FINISH, {"b_id": reply.share_id, "b_due_at": reply.due_at}
            )
        return finished.rowcount > 0

    def fail(self, reply: Reply) -> None:
        """Give up what *reply* had to say; what came up since is still to be said.

        A post that may be there all the same is looked for before there is another.
        """
        with self._database.write() as connection:
            connection.execute(
                _FAIL, {"b_id": reply.share_id, "b_due_at": reply.due_at}
            )

    def postpone(self, share_id: int, *, until: float) -> None:
        """Try the reply again at *until*."""
        with (
            self._heard.keeping(share_id, until=until),
            self._database.write() as connection,
        ):
            connection.execute(
                _POSTPONE,
                {
                    "b_id": share_id,
                    "b_now": self._clock(),
                    "reply_due_at": until,
                    "reply_not_before": until,
                },
            )

    def unfinished(self) -> Sequence[tuple[int, str, float]]:
        """Return id, channel and due time of every share with more to say."""
        return list_unfinished(self._database, JobKind.REPLY)

    def _set(self, share_id: int, **values: object) -> None:
        with self._database.write() as connection:
            change_row(connection, shares, share_id, values)


def _sought(share: Row[Any]) -> SeekMessage | None:
    seek = parse_seek(share.seek) if share.seek else None
    return seek if isinstance(seek, SeekMessage) else None


def ask_for_reply(
    connection: Connection, share_ids: Sequence[int], *, now: float
) -> None:
    """Have the replies of these shares say what is new."""
    for share_id in share_ids:
        change_row(connection, shares, share_id, {"reply_due_at": now})
