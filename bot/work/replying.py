"""Handles a share's one reply: posts it once, edits it as outcomes come in."""

import hashlib
import logging
from collections.abc import Callable

from bot.clients.slack_api import SlackApi
from bot.domain.references import PlaneLinks
from bot.domain.replies import write_reply
from bot.errors import FinalProblem, SlackThrottled, TransientProblem
from bot.work.attempts import Patience
from bot.work.ledger.replies import Reply, ReplyLedger
from bot.work.ledger.shares import Attempts
from bot.work.ledger.states import ReplyState
from bot.work.runner import Job, Runner

logger = logging.getLogger(__name__)

#: A share that takes longer than this shows its progress; seconds.
QUIET_SECONDS = 2.0
#: A reply is edited no more often than this; seconds.
EDIT_SECONDS = 2.0
#: After about a day of them, a reply is given up.
_MOST_ATTEMPTS = 300


class ReplyHandler:
    """Shows in the thread what the ledger says."""

    def __init__(
        self,
        ledger: ReplyLedger,
        slack: SlackApi,
        runner: Runner,
        *,
        links: PlaneLinks,
        patience: Patience,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._slack = slack
        self._runner = runner
        self._links = links
        self._patience = patience
        self._clock = clock

    def run(self, job: Job) -> None:
        """Post or edit the reply of *job*'s share if it has something to say."""
        reply = self._ledger.get(job.row_id)
        if reply.due_at is None or not reply.report.items:
            return
        if (at := _due_at(reply)) > self._clock():
            self._runner.submit(job, at=at)
            return
        try:
            self._show(reply)
        except TransientProblem as problem:
            self._postpone(job, reply, problem)
        except FinalProblem as problem:
            logger.error("share=%d cannot be answered: %s", reply.share_id, problem)
            self._ledger.fail(reply.share_id)
        else:
            if reply.report.is_final:
                self._ledger.finish(reply)

    def _show(self, reply: Reply) -> None:
        text = write_reply(reply.report, links=self._links)
        digest = hashlib.sha256(text.encode()).hexdigest()
        ts = reply.ts or self._find(reply)
        if ts is None:
            ts = self._post(reply, text)
        elif digest != reply.digest:
            self._slack.edit_reply(channel_id=reply.channel_id, ts=ts, text=text)
        else:
            return
        self._ledger.show(reply.share_id, ts=ts, digest=digest)

    def _find(self, reply: Reply) -> str | None:
        """Look for a post that was sent but whose answer was never kept."""
        if reply.state is not ReplyState.POSTING:
            return None
        return self._slack.find_reply(
            channel_id=reply.channel_id,
            thread_ts=reply.thread_ts,
            after=reply.message_ts,
            marker=_marker(reply),
        )

    def _post(self, reply: Reply, text: str) -> str:
        self._ledger.posting(reply.share_id)
        try:
            return self._slack.post_reply(
                channel_id=reply.channel_id,
                thread_ts=reply.thread_ts,
                text=text,
                marker=_marker(reply),
            )
        except (SlackThrottled, FinalProblem):
            self._ledger.unsent(reply.share_id)
            raise

    def _postpone(self, job: Job, reply: Reply, problem: TransientProblem) -> None:
        at = self._patience.next_try(problem, Attempts(reply.attempts))
        if at is None or reply.attempts >= _MOST_ATTEMPTS:
            logger.error("share=%d reply given up: %s", reply.share_id, problem)
            self._ledger.fail(reply.share_id)
            return
        logger.warning("share=%d reply waits for %s", reply.share_id, problem)
        self._ledger.postpone(reply.share_id, until=at)
        self._runner.submit(job, at=at)


def _due_at(reply: Reply) -> float:
    """Return the earliest time (epoch seconds) at which the reply may be shown."""
    if reply.shown_at is not None:
        return reply.shown_at + EDIT_SECONDS
    return 0.0 if reply.report.is_final else reply.received_at + QUIET_SECONDS


def _marker(reply: Reply) -> str:
    return f"{reply.channel_id}:{reply.message_ts}"
