"""What receiving and working have in common: ledger, clients, and the runner."""

from bot.config import Settings
from bot.domain.references import PlaneLinks
from bot.entrypoints.clients import Clients
from bot.entrypoints.ledgers import Ledgers
from bot.entrypoints.metrics import Metrics
from bot.errors import LedgerUnavailable
from bot.work.guarded_gate import Guard, unguarded
from bot.work.ledger.database import Database, is_shared
from bot.work.ledger.turns import TurnLedger
from bot.work.local_runner import LocalRunner
from bot.work.precedence import Precedence
from bot.work.runner import Workforce
from bot.work.seals import Sealer
from bot.work.steady_clock import SteadyClock
from bot.work.survey import Surveyor


class Foundation:
    """The parts that a process has once, whatever it does."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.precedence = Precedence()
        self.clock = SteadyClock()
        self._guard: Guard = unguarded
        self.database = Database(
            settings.database_url,
            give_way=self.precedence.give_way,
            guard=self._check_guard,
        )
        self.ledgers = Ledgers.on(
            self.database, clock=self.clock, has_comments=settings.plane.comment
        )
        self.links = PlaneLinks(settings.plane.app_url, settings.plane.workspace)
        self.clients = Clients.of(
            settings, metrics, self.database.turns, self._check_guard
        )
        # Of the secrets it is the one that there is however Slack reaches us.
        self.sealer = Sealer(settings.slack.bot_token)
        self.runner = self._build_runner()
        metrics.look_at_ledger(
            Surveyor(self.database, self.precedence, clock=self.clock)
        )
        metrics.look_at_gate(self.clients.plane.gate)

    def faults(self) -> list[str]:
        """Return why nothing could be stored or handed over; nothing where it could."""
        try:
            with self.precedence.turn():  # whoever asks does not wait long, either
                self.database.check()
        except LedgerUnavailable as error:
            if self.database.turns:  # it names a host, and perhaps a user
                return ["the database cannot be written; the log tells why"]
            return [f"the database cannot be written: {error}"]
        return self.runner.faults()

    def _build_runner(self) -> Workforce:
        if not is_shared(self.settings.database_url):
            return LocalRunner(clock=self.clock)
        # An extra of the installation, which the other has no need of.
        from bot.work.distributed.pace import Pace
        from bot.work.distributed.runner import DistributedRunner

        line = TurnLedger(self.database, clock=self.clock)
        runner = DistributedRunner(
            self.settings.database_url,
            line,
            clock=self.clock,
            pace=Pace(self.settings.takeover_seconds),
        )
        self._guard = runner.leases.check
        return runner

    def _check_guard(self) -> None:
        """Let nothing be done for a job that may be another's."""
        self._guard()
