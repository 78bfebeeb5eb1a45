"""Block Kit of the reply: its text in sections, and its buttons. No I/O."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.outcomes import CONSENTS, LASTING, OWN, SETTLED, UNDONE
from bot.domain.reports import Report

#: The action ids of the buttons; their value is the share's number.
UNDO = "undo"
MOVE = "move"
#: Its value is a sealed form.
CHOOSE = "choose"
RETRY = "retry"

#: docs.slack.dev/reference/block-kit/blocks/section-block
_LONGEST_SECTION = 3000

Block = Mapping[str, Any]


def build_reply(text: str, report: Report, *, share_id: int) -> list[Block]:
    """Return the blocks of a reply that says *text*."""
    blocks: list[Block] = [build_section(part) for part in _split(text)]
    buttons = list(_buttons(report, share_id)) if report.is_final else []
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return blocks


def build_offer(text: str, *, seal: str) -> list[Block]:
    """Return the blocks of a word to one person, with a button that opens a form."""
    button = build_button("Choose a work item", CHOOSE, seal)
    return [build_section(text), {"type": "actions", "elements": [button]}]


def _buttons(report: Report, share_id: int) -> Iterator[Block]:
    codes = _codes(report)
    if not OWN.isdisjoint(codes):
        yield build_button("Undo", UNDO, str(share_id))
        yield build_button("Move", MOVE, str(share_id))
    if is_retriable(report):
        yield build_retry(report, share_id)


def is_retriable(report: Report) -> bool:
    """Whether all is decided and something of it may turn out better next time."""
    return report.is_final and bool(_passing(report))


def build_retry(report: Report, share_id: int) -> Block:
    """Return the button that has a retriable share tried again."""
    return build_button(_name_retry(_passing(report)), RETRY, str(share_id))


def _name_retry(codes: set[str]) -> str:
    if codes == {UNDONE.code}:
        return "Attach again"
    return "Ask again" if codes <= CONSENTS else "Retry"


def _passing(report: Report) -> set[str]:
    return {code for code in _codes(report) if code not in LASTING | SETTLED}


def _codes(report: Report) -> list[str]:
    codes = [
        line.outcome.code
        for item in report.items
        for line in item.files
        if line.outcome
    ]
    codes += [item.problem.code for item in report.items if item.problem]
    return [*codes, report.notice.code] if report.notice else codes


def build_button(label: str, action_id: str, value: str) -> Block:
    """Return a button; *value* comes back when it is pressed."""
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action_id,
        "value": value,
    }


def build_section(text: str) -> Block:
    """Return a section that says *text*, mrkdwn of at most 3000 characters."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _split(text: str) -> Iterator[str]:
    """Cut *text* between lines into parts that a section holds."""
    part = ""
    for line in text.split("\n"):
        if part and len(part) + len(line) + 1 > _LONGEST_SECTION:
            yield part
            part = line
        else:
            part = f"{part}\n{line}" if part else line
    yield part
