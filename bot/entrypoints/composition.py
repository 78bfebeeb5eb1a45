"""The composition root: puts the parts together from the settings."""

import logging
from collections.abc import Iterable
from functools import partial

from slack_bolt import App

from bot.config import AttachSettings, Settings
from bot.domain.help import write_help
from bot.domain.references import PlaneLinks
from bot.entrypoints.clients import Clients
from bot.entrypoints.ledgers import Ledgers
from bot.entrypoints.metrics import Metrics
from bot.errors import LedgerUnavailable
from bot.listeners.app import build_app
from bot.listeners.intake import Intake
from bot.work.asking import Asker
from bot.work.attach import AttachWorkflow, Remotes
from bot.work.attaching import AttachmentHandler
from bot.work.attempts import Patience
from bot.work.commenting import CommentHandler
from bot.work.forming import FormDesk
from bot.work.home import Homes
from bot.work.item_menu import ItemMenu
from bot.work.ledger.database import Database
from bot.work.ledger.pruning import PruningLedger
from bot.work.local_runner import LocalRunner
from bot.work.plane_connection import PlaneConnection
from bot.work.planning import Guards, ShareHandler
from bot.work.precedence import Precedence
from bot.work.receipts import Receipts
from bot.work.recovery import Unfinished, take_up
from bot.work.replying import ReplyHandler
from bot.work.retention import Retention
from bot.work.runner import Handler, Handlers, Job, JobKind
from bot.work.seals import Sealer
from bot.work.seeking import Seeker
from bot.work.steady_clock import SteadyClock
from bot.work.survey import Surveyor

logger = logging.getLogger(__name__)


