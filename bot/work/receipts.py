"""Tells the caller of a command which files were taken, as well as that can be done."""

import logging
from dataclasses import dataclass

from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_directory import SlackDirectory
from bot.domain.receipts import write_receipt
from bot.errors import Problem
from bot.work.ledger.shares import Found

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipts:
    """Tells by response URLs only: what these cannot do is not worth a second try."""

    response_urls: ResponseUrls
    slack: SlackDirectory

    def send(self, trigger: str, found: Found) -> None:
        """Tell what was *found* for the command that is the *trigger*."""
        if found.message_ts is None:
            return
        link = self._find_link(found.channel_id, found.message_ts, found.thread_ts)
        text = write_receipt(found.files, ts=found.message_ts, link=link)
        if not self.response_urls.tell(trigger, text):
            logger.info("The caller of a command is not told which files it took")

    def _find_link(self, channel_id: str, ts: str, thread_ts: str | None) -> str | None:
        try:
            return self.slack.link_message(channel_id, ts, thread_ts)
        except Problem:
            return None
