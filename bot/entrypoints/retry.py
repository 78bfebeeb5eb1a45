"""What `loadmaster retry` does: has what failed tried again, and wakes the bot."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.retrials import Retrial, tell_retrial
from bot.domain.terminals import show_plain
from bot.errors import ConfigError
from bot.work.bell import place_bell, ring
from bot.work.ledger.existing import existing_database
from bot.work.ledger.presses import PressLedger
from bot.work.recovery import SWEEP_SECONDS

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of all; *lines* tell it."""

    is_whole: bool
    lines: tuple[str, ...]


def retry(url: str, numbers: Sequence[str]) -> Retried:
    """Have the requests of these *numbers* tried again.

    Raises:
        ConfigError: one of them is no number.
        StartError: there is no ledger of this version.
        LedgerUnavailable: it cannot be written now.
    """
    share_ids = [_parse(each) for each in dict.fromkeys(numbers)]
    with existing_database(url) as database:
        presses = PressLedger(database, clock=time.time)
        retrials = {each: presses.retry_for_operator(each) for each in share_ids}
    lines = [tell_retrial(*each) for each in retrials.items()]
    if Retrial.BEGUN in retrials.values():
        bell = place_bell(url)
        lines.append(_RUNG[ring(bell)] if bell else _SWEPT)
    is_whole = set(retrials.values()) == {Retrial.BEGUN}
    return Retried(is_whole, tuple(lines))


_SWEPT = f"The bot's workers are at it within {SWEEP_SECONDS} seconds."
_RUNG = {
    True: "The bot is at it now.",
    False: "No bot is running on this ledger: it goes on when one starts.",
}


def _parse(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ConfigError(
            (f"{show_plain(text)} is no number: loadmaster status shows them",)
        )
    return int(text)
