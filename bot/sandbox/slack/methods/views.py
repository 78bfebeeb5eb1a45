"""views.*: open, push, update and publish views.

Source: docs.slack.dev/reference/methods/views.open, views.push, views.update and
views.publish. None of them needs a scope.
"""

from collections.abc import Mapping

from bot.sandbox.slack.calls import ApiError, Call
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.state import State
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import View, Views
from bot.sandbox.slack.web_api import Method


class ViewMethods:
    """The methods of views.*."""

    def __init__(self, state: State, views: Views, triggers: Triggers) -> None:
        #: Whether the app's Home tab is switched on.
        self.has_home = True
        self._state = state
        self._views = views
        self._triggers = triggers

    def methods(self) -> Mapping[str, Method]:
        """Name the methods."""
        return {
            "views.open": self.open,
            "views.push": self.push,
            "views.update": self.update,
            "views.publish": self.publish,
        }

    def open(self, call: Call) -> Json:
        """Open a modal for whoever caused the trigger."""
        trigger = self._triggers.exchange(call.text("trigger_id"))
        return self._show(self._views.open(trigger.user, call.json("view")))

    def push(self, call: Call) -> Json:
        """Put a modal on top of the one in which the trigger was caused."""
        trigger = self._triggers.exchange(call.text("trigger_id"))
        opened = self._views.find(trigger.view_id or "")
        if opened is None or opened.kind != "modal":
            raise ApiError("not_found")
        return self._show(self._views.push(trigger.user, call.json("view")))

    def update(self, call: Call) -> Json:
        """Replace what a view shows; one that was closed is not found."""
        with self._state.lock():
            name = call.text("view_id") or call.text("external_id")
            view = self._views.find(name)
            if view is None:
                raise ApiError("not_found")
            _check_hash(call, view)
            return self._show(self._views.update(view, call.json("view")))

    def publish(self, call: Call) -> Json:
        """Replace what a person's App Home shows."""
        user = call.text("user_id")
        with self._state.lock():
            if not self.has_home:
                raise ApiError("not_enabled")
            if user not in self._state.users:
                raise ApiError("user_not_found")
            view = self._views.home(user)
            if view is not None:
                _check_hash(call, view)
            return self._show(self._views.publish(user, call.json("view")))

    def _show(self, view: View) -> Json:
        return {"view": self._views.as_json(view)}


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise ApiError("hash_conflict")
