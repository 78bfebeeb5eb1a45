"""What `loadmaster status` shows: what the ledger says is not done."""

import json
import time
from collections.abc import Mapping

from bot.config import read_database_url
from bot.domain.overviews import print_overview, write_overview
from bot.environment import Environment
from bot.errors import ConfigError
from bot.work.bell import is_attended, place_bell
from bot.work.ledger.existing import existing_database
from bot.work.ledger.overview import read_overview


def find_ledger(environment: Mapping[str, str]) -> str:
    """Return the address of the ledger's database, which is all that is needed here.

    Raises:
        ConfigError: the setting is malformed.
    """
    read = Environment(environment)
    url = read_database_url(read)
    if read.faults:
        raise ConfigError(tuple(read.faults))
    return url


def show_status(url: str, *, most: int, as_json: bool) -> str:
    """Return the status of the ledger at *url*, the *most* newest of each kind.

    Raises:
        StartError: there is no ledger of this version.
        LedgerUnavailable: it cannot be read now.
    """
    with existing_database(url) as database:
        overview = read_overview(database, most=most)
    bell, now = place_bell(url), time.time()
    attended = is_attended(bell) if bell else None
    if as_json:
        told = print_overview(overview, now=now, is_attended=attended)
        return json.dumps(told, indent=2) + "\n"
    text = write_overview(overview, now=now)
    return text if attended is None else f"{_ATTENDED[attended]}\n{text}"


_ATTENDED = {
    True: "A bot is running on this ledger.",
    False: "No bot is running on this ledger: nothing goes on until one starts.",
}
