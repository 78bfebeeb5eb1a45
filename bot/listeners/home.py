"""The App Home: shown to whoever opens it, after Slack has its answer."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from slack_bolt import App

from bot.domain.visits import Visitor, parse_visit
from bot.errors import MalformedEvent

logger = logging.getLogger(__name__)


class Homes(Protocol):
    """Shows people their Homes."""

    def show(self, visitor: Visitor) -> None:
        """Have the person shown their Home as it is now; return at once."""


def register(app: App, homes: Homes) -> None:
    """Listen to people who open the bot's tabs."""
    app.event("app_home_opened")(partial(show_home, homes))


def show_home(homes: Homes, body: Mapping[str, Any]) -> None:
    """Have the Home shown, if it was that tab."""
    try:
        visitor = parse_visit(body)
    except MalformedEvent as error:
        logger.warning("event=%s is malformed: %s", body.get("event_id"), error)
        return
    if visitor is not None:
        homes.show(visitor)
