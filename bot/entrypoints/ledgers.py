"""Opens the parts of the ledger on one database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from bot.work.ledger.attachments import AttachmentLedger
from bot.work.ledger.comments import CommentLedger
from bot.work.ledger.consents import ConsentLedger
from bot.work.ledger.database import Database
from bot.work.ledger.history import HistoryLedger
from bot.work.ledger.moves import MoveLedger
from bot.work.ledger.presses import PressLedger
from bot.work.ledger.replies import ReplyLedger
from bot.work.ledger.shares import ShareLedger
from bot.work.ledger.withdrawals import WithdrawalLedger


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The ledger's parts, on one database."""

    shares: ShareLedger
    presses: PressLedger
    attachments: AttachmentLedger
    replies: ReplyLedger
    moves: MoveLedger
    comments: CommentLedger
    history: HistoryLedger
    consents: ConsentLedger
    withdrawals: WithdrawalLedger

    @classmethod
    def on(
        cls, database: Database, *, clock: Callable[[], float], has_comments: bool
    ) -> Self:
        """Open the parts on *database*."""
        return cls(
            ShareLedger(database, clock=clock),
            PressLedger(database, clock=clock),
            AttachmentLedger(database, clock=clock, has_comments=has_comments),
            ReplyLedger(database, clock=clock),
            MoveLedger(database),
            CommentLedger(database, clock=clock),
            HistoryLedger(database),
            ConsentLedger(database, clock=clock),
            WithdrawalLedger(database, clock=clock),
        )
