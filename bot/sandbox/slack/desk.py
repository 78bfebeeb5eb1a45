"""What a person's action in a Slack client is carried out with."""

from dataclasses import dataclass

from bot.sandbox.slack.app_requests import AppRequests
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.responding import Place, Responder
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.state import State
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import View, Views
from bot.sandbox.slack.workspace import DOMAIN, Channel


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of the server that interactions need, and what payloads share.

    Source: docs.slack.dev/reference/interaction-payloads.
    """

    state: State
    events: Events
    app: AppRequests
    triggers: Triggers
    response_urls: ResponseUrls
    responder: Responder
    views: Views

    def payload(self, kind: str, user: str) -> Json:
        """Build what every interactive payload has."""
        state, person = self.state, self.state.users[user]
        return {
            "type": kind,
            "token": "deprecated",
            "api_app_id": state.app_id,
            "team": {"id": state.team_id, "domain": DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team_id,
            },
        }

    def trigger(self, user: str, view: View | None = None) -> Json:
        """Build the field with a new trigger id."""
        view_id = view.id if view else None
        return {"trigger_id": self.triggers.issue(user, view_id=view_id)}

    def answer_at(
        self, sort: str, user: str, channel_id: str, original: Message | None = None
    ) -> Json:
        """Build the field with a new response URL."""
        place = Place(user, channel_id, original)
        return {"response_url": self.response_urls.issue(sort, place)}

    def channel(self, channel_id: str) -> Json:
        """Build the short form of a channel."""
        channel = self.state.channels[channel_id]
        return {"id": channel.id, "name": shown_name(channel)}

    def view(self, view: View) -> Json:
        """Build the fields about the view in which something was done."""
        return {
            "container": {"type": "view", "view_id": view.id},
            "view": self.views.as_json(view),
        }


def shown_name(channel: Channel) -> str:
    """Return the name that payloads show: none of a private channel.

    Source: docs.slack.dev/interactivity/implementing-slash-commands.
    """
    if channel.kind == "im":
        return "directmessage"
    return "privategroup" if channel.kind == "group" else channel.name
