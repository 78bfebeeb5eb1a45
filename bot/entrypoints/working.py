"""What works: carries out what the ledger holds, whoever received it."""

from collections.abc import Callable, Iterable
from functools import partial

from bot.entrypoints.foundation import Foundation
from bot.work.asking import Asker
from bot.work.attach import AttachWorkflow, Remotes
from bot.work.attaching import AttachmentHandler
from bot.work.attempts import Patience
from bot.work.commenting import CommentHandler
from bot.work.guards import Guards
from bot.work.item_finder import ItemFinder
from bot.work.ledger.pruning import PruningLedger
from bot.work.planning import ShareHandler
from bot.work.private_answers import PrivateAnswers
from bot.work.receipts import Receipts
from bot.work.recovery import LeftRows, Sweep, Unfinished
from bot.work.replying import ReplyHandler
from bot.work.retention import Retention
from bot.work.runner import Handler, Handlers, Job, JobKind
from bot.work.seeking import Seeker
from bot.work.visibility import Visibility


class Working:
    """The handlers of all kinds of work, and the runner that calls them.

    *refresh* is told of each share whose outcomes were shown.
    """

    def __init__(self, foundation: Foundation, refresh: Callable[[int], None]) -> None:
        self._foundation = foundation
        self._ledgers = foundation.ledgers
        self._clients = foundation.clients
        self._runner = foundation.runner
        self._handlers = self._build_handlers(refresh)
        #: Takes up whatever the ledger says is not done.
        self.sweep = self._build_sweep()

    def start(self) -> None:
        """Begin to work, on what an earlier process left, too."""
        self._start(sweep=self.sweep)

    def work_on(self, jobs: Iterable[Job]) -> None:
        """Work on these and what comes of them; all else is left to a bot's start."""
        for job in jobs:
            self._runner.submit(job)
        self._start(sweep=_nothing)

    def _start(self, sweep: Callable[[], object]) -> None:
        self._runner.start(
            {kind: self._if_able(run) for kind, run in self._handlers.items()},
            sweep=sweep,
        )

    def _build_sweep(self) -> Sweep:
        ledgers: dict[JobKind, Unfinished] = {
            JobKind.SHARE: self._ledgers.shares,
            JobKind.ATTACHMENT: self._ledgers.attachments,
            JobKind.REPLY: self._ledgers.replies,
        }
        if self._foundation.settings.plane.comment:
            ledgers[JobKind.COMMENT] = self._ledgers.comments
        database, clock = self._foundation.database, self._foundation.clock
        if not database.turns:
            return Sweep(LeftRows(ledgers, clock=clock).find, self._runner)
        # An extra of the installation, which the other has no need of.
        from bot.work.distributed.lost import LostRows

        return Sweep(LostRows(database, list(ledgers), clock=clock).find, self._runner)

    def _build_patience(self, kind: JobKind) -> Patience:
        note = partial(self._foundation.metrics.tried, kind)
        return Patience(self._foundation.clock, note=note)

    def _if_able(self, run: Handler) -> Handler:
        """Have nothing done as long as nothing of it can be stored."""

        def run_if_able(job: Job) -> None:
            self._foundation.database.await_recovery()
            run(job)

        return run_if_able

    def _build_handlers(self, refresh: Callable[[int], None]) -> Handlers:
        replies = self._build_reply_handler()

        def show_outcomes(job: Job) -> None:
            replies.run(job)
            refresh(job.row_id)

        return {
            JobKind.SHARE: self._build_share_handler().run,
            JobKind.ATTACHMENT: self._build_attachment_handler().run,
            JobKind.REPLY: show_outcomes,
            JobKind.COMMENT: self._build_comment_handler().run,
            JobKind.RETENTION: self._build_retention().run,
        }

    def _build_share_handler(self) -> ShareHandler:
        slack, plane = self._clients.slack, self._clients.plane
        attach = self._foundation.settings.attach
        return ShareHandler(
            self._ledgers.shares,
            plane.directory,
            self._build_seeker(),
            self._runner,
            Receipts(PrivateAnswers(slack.api, slack.response_urls), slack.directory),
            guards=Guards(allow_external=attach.external_users, private=attach.private),
            patience=self._build_patience(JobKind.SHARE),
        )

    def _build_seeker(self) -> Seeker:
        slack, plane = self._clients.slack, self._clients.plane
        return Seeker(
            slack.api,
            slack.conversations,
            Visibility(slack.conversations, slack.directory),
            ItemFinder(slack.conversations, plane.directory, self._foundation.links),
        )

    def _build_attachment_handler(self) -> AttachmentHandler:
        slack, plane = self._clients.slack, self._clients.plane
        remotes = Remotes(
            plane.client,
            plane.directory,
            slack.api,
            slack.directory,
            slack.files,
            plane.storage,
            plane.links,
        )
        allows_external = self._foundation.settings.attach.external_users
        return AttachmentHandler(
            self._ledgers.attachments,
            AttachWorkflow(
                remotes, self._ledgers.attachments, allows_external=allows_external
            ),
            plane.directory,
            self._runner,
            patience=self._build_patience(JobKind.ATTACHMENT),
            give_way=self._foundation.precedence.give_way,
            meter=self._foundation.metrics,
        )

    def _build_reply_handler(self) -> ReplyHandler:
        slack, attach = self._clients.slack, self._foundation.settings.attach
        return ReplyHandler(
            self._ledgers.replies,
            slack.api,
            slack.response_urls,
            Asker(self._ledgers.consents, slack.api, self._runner),
            self._runner,
            links=self._foundation.links,
            command=attach.command,
            emoji=attach.emoji,
            sealer=self._foundation.sealer,
            patience=self._build_patience(JobKind.REPLY),
            clock=self._foundation.clock,
            meter=self._foundation.metrics,
        )

    def _build_comment_handler(self) -> CommentHandler:
        return CommentHandler(
            self._ledgers.comments,
            self._clients.plane.comments,
            self._clients.slack.directory,
            self._runner,
            patience=self._build_patience(JobKind.COMMENT),
            clock=self._foundation.clock,
        )

    def _build_retention(self) -> Retention:
        return Retention(
            PruningLedger(self._foundation.database),
            self._runner,
            days=self._foundation.settings.retention_days,
            clock=self._foundation.clock,
        )


def _nothing() -> None:
    """Take up nothing."""
