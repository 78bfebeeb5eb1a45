"""Which of Slack's requests are answered one after the other, before any work."""

import contextlib
from collections.abc import Mapping
from typing import Any

from bot.work.precedence import Precedence


def take_turn(
    precedence: Precedence, body: Mapping[str, Any]
) -> contextlib.AbstractContextManager[None]:
    """Hold the place in which the request *body* may be answered."""
    if body.get("type") == "block_suggestion":  # its menu waits for Plane
        return contextlib.nullcontext()
    return precedence.turn()
