"""Asks people whether their private files may go to Plane."""

import logging

from bot.clients.slack_api import SlackApi
from bot.domain.consents import Question, build_question, write_question
from bot.errors import SlackRejected
from bot.work.ledger.consents import ConsentLedger
from bot.work.ledger.replies import Reply
from bot.work.runner import Job, JobKind, Runner

logger = logging.getLogger(__name__)


class Asker:
    """Puts the questions of a share, each to its sharer only, in the share's thread."""

    def __init__(self, ledger: ConsentLedger, slack: SlackApi, runner: Runner) -> None:
        self._ledger = ledger
        self._slack = slack
        self._runner = runner

    def ask(self, reply: Reply) -> None:
        """Ask what has still to be asked, below the *reply* that is there already.

        Raises:
            Problem: Slack takes no question now.
        """
        for question in self._ledger.questions(reply.share_id):
            try:
                self._put(reply, question)
            except SlackRejected as problem:
                self._tell_unasked(reply, question, problem)
            else:
                # Killed before this is kept, it is asked twice; either may be answered.
                self._ledger.asked(question)

    def _put(self, reply: Reply, question: Question) -> None:
        text = write_question(question)
        self._slack.tell_privately(
            channel_id=reply.channel_id,
            thread_ts=reply.thread_ts,
            user_id=question.sharer,
            text=text,
            blocks=build_question(text, question),
        )

    def _tell_unasked(
        self, reply: Reply, question: Question, problem: SlackRejected
    ) -> None:
        logger.warning("share=%d cannot be asked about: %s", reply.share_id, problem)
        self._ledger.unasked(question, problem)
        job = Job(JobKind.REPLY, reply.share_id, reply.channel_id)
        self._runner.submit(job)
