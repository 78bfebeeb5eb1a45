"""The views that people see: stacks of modals, and their App Homes.

Source: docs.slack.dev/surfaces/modals and /surfaces/app-home; the view object:
/reference/interaction-payloads/view-interactions-payload.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.block_kit.values import first_values, nested
from bot.sandbox.slack.block_kit.views import Kind, check_view
from bot.sandbox.slack.calls import ApiError
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.state import State

#: "After a modal is opened, the app is limited to pushing 2 additional views."
MOST_STACKED = 3


@dataclass(slots=True, eq=False)
class View:
    """A modal or an App Home that *user* sees, with what they entered."""

    id: str
    user: str
    kind: Kind
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    is_open: bool = True
    values: dict[tuple[str, str], Json] = field(default_factory=dict)
    #: What the app suggested last for an external select, by block_id and action_id.
    suggested: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    #: What stands below an input after the app or the client found fault with it.
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title of a modal; empty for an App Home."""
        return str((self.content.get("title") or {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """The blocks, each with its `block_id`."""
        return list(self.content["blocks"])

    @property
    def callback_id(self) -> str:
        """The app's name for this sort of view."""
        return str(self.content.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app keeps in the view."""
        return str(self.content.get("private_metadata", ""))


class Views:
    """Every view of the app; hold the state's lock for more than one look."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """Return the modals that *user* has open, the visible one last."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """Return what was published to *user*'s App Home."""
        return self._homes.get(user)

    def find(self, name: str) -> View | None:
        """Return the view that is shown somewhere under this id or external id."""
        stacked = [each for stack in self._stacks.values() for each in stack]
        for view in [*stacked, *self._homes.values()]:
            if name and name in (view.id, view.content.get("external_id")):
                return view
        return None

    def open(self, user: str, content: Any) -> View:
        """Show a modal to *user*; those they had open are gone.

        Not documented: what becomes of a modal that was open.
        """
        with self._state.lock():
            view = self._make(user, "modal", content)
            self.clear(user)
            self._stacks[user] = [view]
        return view

    def push(self, user: str, content: Any) -> View:
        """Show a modal on top of those that *user* has open."""
        with self._state.lock():
            stack = self._stacks.get(user) or []
            if not stack:
                raise ApiError("not_found")
            if len(stack) >= MOST_STACKED:
                raise ApiError("push_limit_reached")
            view = self._make(user, "modal", content)
            view.previous_id, view.root_id = stack[-1].id, stack[-1].root_id
            stack.append(view)
        return view

    def update(self, view: View, content: Any) -> View:
        """Show *content* in place of what *view* shows.

        Inputs keep what was entered where block_id and action_id are the same
        (docs.slack.dev/surfaces/modals, updating views).
        """
        with self._state.lock():
            content = check_view(content, view.kind, self._state.next_id)
            self._check_external_id(content, view)
            view.content, view.hash, view.errors = content, self._hash(), {}
            fresh = first_values(content["blocks"])
            view.values = {
                key: _kept(view.values.get(key), value) for key, value in fresh.items()
            }
        return view

    def publish(self, user: str, content: Any) -> View:
        """Show *content* in *user*'s App Home."""
        known = self._homes.get(user)
        if known is not None:
            return self.update(known, content)
        with self._state.lock():
            view = self._make(user, "home", content)
            self._homes[user] = view
        return view

    def close(self, view: View) -> None:
        """Take a modal away, with those on top of it."""
        with self._state.lock():
            stack = self._stacks.get(view.user, [])
            while view in stack:
                stack.pop().is_open = False

    def clear(self, user: str) -> None:
        """Take all modals of *user* away."""
        for view in self.stack(user)[:1]:
            self.close(view)

    def as_json(self, view: View) -> Json:
        """Build the view object as methods and payloads show it."""
        state = self._state
        return {
            "id": view.id,
            "team_id": state.team_id,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **view.content,
            "state": {"values": nested(view.values)},
            "hash": view.hash,
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": state.app_id,
            "app_installed_team_id": state.team_id,
            "bot_id": state.bot_id,
        }

    def _make(self, user: str, kind: Kind, content: Any) -> View:
        content = check_view(content, kind, self._state.next_id)
        self._check_external_id(content, None)
        number = self._state.next_id("V")
        values = first_values(content["blocks"])
        return View(number, user, kind, content, self._hash(), number, values=values)

    def _check_external_id(self, content: Mapping[str, Any], view: View | None) -> None:
        found = self.find(str(content.get("external_id") or ""))
        if found is not None and found is not view:
            raise ApiError("duplicate_external_id")

    def _hash(self) -> str:
        return f"{int(self._state.clock())}.{secrets.token_hex(4)}"


def _kept(held: Json | None, fresh: Json) -> Json:
    return held if held is not None and held["type"] == fresh["type"] else fresh
