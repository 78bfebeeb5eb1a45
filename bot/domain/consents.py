"""The question whether private files may go to Plane, and what is said to its answer.

No I/O.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.blocks import Block, build_button
from bot.domain.escaping import escape, mention, show_code

#: The action ids of the buttons; their value is the share's number and a digest.
CONSENT = "consent"
REFUSE = "refuse"

ANSWERED = (
    "This question has been answered already, or a later one has taken its place. The"
    " reply in the thread tells how it stands."
)

#: Characters of the list of files; a section holds 3000
#: (docs.slack.dev/reference/block-kit/blocks/section-block).
_LONGEST_LIST = 2400
#: Of the work items of one file; their keys have 64 characters at most.
_MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file that may go onto the work items *keys*, or may not."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What one person has to decide of a share: all of *files*, on all their items.

    *asked_by* is who wants them attached; *attachment_ids* are the ledger's.
    """

    share_id: int
    sharer: str
    asked_by: str
    files: tuple[AskedFile, ...]
    attachment_ids: tuple[int, ...]

    @property
    def digest(self) -> str:
        """What tells this question from others about the same share.

        A yes holds for what was read when it was given, not for what came up later.
        """
        text = ",".join(map(str, sorted(self.attachment_ids)))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_question(question: Question) -> str:
    """Return the question as mrkdwn, with as many files as there is room for."""
    is_one = len(question.files) == 1
    these, they = ("this file", "it") if is_one else ("these files", "them")
    others = question.asked_by != question.sharer
    wish = f" {mention(question.asked_by)} asks for it." if others else ""
    return "\n".join(
        (
            f"May I attach {these} of yours in Plane?{wish}",
            *_list(question.files),
            f"You shared {they} in a private conversation; in Plane, everyone who may"
            f" see the work item sees {they}. Nothing is sent before you say yes.",
        )
    )


def build_question(text: str, question: Question) -> list[Block]:
    """Return the blocks of a question that says *text*."""
    value = f"{question.share_id}.{question.digest}"
    buttons = [
        {**build_button("Attach", CONSENT, value), "style": "primary"},
        build_button("Keep it in Slack", REFUSE, value),
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "elements": buttons},
    ]


def write_thanks(question: Question, *, is_yes: bool) -> str:
    """Return what takes the question's place once it is answered."""
    said = "Thanks, I attach:" if is_yes else "I send nothing of this to Plane:"
    return "\n".join((said, *_list(question.files)))


def _list(files: Sequence[AskedFile]) -> Iterator[str]:
    room = _LONGEST_LIST
    for number, file in enumerate(files):
        line = f"• {show_code(file.name)} to {_keys(file)}"
        room -= len(line) + 1
        if room < 0:
            yield f"• and {len(files) - number} more"
            return
        yield line


def _keys(file: AskedFile) -> str:
    shown = [escape(key) for key in file.keys[:_MOST_KEYS]]
    left = len(file.keys) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")
