"""Attaches the files of messages through the ledger, as what people do in Slack is.

So a running bot and a terminal never make two of one file. If a bot runs, it is told;
else this process does the work.
"""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.domain.attachings import Result
from bot.domain.outcomes import NOT_YET, Outcome
from bot.domain.permalinks import MessageLink
from bot.domain.references import Reference
from bot.domain.seeks import SeekMessage
from bot.domain.sentences import tell
from bot.domain.shares import TERMINAL, Share
from bot.domain.terminals import read_mrkdwn
from bot.entrypoints.clients import SlackSide
from bot.entrypoints.composition import Loadmaster, Role
from bot.entrypoints.console import Console
from bot.entrypoints.metrics import Metrics
from bot.entrypoints.watching import Seldom, Watch, count_relayed
from bot.errors import LedgerInUse, NoFilesFound, Problem, StartError
from bot.work.bell import is_attended, place_bell, ring
from bot.work.ledger.database import is_shared, sole_use
from bot.work.ledger.existing import existing_database
from bot.work.ledger.followed import Followed, FollowedLedger
from bot.work.ledger.shares import ShareLedger
from bot.work.persistence import Persistence

#: Between two looks at the ledger, and at whether the bot is still there; seconds.
_LOOK_SECONDS = 0.2
_ATTENDED_SECONDS = 2.0
#: What runs when this process stops may end within so many seconds.
_DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """The files of the messages that *links* lead to, onto *item*."""

    settings: Settings
    item: Reference
    links: tuple[tuple[str, MessageLink], ...]
    patience: float


def attach_linked(wish: Wish, console: Console) -> list[Result]:
    """Attach the files of each message, and tell what became of them.

    Raises:
        StartError: Slack or the ledger cannot be used.
        LedgerUnavailable: the ledger can take nothing.
    """
    attaching = _Attaching(wish, console)
    attaching.attach()
    results = [
        result
        for (source, _), share_id in zip(wish.links, attaching.share_ids, strict=True)
        for result in _results(source, attaching.seen[share_id])
    ]
    for result in results:
        console.show(result)
    return results


class _Attaching:
    """One run: *share_ids* are in the ledger, *seen* is how far each was last."""

    def __init__(self, wish: Wish, console: Console) -> None:
        self._wish = wish
        self._console = console
        self._url = wish.settings.database_url
        self._bell = place_bell(self._url)
        self._shares = _build_shares(wish, console)
        self.share_ids: tuple[int, ...] = ()
        self.seen: dict[int, Followed] = {}
        self._until = 0.0

    def attach(self) -> None:
        """Have a bot do it, or do it; return when it is over, or waited for enough."""
        self._be_patient()
        while True:
            with contextlib.ExitStack() as stack:
                try:
                    stack.enter_context(sole_use(self._url))
                except StartError as error:
                    refusal = error
                else:
                    self._work()
                    return
            bell = self._bell
            if bell and is_attended(bell) and self._have_done(bell):
                return
            # Another command is at work here, or a bot is just starting or stopping.
            is_in_use = isinstance(refusal, LedgerInUse)
            if not is_in_use or time.monotonic() > self._until:
                raise refusal
            time.sleep(_LOOK_SECONDS)

    def _be_patient(self) -> None:
        self._until = time.monotonic() + self._wish.patience

    def _work(self) -> None:
        """Do it in this process."""
        loadmaster = Loadmaster(self._wish.settings, Metrics(), self._role())
        loadmaster.migrate()
        try:
            with existing_database(self._url) as database:
                self._add(ShareLedger(database, clock=time.time))
                ledger = FollowedLedger(database)
                loadmaster.work_on(ledger.jobs(self.share_ids))
                self._follow(ledger, is_attended=lambda: True)
        finally:
            loadmaster.stop(timeout=_DRAIN_SECONDS)

    def _role(self) -> Role:
        """Return what this process does; where there are workers, they do the rest."""
        return Role.WEB if is_shared(self._url) else Role.RUN

    def _have_done(self, bell: Path) -> bool:
        """Have the bot do it; return whether it did, or is waited for enough."""
        with existing_database(self._url) as database:
            self._add(ShareLedger(database, clock=time.time))
            if not ring(bell):
                return False
            attended = Seldom(lambda: is_attended(bell), every=_ATTENDED_SECONDS)
            is_over = self._follow(FollowedLedger(database), is_attended=attended)
            self._be_patient()
            return is_over

    def _add(self, ledger: ShareLedger) -> None:
        if not self.share_ids:
            added = (ledger.add(share) for share in self._shares)
            self.share_ids = tuple(each for each in added if each is not None)

    def _follow(
        self, ledger: FollowedLedger, *, is_attended: Callable[[], bool]
    ) -> bool:
        """Look until all is over; return False if nobody is at work any more."""
        watch = Watch(self._wish.patience, self._console)
        with self._console.bar("Slack", None) as progress:
            while True:
                self.seen = {each: ledger.read(each) for each in self.share_ids}
                progress(sum(count_relayed(each.report) for each in self.seen.values()))
                if watch.is_over(list(self.seen.values())):
                    return True
                if not is_attended():
                    return False
                time.sleep(_LOOK_SECONDS)


def _build_shares(wish: Wish, console: Console) -> list[Share]:
    """Build what asks for the files; each run asks anew, for Plane knows what is there.

    Raises:
        StartError: Slack does not tell who we are.
    """
    slack = SlackSide.of(wish.settings.slack)
    persistence = Persistence(wish.patience, console.say_waiting("the message"))
    try:
        team_id = persistence.run(slack.directory.get_team_id)
    except Problem as problem:
        told = tell(Outcome.of(problem), it="the message")
        raise StartError(read_mrkdwn(told)) from problem
    return [
        Share(
            team_id=team_id,
            channel_id=link.channel_id,
            message_ts=None,
            thread_ts=None,
            user_id="",  # nobody in Slack
            is_private=None,
            is_external=False,
            references=(wish.item,),
            trigger=f"{TERMINAL}{uuid.uuid4().hex}",
            seek=SeekMessage(link.ts),
        )
        for _, link in wish.links
    ]


def _results(source: str, followed: Followed) -> Iterator[Result]:
    report = followed.report
    if report.notice:
        yield Result(source, "the message", report.notice)
        return
    if not report.items:
        is_left = not report.is_planned
        nothing = NOT_YET if is_left else Outcome.of(NoFilesFound())
        problem = followed.waiting_for or nothing
        yield Result(source, "the message", problem, is_left=is_left)
    for item in report.items:
        refusal = item.problem or (None if item.files else item.waiting_for)
        if refusal:
            yield Result(source, "the files", refusal, is_left=item.problem is None)
        for line in item.files:
            outcome = line.outcome or line.waiting_for or NOT_YET
            yield Result(source, line.name, outcome, is_left=line.outcome is None)
