"""The App Home: how to use the bot, whether Plane answers, what was asked. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.blocks import Block, build_retry, build_section, is_retriable
from bot.domain.escaping import escape, show_code
from bot.domain.outcomes import Outcome
from bot.domain.references import PlaneLinks
from bot.domain.replies import write_reply
from bot.domain.reports import Report
from bot.domain.sentences import tell

View = Mapping[str, Any]

_DONE = "\N{WHITE HEAVY CHECK MARK}"
_FAILED = "\N{CROSS MARK}"
_OPEN = "\N{HOURGLASS WITH FLOWING SAND}"

#: An overview: of what is longer, the thread tells the rest. A section holds 3000
#: characters (docs.slack.dev/reference/block-kit/blocks/section-block).
_LONGEST_STATE = 1500
#: Of files and projects; what is more is only counted.
_MOST_NAMES, _LONGEST_NAMES = 12, 1000
#: Problems whose sentence says what cannot be attached; the others tell of a call.
_KEEPS_FROM_ATTACHING = frozenset({"PlaneKeyRefused", "PlaneWorkspaceRefused"})


@dataclass(frozen=True, slots=True)
class Connection:
    """What a look at Plane found: identifiers of *projects*, or the *problem*."""

    projects: tuple[str, ...] = ()
    problem: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One share of the person's; *link* leads to its message, if that is known.

    *asked_at* is in epoch seconds, *names* are those of its files.
    """

    share_id: int
    asked_at: float
    names: tuple[str, ...]
    report: Report
    link: str | None = None


def build_home(
    entries: Sequence[Entry],
    *,
    how_to: str,
    links: PlaneLinks,
    connection: Connection | None,
) -> View:
    """Return the Home of a person; *connection* is None while Plane is being asked.

    *how_to* is mrkdwn of at most 3000 characters. Each of the *entries* takes two of
    the 100 blocks that there may be (docs.slack.dev/reference/views/home-tab-views).
    """
    blocks = [
        _header("How to use me"),
        build_section(how_to),
        _header("Connection to Plane"),
        build_section(_describe(connection, links.workspace)),
        _header("What you had attached last"),
    ]
    for entry in entries:
        blocks += _entry(entry, links)
    if not entries:
        blocks.append(build_section("Nothing yet. What you ask for is listed here."))
    return {"type": "home", "blocks": blocks}


def _describe(connection: Connection | None, workspace: str) -> str:
    if connection is None:
        return f"{_OPEN} Checking the connection to Plane …"
    if connection.problem:
        return _describe_problem(connection.problem)
    connected = f"Connected to Plane, workspace {show_code(workspace)}"
    if not connection.projects:
        return (
            f"{_FAILED} {connected}, but I know no project there. An administrator has"
            " to make the owner of PLANE_API_KEY a member of a project, and to look at"
            " PLANE_PROJECTS."
        )
    return f"{_DONE} {connected}: projects {_list(sorted(connection.projects))}"


def _describe_problem(problem: Outcome) -> str:
    cannot = problem.code in _KEEPS_FROM_ATTACHING
    it = "files" if cannot else "the list of its projects"
    return f"{_FAILED} {tell(problem, it=it)}"


def _entry(entry: Entry, links: PlaneLinks) -> Iterator[Block]:
    yield _context(_when_and_where(entry))
    section = build_section(_state(entry, links))
    if is_retriable(entry.report):
        section = {**section, "accessory": build_retry(entry.report, entry.share_id)}
    yield section


def _when_and_where(entry: Entry) -> str:
    asked = datetime.fromtimestamp(entry.asked_at, UTC)
    # docs.slack.dev/messaging/formatting-message-text: in the reader's own time zone.
    when = (
        f"<!date^{int(entry.asked_at)}^{{date_short_pretty}} {{time}}"
        f"|{asked:%Y-%m-%d %H:%M} UTC>"
    )
    return f"{when} · <{escape(entry.link)}|message>" if entry.link else when


def _state(entry: Entry, links: PlaneLinks) -> str:
    report = entry.report
    if report.items:
        text = write_reply(report, links=links, longest=_LONGEST_STATE)
    elif report.notice:
        text = f"{_FAILED} {tell(report.notice, it='that')}"
    else:
        text = f"{_OPEN} I have yet to look up what this belongs to."
    # The lines of files name them.
    is_named = not entry.names or any(item.files for item in report.items)
    return text if is_named else f"{_list(entry.names)}\n{text}"


def _list(names: Sequence[str]) -> str:
    shown = [show_code(name) for name in names[:_MOST_NAMES]]
    while len(", ".join(shown)) > _LONGEST_NAMES:
        shown.pop()
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
