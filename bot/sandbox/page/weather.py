"""Switches for what goes wrong between the bot and the world."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.faults import Action, Fault, answer, cut
from bot.sandbox.message import Request, Response, json_response
from bot.sandbox.page.keeper import Keeper
from bot.sandbox.slack.files import Behaviour
from bot.sandbox.slack.messages import Json
from bot.sandbox.stage import Stage
from bot.sandbox.store.refusal import denied, refusal_response

_ALWAYS = 1_000_000
_DOWNLOAD = "slack.files.download"
_SLOW_SECONDS = 3.0
_RETRY_AFTER = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong while it is switched on, and what the bot promises."""

    label: str
    promise: str
    begin: Callable[["Weather"], None]


class Weather:
    """What goes wrong now; *keeper* ends the bot and brings it back."""

    def __init__(self, stage: Stage, keeper: Keeper) -> None:
        self.stage = stage
        self.keeper = keeper
        self._on: list[str] = []
        self._lock = threading.Lock()
        self.changed = threading.Event()

    def show(self) -> list[Json]:
        """Return every switch, and whether it is on."""
        return [
            {
                "id": name,
                "label": each.label,
                "promise": each.promise,
                "on": name in self._on,
            }
            for name, each in TROUBLES.items()
        ]

    @property
    def plane(self) -> Json:
        """What of Plane looks otherwise than it is."""
        return {"left": 0} if "throttled" in self._on else {}

    def switch(self, name: str, on: bool) -> None:
        """Let it go wrong from now on, or no more.

        Raises:
            KeyError: there is no such trouble.
        """
        TROUBLES[name]
        with self._lock:
            self._on = [each for each in self._on if each != name]
            self._on += [name] if on else []
            self._begin_all()
        self.stage.slack.state.touch()

    def close(self) -> None:
        """Let go of what waits."""
        self.changed.set()

    def _begin_all(self) -> None:
        self.changed.set()
        self.changed = threading.Event()
        for server in (self.stage.plane, self.stage.plane.store, self.stage.slack):
            server.mend()
        for name in self._on:
            TROUBLES[name].begin(self)


def _fail_plane(weather: Weather, action: Action) -> None:
    plane = weather.stage.plane
    for operation in plane.server.operations:
        plane.fail(Fault(operation, action, times=_ALWAYS))


def _take_plane_down(weather: Weather) -> None:
    _fail_plane(weather, cut)


def _throttle_plane(weather: Weather) -> None:
    # the shape of plane/authentication/adapter/exception.py
    body = {"error_code": 5900, "error_message": "RATE_LIMIT_EXCEEDED"}
    headers = {"Retry-After": str(_RETRY_AFTER)}
    _fail_plane(weather, lambda request: json_response(body, 429, headers))


def _slow_plane(weather: Weather) -> None:
    changed = weather.changed

    def wait(request: Request) -> Response | None:
        changed.wait(_SLOW_SECONDS)
        return None

    _fail_plane(weather, wait)


def _refuse_storage(weather: Weather) -> None:
    store = weather.stage.plane.store
    refusal = refusal_response(denied(), store.bucket.name)
    assert isinstance(refusal.body, bytes)
    refuse = answer(refusal.status, refusal.body, refusal.headers)
    store.fail(Fault("storage.post", refuse, times=_ALWAYS))


def _misdeliver(weather: Weather, behaviour: Behaviour) -> None:
    slack = weather.stage.slack

    def spoil(request: Request) -> Response | None:
        if file := slack.state.files.get(request.params["file"]):
            file.misbehave(behaviour, times=1)
        return None

    slack.fail(Fault(_DOWNLOAD, spoil, times=_ALWAYS))


def _cut_power(weather: Weather) -> None:
    def kill(request: Request) -> Response | None:
        weather.keeper.kill()
        weather.switch("power", on=False)
        threading.Thread(target=weather.keeper.start, daemon=True).start()
        return None

    weather.stage.plane.store.fail(Fault("storage.post", kill, phase="after"))


TROUBLES: Mapping[str, Trouble] = {
    "down": Trouble(
        "Plane is down",
        "The bot says so, keeps trying for 24 hours, and finishes when Plane is back.",
        _take_plane_down,
    ),
    "throttled": Trouble(
        "Plane is out of calls",
        "It waits as long as Plane asks it to, and then goes on.",
        _throttle_plane,
    ),
    "slow": Trouble(
        "Plane is slow",
        "After two seconds it tells what it is about, and then what came of it.",
        _slow_plane,
    ),
    "refusing": Trouble(
        "Storage refuses",
        "It tells who can mend it, and leaves nothing half made in Plane.",
        _refuse_storage,
    ),
    "sign_in": Trouble(
        "A sign-in page, no file",
        "A page never becomes an attachment: it tells which scope is missing.",
        lambda weather: _misdeliver(weather, "sign_in"),
    ),
    "truncated": Trouble(
        "Downloads break off",
        "Half a file is never attached: it fetches the file anew until it is whole.",
        lambda weather: _misdeliver(weather, "truncated"),
    ),
    "power": Trouble(
        "Power cut mid-upload",
        "It is killed and started again; the file is on the work item once.",
        _cut_power,
    ),
}
