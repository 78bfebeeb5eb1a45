"""Handles a share's one reply: what it says, to whom, and when."""

import logging
from collections.abc import Callable

from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_api import Blocks, SlackApi
from bot.domain.blocks import build_offer, build_reply
from bot.domain.forms import Form, MessageFiles
from bot.domain.help import write_help
from bot.domain.outcomes import HELP, Outcome
from bot.domain.references import PlaneLinks
from bot.domain.replies import write_reply
from bot.domain.reports import NOTHING
from bot.domain.sentences import tell
from bot.domain.shares import MESSAGE, TERMINAL
from bot.errors import (
    FinalProblem,
    NoWorkItemNamed,
    SlackRejected,
    SlackScopeMissing,
    SlackTokenRefused,
    SlackUnavailable,
    TransientProblem,
)
from bot.work.asking import Asker
from bot.work.attempts import Patience, foreseeing
from bot.work.ledger.attempts import Attempts
from bot.work.ledger.replies import Reply, ReplyLedger
from bot.work.ledger.states import ReplyState
from bot.work.meter import WorkMeter
from bot.work.private_answers import Caller, PrivateAnswers
from bot.work.runner import Job, Runner
from bot.work.seals import Sealer
from bot.work.steady_clock import credible
from bot.work.thread_replies import ThreadReplies

logger = logging.getLogger(__name__)

#: A share that takes longer than this shows its progress; seconds.
QUIET_SECONDS = 2.0
#: A reply is edited no more often than this; seconds.
EDIT_SECONDS = 2.0
_NO_ITEM = Outcome.of(NoWorkItemNamed())
#: How Slack keeps the bot out of a conversation for as long as somebody wants. In an
#: archived one, edits have the second (docs.slack.dev/reference/methods/chat.update).
_MENDABLE = frozenset(
    {"is_archived", "is_inactive", "channel_not_found", "not_in_channel"}
)
#: Also with more words after it: `restricted_action_read_only_channel`.
_RESTRICTED = "restricted_action"


