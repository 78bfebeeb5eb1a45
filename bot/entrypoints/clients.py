"""Builds the clients of Slack, Plane and its storage from the settings."""

from dataclasses import dataclass
from typing import Self

from bot.clients.plane import PlaneClient
from bot.clients.plane_account import PlaneAccount
from bot.clients.plane_calls import CallMeter, Gate, PlaneCalls
from bot.clients.plane_comments import PlaneComments
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.plane_links import WorkItemLinks
from bot.clients.plane_search import PlaneSearch
from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_api import SlackApi
from bot.clients.slack_clients import build_reader, build_writer, refuse_redirects
from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_directory import SlackDirectory
from bot.clients.slack_files import SlackFiles
from bot.clients.slack_identity import SlackIdentity
from bot.clients.slack_limits import SlackLimits
from bot.clients.slack_views import SlackViews
from bot.clients.storage import Storage
from bot.config import PlaneSettings, Settings, SlackSettings
from bot.entrypoints.metrics import Metrics
from bot.work.budgets import Budget, LocalBudget
from bot.work.guarded_gate import Guard, GuardedGate, unguarded
from bot.work.ledger.store import Turns
from bot.work.local_runner import MORE_FOR_LARGE, THREADS
from bot.work.rate_gate import LastInLine, RateGate
from bot.work.runner import JobKind
from bot.work.shared_budget import SharedBudget

_RELAYS = THREADS[JobKind.ATTACHMENT] + MORE_FOR_LARGE
#: Slack gives a menu three seconds, on the way there and back included.
_SEARCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class PlaneSide:
    """What talks to Plane, all through one gate."""

    gate: RateGate
    client: PlaneClient
    directory: PlaneDirectory
    search: PlaneSearch
    comments: PlaneComments
    storage: Storage
    links: WorkItemLinks
    account: PlaneAccount

    @classmethod
    def of(
        cls,
        settings: PlaneSettings,
        metrics: Metrics,
        turns: Turns | None = None,
        guard: Guard = unguarded,
    ) -> Self:
        """Build them; nobody is called yet."""
        gate = RateGate(_build_budget(settings.rate_limit, turns))
        calls = _build_calls(settings, GuardedGate(gate, guard), metrics)
        client = PlaneClient(calls)
        return cls(
            gate,
            client,
            PlaneDirectory(client, fence=settings.projects),
            PlaneSearch(calls, patience=_SEARCH_SECONDS),
            # Attachments first: they may use up what Plane allows.
            PlaneComments(
                _build_calls(settings, GuardedGate(LastInLine(gate), guard), metrics)
            ),
            Storage(
                threads=_RELAYS,
                needs_tls=settings.api_url.startswith("https://"),
                meter=metrics,
            ),
            WorkItemLinks(calls),
            PlaneAccount(calls),
        )


def _build_budget(limit: int, turns: Turns | None) -> Budget:
    return LocalBudget(limit) if turns is None else SharedBudget(turns, limit)


def _build_calls(settings: PlaneSettings, gate: Gate, meter: CallMeter) -> PlaneCalls:
    return PlaneCalls(
        api_url=settings.api_url,
        api_key=settings.api_key,
        workspace=settings.workspace,
        gate=gate,
        threads=sum(THREADS.values()) + MORE_FOR_LARGE,
        meter=meter,
    )


@dataclass(frozen=True, slots=True)
class SlackSide:
    """What talks to Slack."""

    api: SlackApi
    conversations: SlackConversations
    directory: SlackDirectory
    files: SlackFiles
    views: SlackViews
    response_urls: ResponseUrls
    identity: SlackIdentity

    @classmethod
    def of(cls, settings: SlackSettings, guard: Guard = unguarded) -> Self:
        """Build them; nobody is called yet."""
        refuse_redirects()
        token, api_url = settings.bot_token, settings.api_url
        limits = SlackLimits(guard=guard)
        reader = build_reader(token=token, api_url=api_url, limits=limits)
        writer = build_writer(token=token, api_url=api_url, limits=limits)
        return cls(
            SlackApi(reader=reader, writer=writer),
            SlackConversations(reader),
            SlackDirectory(reader),
            SlackFiles(token=token, api_url=api_url, threads=_RELAYS),
            SlackViews(writer),
            ResponseUrls(api_url=api_url),
            SlackIdentity(reader),
        )


@dataclass(frozen=True, slots=True)
class Clients:
    """Both sides."""

    plane: PlaneSide
    slack: SlackSide

    @classmethod
    def of(
        cls,
        settings: Settings,
        metrics: Metrics,
        turns: Turns | None = None,
        guard: Guard = unguarded,
    ) -> Self:
        """Build them; nobody is called yet. With *turns*, Plane's budget is shared.

        Nobody is called by a thread for which *guard* does not return.
        """
        plane = PlaneSide.of(settings.plane, metrics, turns, guard)
        return cls(plane, SlackSide.of(settings.slack, guard))
