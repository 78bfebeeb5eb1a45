"""Visits of people to the bot's App Home. No I/O."""

from dataclasses import dataclass

from bot.domain.envelopes import read_home, read_id, read_object


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has an App Home, and in which workspace."""

    team_id: str
    user_id: str


def parse_visit(body: object) -> Visitor | None:
    """Read who opened their App Home out of an Events API body.

    Return None where another tab was opened: the event comes for each of them
    (docs.slack.dev/reference/events/app_home_opened).

    Raises:
        MalformedEvent: the body has not the shape of that event.
    """
    envelope = read_object(body, "body")
    event = read_object(envelope.get("event"), "event")
    if event.get("tab") != "home":
        return None
    return Visitor(read_home(envelope), read_id(event, "user"))
