"""Text from outside, as mrkdwn in which nothing comes alive. No I/O."""

import re

from bot.domain.visible_text import visible_line

#: What may be shown as a mention: the ids of people
#: (docs.slack.dev/messaging/formatting-message-text).
_PERSON = re.compile(r"[UW][A-Z0-9]{1,63}", re.ASCII)


def escape(text: str) -> str:
    """Make *text* safe as mrkdwn: nothing in it comes alive as a mention or a link.

    docs.slack.dev/messaging/formatting-message-text asks for these three.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def show_code(text: str) -> str:
    """Return *text* as inline code, where no formatting or emoji comes alive.

    It becomes one line of at most 80 characters; a text with none is "unknown".
    """
    line = visible_line(text)
    shortened = line if len(line) <= 80 else f"{line[:50]}…{line[-25:]}"
    quoted = shortened.replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}")
    return f"`{escape(quoted)}`" if quoted else "unknown"


def mention(user_id: str) -> str:
    """Return the mention of a person; of what is no person's id, its text as code."""
    if not _PERSON.fullmatch(user_id):
        return show_code(user_id)
    return f"<@{user_id}>"
