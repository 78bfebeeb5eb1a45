"""Views in Slack: modals that are opened and updated, and the App Home."""

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from bot.clients.slack_calls import call
from bot.errors import SlackUnavailable

View = Mapping[str, Any]


class SlackViews:
    """Shows views to single people."""

    def __init__(self, writer: WebClient) -> None:
        self._writer = writer

    def open(self, trigger_id: str, view: View) -> str:
        """Open a modal and return its id.

        *trigger_id* works once, within three seconds of what the person did
        (docs.slack.dev/reference/methods/views.open).

        Raises:
            SlackRejected: that is over.
        """
        answer = call(self._writer.views_open, trigger_id=trigger_id, view=view)
        shown = answer.get("view")
        view_id = shown.get("id") if isinstance(shown, Mapping) else None
        if not isinstance(view_id, str):
            raise SlackUnavailable
        return view_id

    def update(self, view_id: str, view: View) -> None:
        """Show another modal in place of the one that is open.

        Raises:
            SlackRejected: it was closed.
        """
        call(self._writer.views_update, view_id=view_id, view=view)

    def publish_home(self, user_id: str, view: View) -> None:
        """Show *view* as the person's App Home."""
        call(self._writer.views_publish, user_id=user_id, view=view)
