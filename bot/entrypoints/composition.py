"""The composition root: puts the parts together from the settings."""

import logging
import time
from dataclasses import dataclass
from typing import Self

from slack_bolt import App
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.clients.plane import PlaneClient
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_api import SlackApi
from bot.clients.slack_calls import build_reader, build_writer, refuse_redirects
from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_files import SlackFiles
from bot.clients.storage import Storage
from bot.config import PrivateFiles, Settings
from bot.domain.references import PlaneLinks
from bot.listeners.app import build_app
from bot.listeners.intake import Intake
from bot.work.attach import AttachWorkflow, Remotes
from bot.work.attaching import AttachmentHandler
from bot.work.attempts import Patience
from bot.work.ledger.attachments import AttachmentLedger
from bot.work.ledger.database import Database
from bot.work.ledger.replies import ReplyLedger
from bot.work.ledger.shares import ShareLedger
from bot.work.local_runner import THREADS, LocalRunner
from bot.work.planning import Guards, ShareHandler
from bot.work.rate_gate import RateGate
from bot.work.recovery import take_up
from bot.work.replying import ReplyHandler
from bot.work.runner import Handlers, JobKind
from bot.work.seeking import Seeker

logger = logging.getLogger(__name__)

_RELAYS = THREADS[JobKind.ATTACHMENT]


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The ledger's parts, on one database."""

    shares: ShareLedger
    attachments: AttachmentLedger
    replies: ReplyLedger

    @classmethod
    def on(cls, database: Database) -> Self:
        """Open the parts on *database*."""
        return cls(
            ShareLedger(database, clock=time.time),
            AttachmentLedger(database, clock=time.time),
            ReplyLedger(database, clock=time.time),
        )


class Loadmaster:
    """All of it, for one process that receives and works."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings.database_url)
        self._ledgers = Ledgers.on(self._database)
        self._links = PlaneLinks(settings.plane.app_url, settings.plane.workspace)
        self._runner = LocalRunner()
        self._response_urls = ResponseUrls(api_url=settings.slack.api_url)
        self._handlers = self._build_handlers(settings)
        intake = Intake(
            self._ledgers.shares, self._runner, self._links, self._response_urls
        )
        self.app: App = build_app(
            intake,
            bot_token=settings.slack.bot_token,
            attach=settings.attach,
        )

    def start(self) -> None:
        """Bring the database up to date and take up what an earlier process left.

        Raises:
            StartError: the database cannot be used.
        """
        self._database.migrate()
        left = take_up(
            {
                JobKind.SHARE: self._ledgers.shares,
                JobKind.ATTACHMENT: self._ledgers.attachments,
                JobKind.REPLY: self._ledgers.replies,
            },
            self._runner,
        )
        if left:
            logger.info("Taking up %d jobs of an earlier run", left)
        self._runner.start(self._handlers)

    def stop(self, *, timeout: float) -> None:
        """Finish what runs, for *timeout* seconds; the rest is safe in the ledger."""
        if not self._runner.stop(timeout=timeout):
            logger.warning("Some work is left to the next start")
        self._database.close()

    def faults(self) -> list[str]:
        """Return why nothing could be stored now; nothing where it could."""
        try:
            with self._database.write() as connection:
                # Not only begun: a full disk shows when something is written.
                connection.execute(
                    text("UPDATE alembic_version SET version_num = version_num")
                )
        except SQLAlchemyError as error:
            return [f"the database cannot be written: {type(error).__name__}"]
        return []

    def _build_handlers(self, settings: Settings) -> Handlers:
        gate = RateGate(settings.plane.rate_limit)
        calls = PlaneCalls(
            api_url=settings.plane.api_url,
            api_key=settings.plane.api_key,
            workspace=settings.plane.workspace,
            gate=gate,
            threads=sum(THREADS.values()),
        )
        plane = PlaneClient(calls)
        directory = PlaneDirectory(plane, fence=settings.plane.projects)
        refuse_redirects()
        token, api_url = settings.slack.bot_token, settings.slack.api_url
        reader = build_reader(token=token, api_url=api_url)
        writer = build_writer(token=token, api_url=api_url)
        slack = SlackApi(reader=reader, writer=writer)
        seeker = Seeker(SlackConversations(reader), directory, self._links)
        files = SlackFiles(
            token=settings.slack.bot_token,
            api_url=settings.slack.api_url,
            threads=_RELAYS,
        )
        remotes = Remotes(plane, directory, slack, files, Storage(threads=_RELAYS))
        patience = Patience(time.time)
        guards = Guards(
            allow_external=settings.attach.external_users,
            allow_private=settings.attach.private is PrivateFiles.ALLOW,
        )
        shares = ShareHandler(
            self._ledgers.shares,
            directory,
            seeker,
            self._runner,
            guards=guards,
            patience=patience,
        )
        attachments = AttachmentHandler(
            self._ledgers.attachments,
            AttachWorkflow(remotes, self._ledgers.attachments),
            directory,
            self._runner,
            patience=patience,
        )
        replies = ReplyHandler(
            self._ledgers.replies,
            slack,
            self._response_urls,
            self._runner,
            links=self._links,
            command=settings.attach.command,
            emoji=settings.attach.emoji,
            patience=patience,
            clock=time.time,
        )
        return {
            JobKind.SHARE: shares.run,
            JobKind.ATTACHMENT: attachments.run,
            JobKind.REPLY: replies.run,
        }
