"""Open the app's Home.

Source: docs.slack.dev/reference/events/app_home_opened and /surfaces/app-home.
"""

from typing import Literal

from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.views import View


class Homes:
    """What people do with the app's own pages."""

    _desk: Desk

    def open_home(
        self, user: str = "UANNA", *, tab: Literal["home", "messages"] = "home"
    ) -> Delivery | None:
        """Open the app's Home; return the delivery of its event, if subscribed to."""
        desk = self._desk
        channel = desk.state.direct(user)
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel.id,
            "tab": tab,
            "event_ts": desk.state.next_ts(),
        }
        view = desk.views.home(user)
        if view is not None and tab == "home":
            event["view"] = desk.views.as_json(view)
        return desk.events.publish(event, channel_id=channel.id)

    def home(self, user: str = "UANNA") -> View | None:
        """Return what was published to *user*'s Home, None if nothing was."""
        return self._desk.views.home(user)
