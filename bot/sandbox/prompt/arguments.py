"""What is typed after a command, and the sentences on what cannot be read. No I/O."""

import shlex
from collections.abc import Mapping, Sequence


class Mistaken(Exception):
    """What was typed cannot be done; the message, without its stop, says what can."""


def split_words(rest: str) -> list[str]:
    """Split as a shell does.

    Raises:
        Mistaken: a quotation mark is left open.
    """
    try:
        return shlex.split(rest)
    except ValueError as error:
        raise Mistaken("A quotation mark is not closed") from error


def read_text(rest: str, *, usage: str) -> str:
    """Return a text that may stand in quotation marks as a whole.

    Raises:
        Mistaken: it is empty; *usage* shows how it is typed.
    """
    text = rest.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    if not text:
        raise Mistaken(f"Write a text, too: {usage}")
    return text


def take_person(
    words: Sequence[str], people: Mapping[str, str]
) -> tuple[list[str], str | None]:
    """Take `as PERSON` off the end of *words*; *people* are user ids by name.

    Return the other words and the user id, None if nobody is named.

    Raises:
        Mistaken: nobody is called so.
    """
    if len(words) < 2 or words[-2].casefold() != "as":
        return list(words), None
    name = words[-1].casefold()
    if name not in people:
        raise Mistaken(f"There is no {words[-1]} here; there are {', '.join(people)}")
    return list(words[:-2]), people[name]
