"""What `loadmaster status` shows: what the ledger says is not done."""

import json
import time

from bot.domain.overviews import print_overview, write_overview
from bot.work.bell import is_attended, place_bell
from bot.work.ledger.existing import existing_database
from bot.work.ledger.overview import read_overview


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
