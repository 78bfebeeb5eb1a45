"""Finds the references to work items, and the links, in a text. No I/O."""

import re
import unicodedata
from collections.abc import Iterator

from bot.domain.references import PlaneLinks, Reference, WorkItemKey
from bot.errors import MalformedReference

_DASH_NUMBER = re.compile(r"-([1-9][0-9]{0,9})")
_CODE_BLOCK = re.compile(r"```.*?```", re.DOTALL)

# docs.slack.dev/messaging/formatting-message-text: angle brackets hold a mention or a
# link. A slash command may have bare links. The scheme is bounded to stay linear.
_TOKEN = re.compile(
    r"""
      <[@\#!][^<>]*>
    | <(?P<link>[A-Za-z][A-Za-z0-9+.-]{0,15}:[^<>|]*)(?:\|[^<>]*)?>
    | (?P<bare>[A-Za-z][A-Za-z0-9+.-]{0,15}://[^\s<>]+)
    """,
    re.VERBOSE,
)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
#: What a sentence or mrkdwn puts behind a link that has no brackets.
_AFTER_BARE_LINK = ".,;:!?)]}'\"\u2019\u201d*_~`"
#: Beside a key they make it part of a path or an address.
_PATH = frozenset("/\\@")
#: Between two words they make one of them: `foo-WEB-4`, `WEB-4.png`, `R&D-4`, `a#B-4`.
_HYPHENS = frozenset("-.#&\u2010\u2011")


def find_references(text: str, *, links: PlaneLinks) -> tuple[Reference, ...]:
    """Find what a mrkdwn *text* refers to, in order, each once, any identifier."""
    visible = _CODE_BLOCK.sub("\n", text)
    return tuple(dict.fromkeys(_find_all(visible, links)))


def find_links(text: str) -> Iterator[str]:
    """Yield the addresses that a mrkdwn *text* links to, whatever they are."""
    for token in _TOKEN.finditer(text):
        if url := _read_address(token):
            yield url


def _find_all(text: str, links: PlaneLinks) -> Iterator[Reference]:
    end = 0
    for token in _TOKEN.finditer(text):
        yield from _find_keys(_decode(text[end : token.start()]))
        yield from _find_link(token, links)
        end = token.end()
    yield from _find_keys(_decode(text[end:]))


def _find_link(token: re.Match[str], links: PlaneLinks) -> Iterator[Reference]:
    try:
        yield links.parse(_read_address(token))
    except MalformedReference:
        return


def _read_address(token: re.Match[str]) -> str:
    """Read the address only: where its label says otherwise, the address is right."""
    return token["link"] or (token["bare"] or "").rstrip(_AFTER_BARE_LINK)


def _find_keys(text: str) -> Iterator[WorkItemKey]:
    for number in _DASH_NUMBER.finditer(text):
        start, end = _word_start(text, number.start()), number.end()
        word = text[start : number.start()]
        # Digits alone are for links: in text, 2024-12 is a month.
        if not any(map(str.isalpha, word)) or not _stands_alone(text, start, end):
            continue
        try:
            yield WorkItemKey(word.removeprefix("_"), int(number[1]))
        except MalformedReference:
            continue


def _word_start(text: str, end: int) -> int:
    """Go back over an identifier and the underscore that may open italics."""
    start = end
    while start > 0 and _is_part_of_word(text[start - 1]):
        start -= 1
    return start


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether text[start:end] is no part of a longer word, number or path."""
    before = text[max(start - 2, 0) : start][::-1]
    after = text[end : end + 3].removeprefix("_")  # one may close italics
    if before[:1] == after[:1] == ":" and text[start:end].islower():
        return False  # an emoji: their names have no capitals
    return not (_is_glue(before) or _is_glue(after))


def _is_glue(neighbours: str) -> bool:
    """Tell whether *neighbours*, nearest first, join a key to something longer."""
    nearest, next_one = neighbours[:1], neighbours[1:2]
    if nearest in _HYPHENS:
        return next_one.isalnum()
    return nearest in _PATH or (nearest != "" and _is_part_of_word(nearest))


def _is_part_of_word(char: str) -> bool:
    """Tell whether *char* next to a key would belong to the same word.

    Letters without capitals would not: languages written with them (Chinese,
    Japanese, Korean, Thai, Hebrew …) put particles next to a key with no blank.
    """
    if char.isalpha():
        return char.upper() != char.lower()
    is_accent = unicodedata.name(char, "").startswith("COMBINING ")
    return char == "_" or char.isalnum() or is_accent


def _decode(text: str) -> str:
    """Undo Slack's escaping: these three only, and once."""
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)
