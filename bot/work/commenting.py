"""Handles a comment in Plane: has it say who shared what, or takes it back."""

import hashlib
import json
import logging
from collections.abc import Callable
from functools import partial

from bot.clients.plane import WorkItem
from bot.clients.plane_comments import PlaneComments
from bot.clients.plane_writes import LATEST_SECONDS
from bot.clients.slack_directory import SlackDirectory
from bot.domain.comments import (
    CommentedFile,
    Origin,
    print_external_id,
    write_comment,
)
from bot.domain.files import SharedFile
from bot.domain.outcomes import Outcome
from bot.domain.references import parse_key
from bot.domain.sentences import tell
from bot.errors import (
    CommentExists,
    CommentGone,
    FinalProblem,
    PlaneChanged,
    PlaneThrottled,
    Problem,
    TransientProblem,
)
from bot.work.attempts import Patience, foreseeing
from bot.work.ledger.comments import CommentLedger, DueComment
from bot.work.ledger.states import CommentState
from bot.work.runner import Job, Runner
from bot.work.steady_clock import credible

logger = logging.getLogger(__name__)

#: A message's files are waited for, so that one call tells of all, but no longer than
#: this; seconds. What comes later is added then.
GATHER_SECONDS = 600.0


class CommentHandler:
    """Has Plane's comments say what the ledger says."""

    def __init__(
        self,
        ledger: CommentLedger,
        plane: PlaneComments,
        slack: SlackDirectory,
        runner: Runner,
        *,
        patience: Patience,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._plane = plane
        self._slack = slack
        self._runner = runner
        self._patience = patience
        self._clock = clock

    def run(self, job: Job) -> None:
        """Make, change or delete the comment of *job* if it is not as it should be."""
        comment = self._ledger.get_due(job.row_id)
        if comment is None:
            return
        now = self._clock()
        if (at := _due_at(comment, now)) > now:
            self._runner.submit(job, at=at)
            return
        try:
            with foreseeing(logger):
                self._reconcile(comment)
        except TransientProblem as problem:
            self._postpone(job, comment, problem)
        except FinalProblem as problem:
            self._give_up(comment, problem)
        else:
            if not self._ledger.finish(comment):  # something came up since
                self._runner.submit(job)

    def _reconcile(self, comment: DueComment) -> None:
        if not comment.files:
            self._withdraw(comment)
        elif comment.state is CommentState.GONE:
            return
        elif comment.comment_id is None:
            self._create(comment)
        elif comment.digest != _digest(comment):
            self._change(comment, comment.comment_id)

    def _create(self, comment: DueComment) -> None:
        text = self._write(comment)
        try:
            comment_id = self._plane.create(
                _work_item(comment),
                html=text,
                external_id=_external_id(comment),
                sending=self._open(comment),
            )
        except CommentExists as existing:
            # An earlier run made it, and it may say what was true then.
            try:
                self._update(comment, existing.comment_id, text)
            except CommentGone as error:  # its deletion came late: look again
                raise PlaneChanged from error
        except (PlaneThrottled, FinalProblem):
            if comment.state is CommentState.NONE:  # of an earlier try nothing is known
                self._ledger.unsent(comment.row_id)
            raise
        else:
            self._keep(comment, comment_id)

    def _change(self, comment: DueComment, comment_id: str) -> None:
        try:
            self._update(comment, comment_id, self._write(comment))
        except CommentGone:
            logger.info("comment=%d was deleted in Plane", comment.row_id)
            self._ledger.lose(comment.row_id)

    def _update(self, comment: DueComment, comment_id: str, text: str) -> None:
        changing = partial(self._ledger.changing, comment.row_id, within=LATEST_SECONDS)
        item = _work_item(comment)
        self._plane.update(item, comment_id, html=text, sending=changing)
        self._keep(comment, comment_id)

    def _keep(self, comment: DueComment, comment_id: str) -> None:
        self._ledger.show(
            comment.row_id, comment_id=comment_id, digest=_digest(comment)
        )
        logger.info(
            "comment=%d key=%s tells of %d files",
            comment.row_id,
            comment.item_key,
            len(comment.files),
        )

    def _withdraw(self, comment: DueComment) -> None:
        if comment.state is CommentState.NONE:
            return
        item, comment_id = _work_item(comment), comment.comment_id
        if comment.state is CommentState.POSTING and comment_id is None:
            comment_id = self._plane.find(item, _external_id(comment))
        if comment_id is not None:
            self._plane.delete(item, comment_id, sending=self._open(comment))
        self._ledger.forget(comment.row_id)

    def _open(self, comment: DueComment) -> Callable[[], None]:
        """Return what keeps, just before a call, that Plane may have it or not."""
        return partial(self._ledger.posting, comment.row_id, within=LATEST_SECONDS)

    def _write(self, comment: DueComment) -> str:
        """Return what the comment says.

        Raises:
            TransientProblem: Slack does not tell names just now.
        """
        files = [
            CommentedFile(_name(file), self._find_person(file.shared_by))
            for file in comment.files
        ]
        return write_comment(files, self._find_origin(comment))

    def _find_person(self, user_id: str | None) -> str | None:
        if user_id is None:
            return None
        return _unless_refused(lambda: self._slack.get_person(user_id).name)

    def _find_origin(self, comment: DueComment) -> Origin:
        channel_id, ts = comment.channel_id, comment.message_ts
        link = channel = None
        if ts is not None:
            link = _unless_refused(
                lambda: self._slack.link_message(channel_id, ts, comment.thread_ts)
            )
        if not comment.is_private:
            channel = self._slack.find_channel_name(channel_id)
        return Origin(comment.is_private, channel, link, is_upload=ts is None)

    def _postpone(
        self, job: Job, comment: DueComment, problem: TransientProblem
    ) -> None:
        at = self._patience.next_try(problem, comment.attempts)
        if at is None:
            self._give_up(comment, problem)
            return
        logger.warning("comment=%d waits for %s", comment.row_id, problem)
        self._ledger.postpone(comment.row_id, problem, until=at)
        self._runner.submit(job, at=at)

    def _give_up(self, comment: DueComment, problem: Problem) -> None:
        """End the try; the thread is not told, for the files are where they belong."""
        told = tell(Outcome.of(problem), it="the comment")
        logger.error(
            "comment=%d key=%s given up: %s %s",
            comment.row_id,
            comment.item_key,
            problem,
            told,
        )
        self._ledger.finish(comment)


def _unless_refused(question: Callable[[], str]) -> str | None:
    """Return the answer; None where Slack will not give it."""
    try:
        return question()
    except FinalProblem as problem:
        logger.warning("A comment lacks a name or its link: %s", problem)
        return None


def _due_at(comment: DueComment, now: float) -> float:
    """Return the earliest time (epoch seconds) at which Plane may be asked."""
    at = credible(comment.due_at, now)
    return at + GATHER_SECONDS if comment.is_open else at


def _digest(comment: DueComment) -> str:
    """Stand for what the comment says, without asking Slack how people are called."""
    facts = [[_name(file), file.shared_by] for file in comment.files]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _name(file: SharedFile) -> str:
    return file.plane_name


def _external_id(comment: DueComment) -> str:
    return print_external_id(comment.place, comment.work_item_id)


def _work_item(comment: DueComment) -> WorkItem:
    key = parse_key(comment.item_key)
    return WorkItem(key, comment.work_item_id, comment.project_id)
