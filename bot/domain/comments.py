"""The comment that a work item gets for a message in Slack, as HTML. No I/O.

Plane stores a comment's HTML as it comes, scripts and all (observed, Plane CE 1.3.1):
what came from outside is escaped here.
"""

import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.visible_text import visible_line

#: Of more files or people than these, the rest is only counted.
MOST_FILES = 20
MOST_PEOPLE = 3
#: plane/db/models/issue.py, IssueComment: `external_id = CharField(max_length=255)`.
LONGEST_EXTERNAL_ID = 255

#: Slack's own names are no longer; a file's name goes to Plane with up to 255 bytes.
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class CommentedFile:
    """A file under its *name* in Plane; *shared_by* names who shared it, if known."""

    name: str
    shared_by: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the files were shared: *link* leads there, where it is known.

    *channel* is the name of a public channel; other conversations are not named. With
    *is_upload* they were shared in none, but uploaded into a form.
    """

    is_private: bool
    channel: str | None = None
    link: str | None = None
    is_upload: bool = False


def write_comment(files: Sequence[CommentedFile], origin: Origin) -> str:
    """Return who shared which of *files* (one or more) where, as HTML."""
    people = list(dict.fromkeys(map(_person, files)))
    where = f"in {_show_origin(origin)} (Slack)"
    if len(files) == 1:
        what = _strong(_name(files[0]))
        return f"<p>{_show_people(people)} shared {what} {where}.</p>"
    items = [_show_file(file, len(people) > 1) for file in files[:MOST_FILES]]
    if len(files) > MOST_FILES:
        items.append(f"and {len(files) - MOST_FILES} more")
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<p>{_show_people(people)} shared these files {where}:</p><ul>{listed}</ul>"


def print_external_id(place: str, work_item_id: str) -> str:
    """Return what Plane knows the comment by; *place* tells what it is about.

    It has to be unique in the project (plane/api/views/issue.py,
    `IssueCommentListCreateAPIEndpoint`), so it names the work item, too.
    """
    external_id = f"{place}:{work_item_id}"
    if len(external_id) <= LONGEST_EXTERNAL_ID:
        return external_id
    return f"{hashlib.sha256(place.encode()).hexdigest()}:{work_item_id}"


def _person(file: CommentedFile) -> str:
    return _clean(file.shared_by or "") or "Somebody"


def _name(file: CommentedFile) -> str:
    return _clean(file.name) or "a file"


def _show_file(file: CommentedFile, names_person: bool) -> str:
    name = html.escape(_name(file))
    return f"{name} ({html.escape(_person(file))})" if names_person else name


def _show_people(people: Sequence[str]) -> str:
    shown = [_strong(person) for person in people[:MOST_PEOPLE]]
    if more := len(people) - len(shown):
        shown.append("1 other" if more == 1 else f"{more} others")
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _show_origin(origin: Origin) -> str:
    if origin.is_upload:
        return "a form"
    if origin.is_private:
        text = "a private conversation"
    else:
        name = _clean(origin.channel or "")
        text = html.escape(f"#{name}") if name else "a conversation"
    link = origin.link or ""
    is_web_link = link.startswith(("https://", "http://")) and link.isprintable()
    return f'<a href="{html.escape(link)}">{text}</a>' if is_web_link else text


def _strong(text: str) -> str:
    return f"<strong>{html.escape(text)}</strong>"


def _clean(text: str) -> str:
    line = visible_line(text)
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
