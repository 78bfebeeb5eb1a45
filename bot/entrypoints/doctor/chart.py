"""What is known of an installation so far: checks add to it, later ones use it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from bot.clients.plane import Project
from bot.clients.plane_account import Account
from bot.clients.slack_identity import Identity
from bot.config import Settings
from bot.domain.references import WorkItemKey
from bot.entrypoints.clients import Clients
from bot.entrypoints.doctor.findings import Check, Finding
from bot.entrypoints.doctor.neighbour import Neighbour, find_neighbour
from bot.entrypoints.doctor.problems import explain
from bot.entrypoints.metrics import Metrics
from bot.errors import (
    PlaneThrottled,
    PlaneUnavailable,
    Problem,
    SlackThrottled,
    SlackUnavailable,
)

_SILENT = (PlaneUnavailable, PlaneThrottled, SlackUnavailable, SlackThrottled)
_NO_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """What the doctor was asked for, and how much time it has, in seconds.

    *upload* is where to put a test file. With *asks*, somebody is there to be asked
    for something. *mounts* tells of what kind the file systems are (proc(5)).
    """

    upload: WorkItemKey | None = None
    asks: bool = False
    check_seconds: float = 10.0
    total_seconds: float = 30.0
    event_seconds: float = 60.0
    mounts: Path = Path("/proc/self/mountinfo")


@dataclass
class Chart:
    """What is known; *say* tells whoever is there something at once."""

    read_environment: Callable[[], Mapping[str, str]]
    options: Options = Options()
    say: Callable[[str], None] = lambda line: None
    environment: Mapping[str, str] = field(default_factory=dict)
    loaded: Settings | None = None
    identity: Identity | None = None
    account: Account | None = None
    projects: tuple[Project, ...] = ()
    size_limit: int | None = None
    #: Checks that could not find out what they look for.
    unanswered: set[Check] = field(default_factory=set)
    #: Those of them whose remote side said nothing, or not now.
    silent: set[Check] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """The settings; no check that needs them runs without."""
        assert self.loaded is not None, "the settings are checked first"
        return self.loaded

    @cached_property
    def clients(self) -> Clients:
        """The clients, as the bot has them, but that none waits for a place.

        Where it is too much for Plane, its answer says so.
        """
        plane = replace(self.settings.plane, rate_limit=_NO_LIMIT)
        return Clients.of(replace(self.settings, plane=plane), Metrics())

    @cached_property
    def neighbour(self) -> Neighbour:
        """The Loadmaster that runs on this database, if any does."""
        return find_neighbour(self.settings)

    def fail(
        self,
        check: Check,
        problem: Problem,
        *,
        it: str,
        next_step: str = "",
        at: str = "",
    ) -> Finding:
        """Note that a *problem* with *it* kept *check* from its answer; explain it."""
        self.unanswered.add(check)
        if isinstance(problem, _SILENT):
            self.silent.add(check)
        return explain(check, problem, it=it, next_step=next_step, at=at)
