"""References to work items: values, their text, and how they are found. No I/O."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from bot.errors import MalformedReference

#: plane/db/models/project.py: `identifier = CharField(max_length=12)`.
_LONGEST_IDENTIFIER = 12
#: plane/db/models/issue.py: `sequence_id = IntegerField()`, 32 bits in PostgreSQL.
_LARGEST_SEQUENCE_ID = 2**31 - 1
#: No link to a work item is near it; longer ones are not worth taking apart.
_LONGEST_LINK = 2048

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_DASH_NUMBER = re.compile(r"-([1-9][0-9]{0,9})")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
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


@dataclass(frozen=True, slots=True)
class WorkItemKey:
    """A work item as people write it: `WEB-12`.

    Plane makes an identifier's letters capitals with `str.upper`, and so does this.
    Its own form takes Latin and Turkish letters and digits; its API forbids some
    signs only (plane/db/models/project.py). Letters of any script, ASCII digits and
    inner underscores are known here; other signs cannot be told from a sentence.

    Raises:
        MalformedReference: Plane can have no such identifier or number.
    """

    identifier: str
    sequence_id: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "identifier", self.identifier.upper())
        if not _is_identifier(self.identifier):
            raise MalformedReference("no project identifier")
        if not 1 <= self.sequence_id <= _LARGEST_SEQUENCE_ID:
            raise MalformedReference("no number of a work item")

    def __str__(self) -> str:
        return f"{self.identifier}-{self.sequence_id}"


@dataclass(frozen=True, slots=True)
class WorkItemId:
    """A work item as Plane's links name it, by two canonical UUIDs.

    Raises:
        MalformedReference: one of them is no UUID.
    """

    project_id: str
    work_item_id: str

    def __post_init__(self) -> None:
        for name in ("project_id", "work_item_id"):
            object.__setattr__(self, name, getattr(self, name).lower())
            if not _UUID.fullmatch(getattr(self, name)):
                raise MalformedReference("no UUID")

    def __str__(self) -> str:
        return f"{self.project_id}/{self.work_item_id}"


Reference = WorkItemKey | WorkItemId


@dataclass(frozen=True, slots=True)
class PlaneLinks:
    """Knows the links to work items of one *workspace* of the Plane at *app_url*."""

    app_url: str
    workspace: str

    def browse_url(self, key: WorkItemKey) -> str:
        """Return the link that people open the work item with."""
        return f"{self.app_url.rstrip('/')}/{self.workspace}/browse/{quote(str(key))}/"

    def parse(self, url: str) -> Reference:
        """Return the work item that *url* leads to.

        Raises:
            MalformedReference: it leads elsewhere.
        """
        if len(url) > _LONGEST_LINK:
            raise MalformedReference("too long a link")
        try:
            app, link = urlsplit(self.app_url), urlsplit(url)
            home = f"{app.path.rstrip('/')}/{self.workspace}/"
            if _origin(link) == _origin(app) and link.path.startswith(home):
                return _parse_page(link.path.removeprefix(home))
        except ValueError as error:
            raise MalformedReference("no link to a work item") from error
        raise MalformedReference("a link to another place")


def print_reference(reference: Reference) -> str:
    """Return the text from which `parse_reference` makes *reference* again."""
    return str(reference)


def parse_reference(text: str) -> Reference:
    """Read what `print_reference` wrote.

    Raises:
        MalformedReference: it never wrote *text*.
    """
    project_id, slash, work_item_id = text.partition("/")
    reference = WorkItemId(project_id, work_item_id) if slash else _parse_key(text)
    if print_reference(reference) != text:
        raise MalformedReference("a reference in another spelling")
    return reference


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


def _is_identifier(text: str) -> bool:
    return (
        1 <= len(text) <= _LONGEST_IDENTIFIER
        and text.strip("_") == text
        and all(c.isalpha() or c == "_" or (c.isascii() and c.isdigit()) for c in text)
    )


def _parse_key(text: str) -> WorkItemKey:
    identifier, _, number = text.rpartition("-")
    if not _NUMBER.fullmatch(number):
        raise MalformedReference("no number of a work item")
    return WorkItemKey(identifier, int(number))


def _parse_page(path: str) -> Reference:
    """Read a *path* in the workspace, as routed in Plane's apps/web/app/routes/."""
    match path.removesuffix("/").split("/"):
        case ["browse", key]:
            return _parse_key(unquote(key))
        case ["projects", project_id, "issues" | "work-items", work_item_id]:
            return WorkItemId(project_id, work_item_id)
    raise MalformedReference("another page")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    if "@" in url.netloc:
        raise MalformedReference("a link with credentials")
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.hostname, url.port or default


def _decode(text: str) -> str:
    """Undo Slack's escaping: these three only, and once."""
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)
