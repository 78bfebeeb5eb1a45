"""Fuzzes names: whatever Slack calls a file, Plane can keep what is made of it."""

import unicodedata

from bot.domain.content_types import plane_mimetype
from bot.domain.escaping import escape, show_code
from bot.domain.files import SharedFile
from bot.domain.names import safe_name, safe_title
from tests.fuzz.draws import Draws

SEEDS = [
    b"\x00\x0f../../etc/passwd",
    b"\x00\x20\xe2\x80\xaegnp.exe\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb${filename}",
    b"\x03\xe8" + b"a" * 999,
    b"\x03\xe8" + "\u00e4".encode() * 499 + b".tar.gz",
    b"\x00\x08con\x00nul.\x00\x03F1\x00\x04pdf\x00\x10application/pdf",
]


def target(data):
    """Make a name and a title of *data*, and look whether they are safe."""
    draws = Draws(data)
    raw, file_id, filetype = draws.text(1200), draws.text(12), draws.text(12)
    name = safe_name(raw or None, file_id=file_id, filetype=filetype)
    check(name)
    assert safe_name(name, file_id=file_id) == name
    title = safe_title(raw)
    assert len(title) <= 255
    assert "\n" not in title
    title.encode()
    file = SharedFile("F1", name=raw, title=raw, external_url="https://example.com/")
    assert file.plane_name
    assert not set("<>") & set(escape(raw))
    assert "\n" not in show_code(raw)
    plane_mimetype(draws.text(80))


def check(name):
    assert 0 < len(name.encode()) <= 255
    assert not set("/\\") & set(name)
    assert ".." not in name
    assert "${" not in name
    assert name == name.strip(" .")
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    assert max(name) <= "\uffff"
