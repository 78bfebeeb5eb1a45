"""What of a text is to be seen, and the one line that it makes. No I/O."""

#: Invisible, but part of the spelling in Persian and in the scripts of India.
JOINERS = "\u200c\u200d"


def is_visible(character: str) -> bool:
    """Whether *character* is to be seen, or belongs to how those beside it are."""
    return character.isprintable() or character in JOINERS


def visible_line(text: str) -> str:
    """Return *text* as one line of visible characters, with single spaces.

    Plane refuses NUL (observed, Plane CE 1.3.1), and a surrogate has no UTF-8; bidi
    controls would turn what stands around them.
    """
    return " ".join("".join(c if is_visible(c) else " " for c in text).split())
