"""What receives: Slack's requests become rows of the ledger, and are handed over."""

from slack_bolt import App

from bot.domain.help import write_help
from bot.entrypoints.foundation import Foundation
from bot.listeners.app import build_app
from bot.listeners.intake import Intake
from bot.work.forming import FormDesk
from bot.work.home import Homes
from bot.work.item_menu import ItemMenu
from bot.work.plane_connection import PlaneConnection


class Receiving:
    """Bolt's app, and what answers people with nothing to be stored."""

    def __init__(self, foundation: Foundation) -> None:
        settings, ledgers = foundation.settings, foundation.ledgers
        plane, slack = foundation.clients.plane, foundation.clients.slack
        self._foundation = foundation
        self.homes = self._build_homes()
        self.app: App = build_app(
            Intake(
                ledgers.shares,
                foundation.runner,
                foundation.links,
                slack.response_urls,
                ledgers.presses,
                ledgers.consents,
                ledgers.withdrawals,
                foundation.metrics,
            ),
            self._build_form_desk(),
            ItemMenu(plane.search, plane.directory),
            self.homes,
            bot_token=settings.slack.bot_token,
            attach=settings.attach,
        )

    def start(self) -> None:
        """Begin to show Homes."""
        self.homes.start()

    def stop(self) -> None:
        """Show no more."""
        self.homes.stop()

    def _build_form_desk(self) -> FormDesk:
        plane = self._foundation.clients.plane
        slack = self._foundation.clients.slack
        return FormDesk(
            slack.views,
            slack.conversations,
            plane.directory,
            self._foundation.ledgers.moves,
            slack.response_urls,
            self._foundation.sealer,
        )

    def _build_homes(self) -> Homes:
        plane = self._foundation.clients.plane
        slack = self._foundation.clients.slack
        attach = self._foundation.settings.attach
        return Homes(
            self._foundation.ledgers.history,
            PlaneConnection(plane.directory, plane.gate),
            slack.views,
            slack.directory,
            links=self._foundation.links,
            how_to=write_help(command=attach.command, emoji=attach.emoji),
        )
