"""What waits, runs and failed, as an operator is told of it. No I/O, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.domain.amounts import show_size
from bot.domain.escaping import show_code
from bot.domain.outcomes import LASTING, Outcome
from bot.domain.sentences import tell
from bot.domain.terminals import read_mrkdwn, show_age, show_plain


class Stage(StrEnum):
    """How far something is that is not done."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is not done: *subject* is a file's name, or words for it.

    *share_id* is what it belongs to and is tried again by, if it can be. *since* is
    when it was asked for, or began to wait; *due_at* is its next try; times are epoch
    seconds. *reason* is None where nothing is wrong. Sizes are bytes.
    """

    stage: Stage
    share_id: int | None
    since: float
    item: str | None
    subject: str
    reason: Outcome | None = None
    due_at: float | None = None
    relayed: int = 0
    size: int | None = None

    @property
    def can_retry(self) -> bool:
        """Whether another try may change anything."""
        if self.stage is not Stage.FAILED or self.reason is None:
            return False
        return self.share_id is not None and self.reason.code not in LASTING


@dataclass(frozen=True, slots=True)
class Overview:
    """The newest entries of each stage, and how many there are in all."""

    counts: dict[Stage, int]
    entries: tuple[Entry, ...]


_HEADS = {
    Stage.FAILED: "Failed",
    Stage.WAITING: "Waiting",
    Stage.RUNNING: "Running",
}


def write_overview(overview: Overview, *, now: float) -> str:
    """Return the overview for a terminal, a line for each entry."""
    lines = []
    for stage, head in _HEADS.items():
        entries = [each for each in overview.entries if each.stage is stage]
        lines.append(f"{head}: {overview.counts[stage]}")
        lines += [_line(each, now) for each in entries]
        if left := overview.counts[stage] - len(entries):
            lines.append(f"  and {left} older")
    if any(each.can_retry for each in overview.entries):
        lines.append("Have what failed tried again: loadmaster retry ID")
    return "\n".join(lines) + "\n"


def print_overview(
    overview: Overview, *, now: float, is_attended: bool | None
) -> dict[str, Any]:
    """Return the overview as JSON; *is_attended* tells whether a bot works on it."""
    return {
        "counts": {stage.value: number for stage, number in overview.counts.items()},
        "bot_is_running": is_attended,
        "entries": [_print(each, now) for each in overview.entries],
    }


def _line(entry: Entry, now: float) -> str:
    number = "-" if entry.share_id is None else str(entry.share_id)
    item = show_plain(entry.item or "-")
    age = show_age(now - entry.since)
    return f"  {number:>6}  {age:>6}  {item:<8}  {_sentence(entry, now)}"


def _sentence(entry: Entry, now: float) -> str:
    subject = show_code(entry.subject)
    if entry.reason is not None:
        text = tell(entry.reason, it=subject)
        if entry.stage is Stage.WAITING and entry.due_at is not None:
            text += f" Next try in {show_age(entry.due_at - now)}."
    elif entry.stage is Stage.WAITING:
        text = f"{subject} waits for its turn."
    elif entry.size:
        text = f"{subject}: {show_size(entry.relayed)} of {show_size(entry.size)}."
    else:
        text = f"{subject} is worked on."
    return read_mrkdwn(text)


def _print(entry: Entry, now: float) -> dict[str, Any]:
    return {
        "stage": entry.stage.value,
        "id": entry.share_id,
        "since": _time(entry.since),
        "age_seconds": max(0, int(now - entry.since)),
        "item": entry.item,
        "subject": entry.subject,
        "reason": entry.reason.code if entry.reason else None,
        "sentence": _sentence(entry, now),
        "next_try": _time(entry.due_at) if entry.due_at else None,
        "can_retry": entry.can_retry,
        "bytes_relayed": entry.relayed,
        "bytes": entry.size,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def gather(entries: Sequence[Entry], *, most: int) -> Overview:
    """Count *entries* and keep the *most* newest of each stage."""
    counts = dict.fromkeys(Stage, 0)
    kept = []
    for entry in sorted(entries, key=lambda each: each.since, reverse=True):
        counts[entry.stage] += 1
        if counts[entry.stage] <= most:
            kept.append(entry)
    return Overview(counts, tuple(kept))
