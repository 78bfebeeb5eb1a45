"""The text of a share's one reply. No I/O."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.amounts import show_size
from bot.domain.escaping import escape, show_code
from bot.domain.outcomes import CONSENT_AWAITED, LINKS, MOVED, UNDONE, Outcome
from bot.domain.references import PlaneLinks, parse_key
from bot.domain.reports import FileLine, ItemReport, Report
from bot.domain.sentences import is_known, tell
from bot.errors import MalformedReference

#: chat.update refuses longer texts (docs.slack.dev/reference/methods/chat.update).
LONGEST_TEXT = 4000

_DONE = "\N{WHITE HEAVY CHECK MARK}"
_FAILED = "\N{CROSS MARK}"
_UNDONE = "\N{LEFTWARDS ARROW WITH HOOK}"
_ASKED = "\N{RAISED HAND}"
_UNKNOWN = "\N{WHITE QUESTION MARK ORNAMENT}"
_OPEN = "\N{HOURGLASS WITH FLOWING SAND}"


@dataclass(frozen=True, slots=True)
class _Line:
    """*done* is what became of the file, in a word; nothing if it did not go well."""

    text: str
    done: str = ""


def write_reply(
    report: Report, *, links: PlaneLinks, longest: int = LONGEST_TEXT
) -> str:
    """Return the reply as mrkdwn: each work item linked, each file with its outcome.

    Where that is more than *longest* characters, what went well is only counted.
    """
    parts = [(item, list(_lines(item, links))) for item in report.items]
    text = _join(parts, links)
    if len(text) > longest:
        text = _join([(item, _count(lines)) for item, lines in parts], links)
    if len(text) > longest:
        text = _cut(text, longest)
    return text


def _join(
    parts: Sequence[tuple[ItemReport, Sequence[_Line]]], links: PlaneLinks
) -> str:
    texts: list[str] = []
    for item, lines in parts:
        if item.files:
            texts.append(f"*{_link(item.key, links)}*")
        texts.extend(line.text for line in lines)
    return "\n".join(texts)


def _lines(item: ItemReport, links: PlaneLinks) -> Iterator[_Line]:
    if item.problem:
        text = tell(item.problem, it=f"the files for {_link(item.key, links)}")
        yield _Line(f"{_mark(item.problem)} {text}")
    if item.waiting_for:
        text = tell(item.waiting_for, it=_link(item.key, links))
        yield _Line(f"{_OPEN} {text} I keep trying.")
    elif not item.files and not item.problem:
        yield _Line(f"{_OPEN} Looking {_link(item.key, links)} up in Plane.")
    for file in item.files:
        yield _file_line(file)


def _file_line(file: FileLine) -> _Line:
    name = show_code(file.name)
    if file.outcome is None:
        return _Line(f"{_OPEN} {_progress(file, name)}")
    mark = _mark(file.outcome)
    return _Line(f"{mark} {tell(file.outcome, it=name)}", _done(file.outcome))


def _done(outcome: Outcome) -> str:
    if not outcome.is_success:
        return ""
    return "linked" if outcome.code in LINKS else "attached"


def _mark(outcome: Outcome) -> str:
    if not is_known(outcome):
        return _UNKNOWN
    if outcome.code in (UNDONE.code, MOVED):
        return _UNDONE
    if outcome.code == CONSENT_AWAITED.code:
        return _ASKED
    return _DONE if outcome.is_success else _FAILED


def _progress(file: FileLine, name: str) -> str:
    if file.is_leaving:
        left = f"{name} is being removed."
        if not file.waiting_for:
            return left
        return f"{left} {tell(file.waiting_for, it='it')} I keep trying."
    if file.waiting_for:
        return f"{tell(file.waiting_for, it=name)} I keep trying."
    if file.relayed and file.size:
        percent = 100 * file.relayed // file.size
        return f"{name}: {percent} % of {show_size(file.size)}"
    return f"{name} is on its way."


def _count(lines: Sequence[_Line]) -> list[_Line]:
    counts = Counter(line.done for line in lines if line.done)
    counted = [
        _Line(f"{_DONE} {'1 file is' if count == 1 else f'{count} files are'} {done}.")
        for done, count in sorted(counts.items())
    ]
    return counted + [line for line in lines if not line.done]


def _cut(text: str, longest: int) -> str:
    """Keep as many whole lines as there is room for, and say that there are more."""
    more = "\n… and more, for which there is no room here: see the work items in Plane."
    kept = text[: longest - len(more)]
    return kept.rpartition("\n")[0] + more


def _link(key: str, links: PlaneLinks) -> str:
    try:
        url = links.browse_url(parse_key(key))
    except MalformedReference:
        return escape(key)
    return f"<{url}|{escape(key)}>"
