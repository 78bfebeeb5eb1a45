"""What the caller of a command alone is told of it. No I/O."""

from collections.abc import Sequence

from bot.domain.escaping import escape, show_code
from bot.domain.files import SharedFile
from bot.domain.names import safe_name
from bot.domain.outcomes import TAKEN
from bot.domain.sentences import tell

#: More names than these are only counted.
_MOST_NAMES = 10


def write_receipt(files: Sequence[SharedFile], *, ts: str, link: str | None) -> str:
    """Return which files were taken from the caller's message *ts*, with its *link*."""
    return tell(TAKEN, it=f"{_name(files)} from {_date(ts, link)}")


def write_elsewhere(text: str, *, channel_id: str) -> str:
    """Return an answer for who asked in a conversation where it cannot be given."""
    # Slack shows the name of a channel only to who may see it.
    is_channel = channel_id.startswith(("C", "G"))
    place = f"<#{channel_id}>" if is_channel else "another conversation"
    return f"You asked me in {place}, where I cannot answer. My answer:\n{text}"


def _name(files: Sequence[SharedFile]) -> str:
    names = [
        show_code(safe_name(each.name, file_id=each.file_id, filetype=each.filetype))
        for each in files
    ]
    if len(names) > _MOST_NAMES:
        names[_MOST_NAMES:] = [f"{len(names) - _MOST_NAMES} more"]
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _date(ts: str, link: str | None) -> str:
    """Show a time as each reader's clock has it, as a link.

    docs.slack.dev/messaging/formatting-message-text (date formatting).
    """
    target = f"^{escape(link)}" if link else ""
    return f"<!date^{int(float(ts))}^your message of {{time}}{target}|your message>"
