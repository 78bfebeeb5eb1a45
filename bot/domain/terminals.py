"""Sentences and names as a terminal may show them: nothing in them comes alive. No I/O.

Escape sequences would move the cursor, bidi controls turn names around.
"""

import re

from bot.domain.visible_text import is_visible

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,63})>", re.ASCII)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def show_plain(text: str) -> str:
    """Return *text* on one line, with an escape for whatever is not to be seen."""
    return "".join(map(_show, text))


def read_mrkdwn(sentence: str) -> str:
    """Return a sentence of the bot's without Slack's marks, for a terminal."""
    text = _MENTION.sub(r"@\1", sentence).replace("`", "")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return show_plain(text)


def show_age(seconds: float) -> str:
    """Return how long something has been so, in its largest whole unit."""
    whole = max(0, int(seconds))
    for size, unit in _UNITS:
        if whole >= size:
            return f"{whole // size} {unit}"
    return "0 s"


def _show(character: str) -> str:
    if is_visible(character):
        return character
    return character.encode("unicode_escape").decode("ascii")
