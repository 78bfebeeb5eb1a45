"""Names that Plane, its store and a reader's screen take as they are. No I/O."""

import re
import unicodedata

from bot.domain.visible_text import JOINERS

#: In bytes: what file systems take, and far from the 1024 of an S3 key, of which
#: Plane uses 70 for itself (observed, Plane CE 1.3.1: 731 letters end in a 500).
_LONGEST_NAME = 255
_LONGEST_SUFFIX = 32
#: In characters (plane/db/models/issue.py: IssueLink.title).
_LONGEST_TITLE = 255

#: They choose how the character before them is drawn, most often as an emoji.
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))

# Characters past U+FFFF are escaped as surrogate pairs in the policy that Plane signs;
# radosgw does not join them and answers 403 (observed, Plane CE 1.3.1). A surrogate
# alone has no UTF-8. A joiner behind one holds an emoji together.
_UNSTORABLE = "\ud800-\udfff\U00010000-\U0010ffff"
_UNSTORABLES = re.compile(f"[{_UNSTORABLE}][{_UNSTORABLE}{JOINERS}]*")
_BLANKS = re.compile(r"\s+")
# plane/utils/path_validator.py deletes ".." wherever it stands.
_DOTS = re.compile(r"\.{2,}")

_FILETYPE = re.compile(r"[a-z0-9]{1,10}")
#: Slack's words for not knowing (docs.slack.dev/reference/objects/file-object).
_UNKNOWN_FILETYPES = frozenset({"auto", "binary", "undefined"})


def safe_name(name: str | None, *, file_id: str, filetype: str = "") -> str:
    """Return the name under which a file goes to Plane; a safe name stays as it is.

    Plane's own clean-up (`sanitize_filename`, plane/utils/path_validator.py) leaves
    the result alone, so that it can be compared with the name that Plane returns.
    """
    return _clean(name or "") or _invent(file_id, filetype.lower())


def safe_title(title: str) -> str:
    """Return *title* as a link's: one line of what can be seen; nothing if that is so.

    No store gets it: unlike a name, it keeps its slashes and emoji.
    """
    text = "".join(filter(_is_wanted, title))
    line = " ".join(text.encode(errors="ignore").decode().split())
    return line[:_LONGEST_TITLE].strip(" " + JOINERS)


def _invent(file_id: str, filetype: str) -> str:
    is_suffix = _FILETYPE.fullmatch(filetype) and filetype not in _UNKNOWN_FILETYPES
    suffix = f".{filetype}" if is_suffix else ""
    return _shorten(f"file-{_clean(file_id)}{suffix}")


def _clean(name: str) -> str:
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    text = "".join(filter(_is_wanted, base))
    text = _BLANKS.sub(" ", _UNSTORABLES.sub("_", text))
    # Stores put the name of the posted part where a key says ${filename}.
    text = _DOTS.sub(".", text).replace("${", "$_{")
    return _shorten(_trim(text))


def _is_wanted(char: str) -> bool:
    """Tell text from control and invisible characters, bidi controls among them."""
    if char in JOINERS or char.isspace():
        return True
    is_invisible = unicodedata.category(char) in {"Cc", "Cf", "Cn"}
    return not is_invisible and char not in _SELECTORS


def _trim(text: str) -> str:
    return text.strip(" ." + JOINERS)


def _shorten(name: str) -> str:
    """Cut *name* before its suffix, between two characters."""
    stem, dot, suffix = name.rpartition(".")
    if len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, dot, suffix = name, "", ""
    room = _LONGEST_NAME - len(f"{dot}{suffix}".encode())
    if len(stem.encode()) <= room:
        return name
    return _trim(stem.encode()[:room].decode(errors="ignore")) + dot + suffix