class Loadmaster:
    """All of it, for one process that receives and works."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._metrics = metrics
        self.precedence = Precedence()
        self._database = Database(
            settings.database_url, give_way=self.precedence.give_way
        )
        self._has_comments = settings.plane.comment
        self._allows_external = settings.attach.external_users
        self._clock = SteadyClock()
        self._ledgers = Ledgers.on(
            self._database, clock=self._clock, has_comments=self._has_comments
        )
        self._links = PlaneLinks(settings.plane.app_url, settings.plane.workspace)
        self._runner = LocalRunner(clock=self._clock)
        self._clients = Clients.of(settings, metrics, self._database.turns)
        # Of the secrets it is the one that there is however Slack reaches us.
        self._sealer = Sealer(settings.slack.bot_token)
        self._homes = self._build_homes(settings.attach)
        self._handlers = self._build_handlers(settings)
        plane, slack = self._clients.plane, self._clients.slack
        self.app: App = build_app(
            Intake(
                self._ledgers.shares,
                self._runner,
                self._links,
                slack.response_urls,
                self._ledgers.presses,
                self._ledgers.consents,
                self._ledgers.withdrawals,
                metrics,
            ),
            self._build_form_desk(),
            ItemMenu(plane.search, plane.directory),
            self._homes,
            bot_token=settings.slack.bot_token,
            attach=settings.attach,
        )
        metrics.look_at_ledger(
            Surveyor(self._database, self.precedence, clock=self._clock)
        )
        metrics.look_at_gate(plane.gate)

    def start(self) -> None:
        """Bring the database up to date and take up what an earlier process left.

        Raises:
            StartError: the database cannot be used.
        """
        self.migrate()
        left = self.take_up()
        if left:
            logger.info("Taking up %d jobs of an earlier run", left)
        self._runner.submit(Job(JobKind.RETENTION, 0))
        self._work()
        self._homes.start()

    def migrate(self) -> None:
        """Bring the database up to date.

        Raises:
            StartError: it cannot be used.
        """
        self._database.migrate()

    def work_on(self, jobs: Iterable[Job]) -> None:
        """Work on these and what comes of them; all else is left to a bot's start."""
        for job in jobs:
            self._runner.submit(job)
        self._work()

    def take_up(self) -> int:
        """Have done whatever the ledger says is not; return how much that is."""
        unfinished: dict[JobKind, Unfinished] = {
            JobKind.SHARE: self._ledgers.shares,
            JobKind.ATTACHMENT: self._ledgers.attachments,
            JobKind.REPLY: self._ledgers.replies,
        }
        if self._has_comments:
            unfinished[JobKind.COMMENT] = self._ledgers.comments
        return take_up(unfinished, self._runner, clock=self._clock)

    def stop(self, *, timeout: float) -> None:
        """Finish what runs, for *timeout* seconds; the rest is safe in the ledger."""
        self._homes.stop()
        if not self._runner.stop(timeout=timeout):
            logger.warning("Some work is left to the next start")
        self._database.close()

    def faults(self) -> list[str]:
        """Return why nothing could be stored now; nothing where it could."""
        try:
            with self.precedence.turn():  # whoever asks does not wait long, either
                self._database.check()
        except LedgerUnavailable as error:
            return [f"the database cannot be written: {error}"]
        return []

    def _work(self) -> None:
        self._runner.start(
            {kind: self._if_able(run) for kind, run in self._handlers.items()}
        )

    def _if_able(self, run: Handler) -> Handler:
        """Have nothing done as long as nothing of it can be stored."""

        def run_if_able(job: Job) -> None:
            self._database.await_recovery()
            run(job)

        return run_if_able

    def _build_patience(self, kind: JobKind) -> Patience:
        return Patience(self._clock, note=partial(self._metrics.tried, kind))

    def _build_handlers(self, settings: Settings) -> Handlers:
        replies = self._build_reply_handler(settings.attach)

        def show_outcomes(job: Job) -> None:
            replies.run(job)
            self._homes.refresh(job.row_id)

        return {
            JobKind.SHARE: self._build_share_handler(settings.attach).run,
            JobKind.ATTACHMENT: self._build_attachment_handler().run,
            JobKind.REPLY: show_outcomes,
            JobKind.COMMENT: self._build_comment_handler().run,
            JobKind.RETENTION: self._build_retention(settings.retention_days).run,
        }

    def _build_share_handler(self, settings: AttachSettings) -> ShareHandler:
        slack, plane = self._clients.slack, self._clients.plane
        guards = Guards(
            allow_external=settings.external_users,
            private=settings.private,
        )
        return ShareHandler(
            self._ledgers.shares,
            plane.directory,
            Seeker(
                slack.api,
                slack.conversations,
                plane.directory,
                self._links,
                slack.directory,
            ),
            self._runner,
            Receipts(slack.response_urls, slack.directory),
            guards=guards,
            patience=self._build_patience(JobKind.SHARE),
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
        return AttachmentHandler(
            self._ledgers.attachments,
            AttachWorkflow(
                remotes,
                self._ledgers.attachments,
                allows_external=self._allows_external,
            ),
            plane.directory,
            self._runner,
            patience=self._build_patience(JobKind.ATTACHMENT),
            give_way=self.precedence.give_way,
            meter=self._metrics,
        )

    def _build_reply_handler(self, settings: AttachSettings) -> ReplyHandler:
        slack = self._clients.slack
        return ReplyHandler(
            self._ledgers.replies,
            slack.api,
            slack.response_urls,
            Asker(self._ledgers.consents, slack.api, self._runner),
            self._runner,
            links=self._links,
            command=settings.command,
            emoji=settings.emoji,
            sealer=self._sealer,
            patience=self._build_patience(JobKind.REPLY),
            clock=self._clock,
            meter=self._metrics,
        )

    def _build_comment_handler(self) -> CommentHandler:
        return CommentHandler(
            self._ledgers.comments,
            self._clients.plane.comments,
            self._clients.slack.directory,
            self._runner,
            patience=self._build_patience(JobKind.COMMENT),
            clock=self._clock,
        )

    def _build_retention(self, days: int) -> Retention:
        ledger = PruningLedger(self._database)
        return Retention(ledger, self._runner, days=days, clock=self._clock)

    def _build_form_desk(self) -> FormDesk:
        slack, plane = self._clients.slack, self._clients.plane
        return FormDesk(
            slack.views,
            slack.conversations,
            plane.directory,
            self._ledgers.moves,
            slack.response_urls,
            self._sealer,
        )

    def _build_homes(self, settings: AttachSettings) -> Homes:
        slack, plane = self._clients.slack, self._clients.plane
        return Homes(
            self._ledgers.history,
            PlaneConnection(plane.directory, plane.gate),
            slack.views,
            slack.directory,
            links=self._links,
            how_to=write_help(command=settings.command, emoji=settings.emoji),
        )
