"""The body of the call that creates an attachment, checked as Plane does. No I/O.

plane/api/views/issue.py, `IssueAttachmentListCreateAPIEndpoint.post`; observed, Plane
CE 1.3.1.
"""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.plane.names import ALLOWED_TYPES, sanitize_filename
from bot.sandbox.plane.replies import broken, invalid

#: plane/db/models/asset.py: the columns of external_id and external_source.
LONGEST_EXTERNAL = 255


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked body of the create call."""

    name: str
    type: str
    size: Any
    external_id: str | None
    external_source: str | None

    def fits(self) -> bool:
        """Whether the database takes it; if not, Plane answers with its generic 500."""
        externals = self.external_id or "", self.external_source or ""
        return all(len(each) <= LONGEST_EXTERNAL for each in externals) and all(
            map(_storable, (self.name, *externals))
        )


def read_wish(data: dict[str, Any], file_size_limit: int) -> Wish:
    """Check a body, in Plane's order; a size over the limit is cut without a word."""
    name, size = sanitize_filename(data.get("name")), data.get("size")
    if not name or not size:
        raise invalid("Invalid request.")
    if not isinstance(size, int | float):
        raise broken()  # `min(size, limit)` of a string or a list
    mimetype = data.get("type")
    if not isinstance(mimetype, str) or mimetype not in ALLOWED_TYPES:
        raise invalid("Invalid file type.")
    return Wish(
        name,
        mimetype,
        min(size, file_size_limit),
        _external(data.get("external_id")),
        _external(data.get("external_source")),
    )


def _external(value: Any) -> str | None:
    return None if value is None else str(value)


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