class ReplyHandler:
    """Shows in the thread what the ledger says."""

    def __init__(
        self,
        ledger: ReplyLedger,
        slack: SlackApi,
        response_urls: ResponseUrls,
        asker: Asker,
        runner: Runner,
        *,
        links: PlaneLinks,
        command: str,
        emoji: str,
        sealer: Sealer,
        patience: Patience,
        clock: Callable[[], float],
        meter: WorkMeter | None = None,
    ) -> None:
        self._ledger = ledger
        self._replies = ThreadReplies(ledger, slack, clock)
        self._private = PrivateAnswers(slack, response_urls)
        self._asker = asker
        self._runner = runner
        self._links = links
        self._command = command
        self._emoji = emoji
        self._sealer = sealer
        self._patience = patience
        self._clock = clock
        self._meter = meter or WorkMeter()

    def run(self, job: Job) -> None:
        """Post or edit the reply of *job*'s share if it has something to say."""
        reply = self._ledger.get(job.row_id)
        if reply is None:
            return
        if reply.due_at is not None:
            self._show_due(job, reply)
        elif _is_quiet(reply):
            self._tell_end(reply, NOTHING)

    def _show_due(self, job: Job, reply: Reply) -> None:
        now = self._clock()
        if (at := _due_at(reply, now)) > now and self._replies.take_up(reply):
            at = now + EDIT_SECONDS
        if at > now:
            self._runner.submit(job, at=at)
            return
        try:
            self._say(reply)
        except TransientProblem as problem:
            self._postpone(job, reply, problem)
        except FinalProblem as problem:
            logger.error("share=%d cannot be answered: %s", reply.share_id, problem)
            self._fail(reply)
        else:
            if reply.report.is_final and self._ledger.finish(reply):
                self._tell_end(reply, reply.report.summary)

    def _fail(self, reply: Reply) -> None:
        self._ledger.fail(reply)
        self._tell_end(reply, "unanswered")

    def _tell_end(self, reply: Reply, outcome: str) -> None:
        self._meter.share_ended(outcome)
        logger.info(
            "share=%d outcome=%s seconds=%.3f",
            reply.share_id,
            outcome,
            self._clock() - reply.received_at,
        )

    def _say(self, reply: Reply) -> None:
        try:
            with foreseeing(logger):
                if reply.trigger.startswith(TERMINAL):
                    pass  # who waits there reads the ledger
                elif reply.report.is_private:
                    self._tell_privately(reply)
                elif not _is_moot(reply):
                    self._show(reply)
                if reply.report.awaits_consent:
                    self._asker.ask(reply)
        except (SlackTokenRefused, SlackScopeMissing) as problem:
            # For an administrator to mend, who cannot be told here.
            logger.error("Slack lets me answer nobody: %s", problem)
            raise SlackUnavailable from problem
        except SlackRejected as problem:
            if reply.report.is_private or not _is_mendable(problem.error):
                raise
            logger.warning("share=%d has no way in: %s", reply.share_id, problem)
            raise SlackUnavailable from problem

    def _tell_privately(self, reply: Reply) -> None:
        text = self._write(reply)
        caller = Caller(reply.trigger, reply.channel_id, reply.user_id, _thread(reply))
        self._private.tell(caller, text, self._offer_form(reply, text))

    def _offer_form(self, reply: Reply, text: str) -> Blocks | None:
        """Return *text* with a button that opens the form, where that would help."""
        if reply.sought is None or reply.report.notice != _NO_ITEM:
            return None
        subject = MessageFiles(reply.channel_id, reply.sought.ts)
        form = Form(reply.team_id, reply.user_id, subject)
        return build_offer(text, seal=self._sealer.seal(form))

    def _write(self, reply: Reply) -> str:
        notice = reply.report.notice
        if notice == HELP:
            return write_help(command=self._command, emoji=self._emoji)
        if notice:
            return tell(notice, it="your request")
        return write_reply(reply.report, links=self._links)

    def _show(self, reply: Reply) -> None:
        text = self._write(reply)
        blocks = build_reply(text, reply.report, share_id=reply.share_id)
        self._replies.show(reply, text, blocks)

    def _postpone(self, job: Job, reply: Reply, problem: TransientProblem) -> None:
        attempts = Attempts(reply.attempts, reply.waiting_since)
        at = self._patience.next_try(problem, attempts)
        if at is None:
            logger.error("share=%d reply given up: %s", reply.share_id, problem)
            self._fail(reply)
            return
        logger.warning("share=%d reply waits for %s", reply.share_id, problem)
        self._ledger.postpone(reply.share_id, until=at)
        self._runner.submit(job, at=at)


def _is_moot(reply: Reply) -> bool:
    """Whether there is nothing to tell, or nobody to whom it would be news."""
    if reply.report.notice or not reply.report.items:
        return not reply.report.notice
    is_by_message = reply.trigger.startswith(MESSAGE)
    is_new = reply.state is ReplyState.NONE
    return reply.report.is_left_out and is_by_message and is_new


def _is_quiet(reply: Reply) -> bool:
    """Whether nothing in the share turned out to ask for anything."""
    is_new = reply.state is ReplyState.NONE
    return is_new and reply.report.is_planned and reply.report.summary == NOTHING


def _is_mendable(error: str) -> bool:
    return error in _MENDABLE or error.startswith(_RESTRICTED)


def _thread(reply: Reply) -> str | None:
    """Return the thread that was asked in; None where that was in no thread.

    Slack shows nobody a private message in a thread that has no messages yet
    (docs.slack.dev/reference/methods/chat.postEphemeral).
    """
    return None if reply.thread_ts == reply.message_ts else reply.thread_ts


def _due_at(reply: Reply, now: float) -> float:
    """Return the earliest time (epoch seconds) at which the reply may be shown."""
    if reply.shown_at is not None:
        at = _later(reply.shown_at, EDIT_SECONDS, now)
    elif reply.report.is_final:
        at = 0.0
    else:
        at = _later(reply.received_at, QUIET_SECONDS, now)
    return max(at, credible(reply.not_before, now))


def _later(since: float, seconds: float, now: float) -> float:
    """Return *seconds* after *since*; *now* if that was before the clock went back."""
    return since + seconds if since <= now else now
