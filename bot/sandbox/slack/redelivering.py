"""Deliver again what the app has seen, or what nobody did: what tests ask for."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.app_requests import AppRequest
from bot.sandbox.slack.delivery import Deliveries, Delivery
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.messages import Message


class Redelivering:
    """Deliveries that follow from nothing that a person does."""

    events: Events
    _deliveries: Deliveries
    _desk: Desk

    @property
    def deliveries(self) -> list[Delivery]:
        """Every event on its way or delivered, oldest first."""
        return self._deliveries.all()

    def redeliver(
        self, what: Message | str, *, retry: int = 1, reason: str = "http_timeout"
    ) -> Delivery:
        """Deliver an event again under its own id, as after a lost answer."""
        found = self.delivery_of(what)
        return self._deliveries.send(found.envelope, retry=retry, reason=reason)

    def repeat(self, request: AppRequest) -> AppRequest:
        """Send an interactive payload again, which no Slack does."""
        return self._desk.app.interact(request.payload)

    def deliver_copies(self, message: Message, count: int) -> list[Delivery]:
        """Deliver *message* under *count* new event ids at once."""
        event, channel = self.events.posted_event(message), message.channel_id
        envelopes = [
            self.events.envelope(event, channel_id=channel) for _ in range(count)
        ]
        return [self._deliveries.send(envelope) for envelope in envelopes]

    def deliver_event(
        self, event: Mapping[str, Any], *, channel: str | None = None
    ) -> Delivery:
        """Deliver any event, subscribed to or not."""
        envelope = self.events.envelope(dict(event), channel_id=channel)
        return self._deliveries.send(envelope)

    def delivery_of(self, what: Message | str) -> Delivery:
        """Return the first delivery of an event id, or of a message's first event."""
        for delivery in self.deliveries:
            event = delivery.event
            if what == delivery.event_id:
                return delivery
            if isinstance(what, Message) and event.get("ts") == what.ts:
                return delivery
        raise LookupError(f"never delivered: {what}")
