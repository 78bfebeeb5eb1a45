"""Tells the caller of a command which files were taken, as well as that can be done."""

import logging
from dataclasses import dataclass

from bot.clients.slack_directory import SlackDirectory
from bot.domain.receipts import write_receipt
from bot.errors import Problem
from bot.work.ledger.new_shares import NewShare
from bot.work.ledger.shares import Found
from bot.work.private_answers import Caller, PrivateAnswers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipts:
    """Tells it once: what cannot be told then is not worth a second try."""

    private: PrivateAnswers
    slack: SlackDirectory

    def send(self, share: NewShare, found: Found) -> None:
        """Tell what was *found* for the command that is the *share*."""
        if found.message_ts is None:
            return
        link = self._find_link(found.channel_id, found.message_ts, found.thread_ts)
        text = write_receipt(found.files, ts=found.message_ts, link=link)
        caller = Caller(share.trigger, found.channel_id, share.user_id)
        try:
            self.private.tell(caller, text)
        except Problem as problem:
            logger.info("A caller is not told which files were taken: %s", problem)

    def _find_link(self, channel_id: str, ts: str, thread_ts: str | None) -> str | None:
        try:
            return self.slack.link_message(channel_id, ts, thread_ts)
        except Problem:
            return None
