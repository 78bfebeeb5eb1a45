"""Shows people their App Home: at once with what is known, again when there is more.

Nothing of it is kept: whoever opens their Home again gets it anew.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Sequence

from cachetools import TTLCache

from bot.clients.slack_directory import SlackDirectory
from bot.clients.slack_views import SlackViews, View
from bot.domain.home import Entry, build_home
from bot.domain.references import PlaneLinks
from bot.domain.visits import Visitor
from bot.errors import LedgerUnavailable, Problem, TransientProblem
from bot.work.errands import Errands
from bot.work.ledger.history import HistoryLedger, PastShare
from bot.work.plane_connection import PlaneConnection

logger = logging.getLogger(__name__)

MOST_ENTRIES = 10

_THREADS = 4
_AGAIN_SECONDS = 1.0
_LONGEST_WAIT = 5.0
_PLANE = "plane"
#: For this many seconds after it was shown, a Home keeps up with its shares.
_WATCHED_SECONDS = 600
_MOST_WATCHED = 10_000


class Homes:
    """The Homes of all people; only its own threads wait for Slack and Plane."""

    def __init__(
        self,
        history: HistoryLedger,
        connection: PlaneConnection,
        views: SlackViews,
        directory: SlackDirectory,
        *,
        links: PlaneLinks,
        how_to: str,
    ) -> None:
        self._history = history
        self._connection = connection
        self._views = views
        self._directory = directory
        self._links = links
        self._how_to = how_to
        self._pages = Errands(self._publish, threads=_THREADS)
        self._checks = Errands(self._check, threads=1)
        self._lock = threading.Lock()  # of these two
        self._waiting: set[Visitor] = set()
        self._watched: TTLCache[int, Visitor] = TTLCache(
            _MOST_WATCHED, _WATCHED_SECONDS
        )

    def start(self) -> None:
        """Begin to show Homes."""
        self._pages.start()
        self._checks.start()

    def stop(self) -> None:
        """Show no more."""
        self._pages.stop()
        self._checks.stop()

    def show(self, visitor: Visitor) -> None:
        """Have the person shown their Home as it is now."""
        self._pages.ask(visitor)

    def refresh(self, share_id: int) -> None:
        """Have the Home that lists the share shown anew, if nothing of it is open."""
        with self._lock:
            visitor = self._watched.get(share_id)
        if visitor is not None and self._history.is_final(share_id):
            self._pages.ask(visitor)

    def _publish(self, visitor: Visitor) -> None:
        connection = self._connection.recall()
        if connection is None:
            with self._lock:
                self._waiting.add(visitor)
            self._checks.ask(_PLANE)
        try:
            shares = self._history.list_latest(visitor, most=MOST_ENTRIES)
            page = build_home(
                [self._entry(share) for share in shares],
                how_to=self._how_to,
                links=self._links,
                connection=connection,
            )
            self._send(visitor, page)
        except (Problem, LedgerUnavailable) as problem:
            logger.warning("user=%s is shown no home: %s", visitor.user_id, problem)
            return
        self._watch(visitor, shares)

    def _send(self, visitor: Visitor, page: View) -> None:
        """Publish the page; where Slack cannot take it now, once more soon.

        What is tried again for long is in the ledger, with the runner and `Patience` to
        mind it. A page is in neither: whoever opens their Home again asks for a newer
        one. So it gets one more try, for which one of these threads waits.
        """
        try:
            self._views.publish_home(visitor.user_id, page)
        except TransientProblem as problem:
            time.sleep(min(problem.retry_after or _AGAIN_SECONDS, _LONGEST_WAIT))
            self._views.publish_home(visitor.user_id, page)

    def _check(self, plane: str) -> None:
        """Look at Plane once, and show what was found to all who wait for it."""
        if self._connection.recall() is None:
            self._connection.check()
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for visitor in waiting:
            self._pages.ask(visitor)

    def _watch(self, visitor: Visitor, shares: Sequence[PastShare]) -> None:
        with self._lock:
            self._watched.update({each.share_id: visitor for each in shares})
        for each in shares:
            if not each.report.is_final:  # that may be over since it was read
                self.refresh(each.share_id)

    def _entry(self, share: PastShare) -> Entry:
        link = None
        if share.message_ts is not None:
            # A page without links is better than none.
            with contextlib.suppress(Problem):
                link = self._directory.link_message(
                    share.channel_id, share.message_ts, share.thread_ts
                )
        return Entry(share.share_id, share.received_at, share.names, share.report, link)
