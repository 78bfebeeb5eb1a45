"""A remote file's way onto a work item: as one link, each step safe to begin again.

Plane knows a link by its URL alone, and tells nobody's from anybody's. So the ledger
keeps that a link is about to be made where there is none: one that is there afterwards
is ours, whatever became of the answer.
"""

import logging
import threading
from dataclasses import dataclass
from functools import partial

from bot.clients.plane import WorkItem
from bot.clients.plane_links import WorkItemLinks
from bot.clients.plane_writes import LATEST_SECONDS
from bot.errors import (
    FinalProblem,
    LinkExists,
    LinkExpected,
    LinkRefused,
    PlaneChanged,
    PlaneThrottled,
    TransientProblem,
)
from bot.work.ledger.attachments import AttachmentLedger, OpenAttachment

logger = logging.getLogger(__name__)

_TURNS = 64


@dataclass(frozen=True, slots=True)
class Linked:
    """The link that is on the work item now; *is_own* if this attachment made it."""

    link_id: str
    is_own: bool


class LinkWorkflow:
    """Links one remote file to one work item."""

    def __init__(self, links: WorkItemLinks, ledger: AttachmentLedger) -> None:
        self._links = links
        self._ledger = ledger
        # Two of Slack's files may have one URL. The ledger lets one of them make the
        # link (bot.work.ledger.link_claims); here it need not try in vain.
        self._turns = tuple(threading.Lock() for _ in range(_TURNS))

    def run(
        self, open_: OpenAttachment, item: WorkItem, *, url: str, title: str
    ) -> Linked:
        """Put the link on the work item, unless there is one with its URL.

        Raises:
            LinkRefused: Plane does not take the *url*.
            TransientProblem: it may go through later; nothing is lost until then.
            FinalProblem: it will not.
        """
        with self._turns[hash((item.work_item_id, url)) % _TURNS]:
            link_id = self._find(open_, item, url)
            if link_id is not None:
                return Linked(link_id, is_own=open_.expects_link)
            return Linked(self._make(open_, item, url, title), is_own=True)

    def discard(self, open_: OpenAttachment, item: WorkItem) -> None:
        """Delete the link that a try with no clear end may have left."""
        url = open_.file.external_url
        if not open_.expects_link or url is None:
            return
        link_id = self._links.find(item, url)
        if link_id is not None:
            self._links.delete(item, link_id)
        self._ledger.restart(open_.attachment_id)

    def _find(self, open_: OpenAttachment, item: WorkItem, url: str) -> str | None:
        try:
            return self._links.find(item, url)
        except FinalProblem as problem:
            if open_.expects_link:
                logger.error("A link may stay on %s: %s", item.key, problem)
            raise

    def _make(self, open_: OpenAttachment, item: WorkItem, url: str, title: str) -> str:
        self._links.check_item(item)
        expect = partial(self._ledger.expect_link, open_.attachment_id)
        try:
            return self._links.create(
                item,
                url=url,
                title=title,
                sending=partial(self._claim, open_.attachment_id),
            )
        except LinkExpected as error:  # it is not ours then: look again
            raise PlaneChanged from error
        except (LinkExists, LinkRefused, PlaneThrottled, FinalProblem) as error:
            if open_.expects_link:
                expect(within=0.0)
            else:  # a plain no to the only try: one that is there is not ours
                self._ledger.restart(open_.attachment_id)
            if isinstance(error, LinkExists):  # somebody was quicker: look again
                raise PlaneChanged from error
            raise
        except TransientProblem as problem:
            expect(within=problem.retry_after or 0.0)
            raise

    def _claim(self, attachment_id: int) -> None:
        if not self._ledger.expect_link(attachment_id, within=LATEST_SECONDS):
            raise LinkExpected
