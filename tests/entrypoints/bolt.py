"""The listeners on a ledger, with clients that nobody answers."""

import time

from bot.clients.plane import PlaneClient
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.plane_search import PlaneSearch
from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_clients import build_reader, build_writer
from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_views import SlackViews
from bot.domain.references import PlaneLinks
from bot.listeners.app import build_app
from bot.listeners.intake import Intake
from bot.work.budgets import LocalBudget
from bot.work.forming import FormDesk
from bot.work.item_menu import ItemMenu
from bot.work.ledger.consents import ConsentLedger
from bot.work.ledger.moves import MoveLedger
from bot.work.ledger.presses import PressLedger
from bot.work.ledger.shares import ShareLedger
from bot.work.ledger.withdrawals import WithdrawalLedger
from bot.work.rate_gate import RateGate
from bot.work.seals import Sealer

NOWHERE = "http://127.0.0.1:9"


class Homes:
    """Notes who would be shown their Home."""

    def __init__(self):
        self.shown = []

    def show(self, visitor):
        self.shown.append(visitor)


def build_bolt(
    database, runner, attach, homes=None, *, plane_url=NOWHERE, patience=1.0
):
    """Build the app as the bot does; a menu waits for Plane *patience* seconds."""
    slack = {"token": "xoxb-x", "api_url": f"{NOWHERE}/api/"}
    urls = ResponseUrls(api_url=slack["api_url"])
    calls = PlaneCalls(
        api_url=plane_url,
        api_key="k",
        workspace="acme",
        gate=RateGate(LocalBudget(60)),
        threads=1,
    )
    directory = PlaneDirectory(PlaneClient(calls))
    desk = FormDesk(
        SlackViews(build_writer(**slack)),
        SlackConversations(build_reader(**slack)),
        directory,
        MoveLedger(database),
        urls,
        Sealer("xoxb-x"),
    )
    return build_app(
        Intake(
            ShareLedger(database, clock=time.time),
            runner,
            PlaneLinks("https://plane.example.com", "acme"),
            urls,
            PressLedger(database, clock=time.time),
            ConsentLedger(database, clock=time.time),
            WithdrawalLedger(database, clock=time.time),
        ),
        desk,
        ItemMenu(PlaneSearch(calls, patience=patience), directory),
        homes or Homes(),
        bot_token="xoxb-x",
        attach=attach,
    )
