"""References to work items: values, their text, and the links to them. No I/O."""

import re
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
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


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
    reference = WorkItemId(project_id, work_item_id) if slash else _read_key(text)
    if print_reference(reference) != text:
        raise MalformedReference("a reference in another spelling")
    return reference


def parse_key(text: str) -> WorkItemKey:
    """Read a key that `print_reference` wrote.

    Raises:
        MalformedReference: *text* is none, or another kind of reference.
    """
    reference = parse_reference(text)
    if not isinstance(reference, WorkItemKey):
        raise MalformedReference("no key")
    return reference


def _is_identifier(text: str) -> bool:
    return (
        1 <= len(text) <= _LONGEST_IDENTIFIER
        and text.strip("_") == text
        and all(c.isalpha() or c == "_" or (c.isascii() and c.isdigit()) for c in text)
    )


def _read_key(text: str) -> WorkItemKey:
    identifier, _, number = text.rpartition("-")
    if not _NUMBER.fullmatch(number):
        raise MalformedReference("no number of a work item")
    return WorkItemKey(identifier, int(number))


def _parse_page(path: str) -> Reference:
    """Read a *path* in the workspace, as routed in Plane's apps/web/app/routes/."""
    match path.removesuffix("/").split("/"):
        case ["browse", key]:
            return _read_key(unquote(key))
        case ["projects", project_id, "issues" | "work-items", work_item_id]:
            return WorkItemId(project_id, work_item_id)
    raise MalformedReference("another page")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    if "@" in url.netloc:
        raise MalformedReference("a link with credentials")
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.hostname, url.port or default
