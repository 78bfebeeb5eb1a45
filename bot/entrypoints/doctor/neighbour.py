"""The Loadmaster that runs on the same database: whether there is one, and its state.

It is asked at the address on which it listens here; one in another container, or with
another HOST and PORT, does not answer there.
"""

from dataclasses import dataclass

import requests

from bot.clients.http import build_session, no_auth
from bot.config import Settings
from bot.errors import LedgerInUse, LedgerUnavailable, StartError
from bot.work.ledger.database import Database, is_shared, sole_use
from bot.work.ledger.inspection import count_other_sessions

_SECONDS = 2.0
_LONGEST_ANSWER = 2000
#: Addresses to listen on everywhere, and where that is on this machine.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened on


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What is known of it; *url* is its `/readyz`.

    *faults* is what it says keeps it from its work; None where it does not answer.
    Without *is_known* there may be one, too.
    """

    is_running: bool
    url: str = ""
    faults: tuple[str, ...] | None = None
    is_known: bool = True

    @property
    def is_ready(self) -> bool:
        """Whether it runs and says that all is well."""
        return self.is_running and self.faults == ()


def find_neighbour(settings: Settings) -> Neighbour:
    """Return what there is to know of whoever has the database now."""
    if is_shared(settings.database_url):
        return _find_by_sessions(settings)
    try:
        with sole_use(settings.database_url):
            return Neighbour(is_running=False)
    except LedgerInUse:
        return _ask(_find_url(settings))
    except StartError:  # whoever runs this may not look: only an answer tells
        found = _ask(_find_url(settings))
        return found if found.faults is not None else Neighbour(is_running=False)


def _find_by_sessions(settings: Settings) -> Neighbour:
    """Ask the server: whoever runs anywhere keeps a connection."""
    database = Database(settings.database_url)
    try:
        is_running = count_other_sessions(database) > 0
    except LedgerUnavailable:  # what keeps us from it, is told elsewhere
        return Neighbour(is_running=False, is_known=False)
    finally:
        database.close()
    return _ask(_find_url(settings)) if is_running else Neighbour(is_running=False)


def _find_url(settings: Settings) -> str:
    if not settings.port:  # any that was free
        return ""
    host = _EVERYWHERE.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.port}/readyz"


def _ask(url: str) -> Neighbour:
    if not url:
        return Neighbour(is_running=True)
    session = build_session(auth=no_auth, threads=1)
    session.trust_env = False  # no proxy leads to this machine
    try:
        answer = session.get(url, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException:
        return Neighbour(is_running=True, url=url)
    return Neighbour(is_running=True, url=url, faults=_read(answer))


def _read(answer: requests.Response) -> tuple[str, ...] | None:
    text = answer.text[:_LONGEST_ANSWER]
    if answer.status_code == requests.codes.ok and text == "ready\n":
        return ()
    if answer.status_code == requests.codes.service_unavailable and text:
        return tuple(text.splitlines())
    return None  # somebody else listens there
