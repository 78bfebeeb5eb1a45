"""One reply in its thread: posted, found after an unclear answer, edited."""

import hashlib
import json
from collections.abc import Callable

from bot.clients.slack_api import Blocks, SlackApi
from bot.clients.slack_calls import LATEST_SECONDS
from bot.errors import FinalProblem, Problem, SlackRejected, SlackThrottled
from bot.work.ledger.replies import Reply, ReplyLedger
from bot.work.ledger.states import ReplyState

#: So many seconds may this machine's clock be before Slack's.
_CLOCKS_APART = 3600.0


class ThreadReplies:
    """Keeps the ledger's word on each reply ahead of what its thread may show."""

    def __init__(
        self, ledger: ReplyLedger, slack: SlackApi, clock: Callable[[], float]
    ) -> None:
        self._ledger = ledger
        self._slack = slack
        self._clock = clock

    def show(self, reply: Reply, text: str, blocks: Blocks) -> None:
        """Have the thread show the reply so: post it, or edit it if it differs.

        Raises:
            TransientProblem: whether it is shown may not be known.
            FinalProblem: it is not, unless by an earlier try.
        """
        digest = hashlib.sha256(json.dumps(blocks).encode()).hexdigest()
        ts = reply.ts or self._find(reply)
        if ts is None:
            ts = self._post(reply, text, blocks)
        elif digest != reply.digest:
            ts = self._edit(reply, ts, text, blocks)
        else:
            return
        self._ledger.show(reply.share_id, ts=ts, digest=digest)

    def take_up(self, reply: Reply) -> bool:
        """Keep that a post is there which an earlier process was not told of.

        There was one; once it is there, nothing else is waited for.
        """
        if reply.state is not ReplyState.POSTING or reply.attempts:
            return False
        try:
            ts = self._find(reply)
        except Problem:  # it is looked for once more when its time is over
            return False
        if ts is not None:
            self._ledger.show(reply.share_id, ts=ts, digest=None)
        return ts is not None

    def _find(self, reply: Reply) -> str | None:
        """Look for a post that was sent but whose answer was never kept."""
        if reply.state is not ReplyState.POSTING:
            return None
        return self._slack.find_reply(
            channel_id=reply.channel_id,
            thread_ts=reply.thread_ts,
            after=reply.message_ts or f"{reply.received_at - _CLOCKS_APART:.6f}",
            marker=reply.trigger,
        )

    def _edit(self, reply: Reply, ts: str, text: str, blocks: Blocks) -> str:
        """Edit the reply and return its ts; one that was deleted is posted anew."""
        self._ledger.editing(reply.share_id, until=self._clock() + LATEST_SECONDS)
        try:
            self._slack.edit_reply(
                channel_id=reply.channel_id, ts=ts, text=text, blocks=blocks
            )
        except SlackRejected as problem:
            if problem.error != "message_not_found":
                raise
            return self._post(reply, text, blocks)
        return ts

    def _post(self, reply: Reply, text: str, blocks: Blocks) -> str:
        self._ledger.posting(reply.share_id, until=self._clock() + LATEST_SECONDS)
        try:
            return self._slack.post_reply(
                channel_id=reply.channel_id,
                thread_ts=reply.thread_ts,
                text=text,
                blocks=blocks,
                marker=reply.trigger,
            )
        except (SlackThrottled, FinalProblem):
            if reply.state is not ReplyState.POSTING:
                # Else of an earlier try nothing is known.
                self._ledger.unsent(reply.share_id)
            raise
