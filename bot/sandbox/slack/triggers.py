"""Trigger ids: each opens one view, within three seconds.

Source: docs.slack.dev/interactivity/handling-user-interaction (trigger_id) and
/reference/methods/views.open (errors).
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.calls import ApiError

#: "You have 3 seconds to use it … after receiving the payload."
LIFETIME = 3.0


@dataclass(slots=True)
class Trigger:
    """What *user* did, in the view *view_id* if it was in one."""

    user: str
    issued_at: float
    view_id: str | None = None
    is_exchanged: bool = False


class Triggers:
    """The trigger ids that were given out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._issued: dict[str, Trigger] = {}
        self._lock = threading.Lock()

    def issue(self, user: str, *, view_id: str | None = None) -> str:
        """Return a new trigger id for what *user* just did."""
        with self._lock:
            number = len(self._issued) + 1
            trigger_id = f"{number}.47445629121.{secrets.token_hex(16)}"
            self._issued[trigger_id] = Trigger(user, self._clock(), view_id)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger id up.

        Raises:
            ApiError: it is not one, or too old, or was used before.
        """
        with self._lock:
            trigger = self._issued.get(trigger_id)
            if trigger is None:
                raise ApiError("invalid_trigger_id")
            if trigger.is_exchanged:
                raise ApiError("exchanged_trigger_id")
            if self._clock() - trigger.issued_at > LIFETIME:
                raise ApiError("expired_trigger_id")
            trigger.is_exchanged = True
            return trigger
