"""How Django REST framework checks text fields, with its words. No I/O."""

import re
from typing import Any

#: django.core.validators.URLValidator, without its finer points.
_URL = re.compile(
    r"(?:https?|ftps?)://(?:[^\s:@/]+(?::[^\s:@/]*)?@)?"
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]|localhost"
    r"|(?:[^\W_](?:[^\W_]|-)*\.)+[^\W\d_][^\s/?#:]+)"
    r"(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_LONGEST_URL = 2048


def check_text(
    value: Any, *, longest: int | None = None, null: bool = False, blank: bool = True
) -> str | None:
    """Return what is wrong with *value* as a `CharField`; None if nothing is."""
    if value is None:
        return None if null else "This field may not be null."
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "Not a valid string."
    text = str(value).strip()
    if not text and not blank:
        return "This field may not be blank."
    if longest is not None and len(text) > longest:
        return f"Ensure this field has no more than {longest} characters."
    if "\x00" in text:
        return "Null characters are not allowed."
    return _surrogate_problem(text)


def _surrogate_problem(text: str) -> str | None:
    found = re.search("[\ud800-\udfff]", text)
    if found is None:
        return None
    return f"Surrogate characters are not allowed: U+{ord(found[0]):X}."


def check_url(value: Any) -> str | None:
    """Return what is wrong with a link's URL (plane/api/serializers/issue.py)."""
    problem = check_text(value, blank=False)
    if problem:
        return problem
    text = str(value).strip()
    if len(text) > _LONGEST_URL or not _URL.fullmatch(text):
        return "Invalid URL format."
    if not text.startswith(("http://", "https://")):
        return "Invalid URL scheme."
    return None


def clean(value: Any) -> str | None:
    """Return a checked value as it is stored."""
    return None if value is None else str(value).strip()
