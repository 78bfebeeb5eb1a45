"""Whose key Plane is called with, and how much the key may still do."""

import time
from dataclasses import dataclass

from bot.clients.http import read_date
from bot.clients.plane_answers import raise_for_status, read_object
from bot.clients.plane_calls import PlaneCalls


@dataclass(frozen=True, slots=True)
class Account:
    """The user whose key it is, in Plane's own words, which may hold anything.

    *remaining* is how many calls the key has left in this minute, *skew* by how many
    seconds Plane's clock is ahead of ours; None where Plane does not tell.
    """

    name: str
    email: str
    remaining: int | None
    skew: float | None


class PlaneAccount:
    """Asks Plane about the key itself."""

    def __init__(self, calls: PlaneCalls) -> None:
        self._calls = calls

    def look_up(self) -> Account:
        """Return whose key it is (plane/api/urls/user.py: `users/me/`).

        Raises:
            PlaneKeyRefused: it is wrong, expired or inactive.
        """
        response = self._calls.call_beyond("GET", "users/me/")
        raise_for_status(response)
        raw = read_object(response)
        sent_at = read_date(response.headers.get("Date"))
        remaining = response.headers.get("X-RateLimit-Remaining", "")
        return Account(
            name=str(raw.get("display_name") or raw.get("first_name") or ""),
            email=str(raw.get("email") or ""),
            remaining=int(remaining) if remaining.isdecimal() else None,
            skew=None if sent_at is None else sent_at - time.time(),
        )
