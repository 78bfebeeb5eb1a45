"""The name that a file has in Plane."""

import posixpath
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.names import safe_name, safe_title


def sanitize_filename(name):
    """Do what plane/utils/path_validator.py does (Plane CE 1.3.1)."""
    name = posixpath.basename(name.replace("\x00", "").replace("\\", "/"))
    return name.replace("..", "").strip().lstrip(".").strip()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("shot.png", id="plain"),
        pytest.param("Größe à la carte.pdf", id="Latin letters"),
        pytest.param("отчёт.docx", id="Cyrillic"),
        pytest.param("設計書.pdf", id="Japanese"),
        pytest.param("عقد.pdf", id="Arabic"),
        pytest.param("हिन्दी.txt", id="Devanagari"),
        pytest.param("نمی\u200cشود.txt", id="Persian with its joiner"),
        pytest.param("e\u0301.png", id="combining form"),
        pytest.param("a+b &c#?.png", id="signs"),
        pytest.param('"it\'s" <b> 100%.png', id="quotes"),
        pytest.param("a%2eb.png", id="percent"),
        pytest.param("$HOME {x} $.png", id="dollar and brace apart"),
        pytest.param("archive.tar.gz", id="two suffixes"),
        pytest.param("Makefile", id="no suffix"),
        pytest.param("☎ ❤.png", id="symbols"),
        pytest.param("a" * 251 + ".png", id="255 bytes"),
    ],
)
def test_a_harmless_name_stays_as_it_is(name):
    assert safe_name(name, file_id="F1") == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("../../etc/passwd", "passwd", id="path"),
        pytest.param("C:\\Users\\x\\y.png", "y.png", id="Windows path"),
        pytest.param("a/b\\c.png", "c.png", id="both slashes"),
        pytest.param("folder/", "folder", id="slash at the end"),
        pytest.param("a\r\nb.png", "a b.png", id="line end"),
        pytest.param("a\tb.png", "a b.png", id="tab"),
        pytest.param("a\u2028b\u2029c.png", "a b c.png", id="Unicode line ends"),
        pytest.param("a\u00a0\u3000b\u202fc.png", "a b c.png", id="other blanks"),
        pytest.param("a \x00 b.png", "a b.png", id="NUL between blanks"),
        pytest.param("a\x00\x07\x1b\x7f\x9bb.png", "ab.png", id="control characters"),
        pytest.param("exe.\u202egnp.pdf", "exe.gnp.pdf", id="right-to-left override"),
        pytest.param("\u2066a\u2069\u200e\u200f\u061c.png", "a.png", id="bidi"),
        pytest.param("a\u200bb\ufeff\u2060c\u00ad.png", "abc.png", id="zero width"),
        pytest.param("❤\ufe0f.png", "❤.png", id="variation selector"),
        pytest.param("a\uffff\ufdd0.png", "a.png", id="no characters"),
        pytest.param("${filename}", "$_{filename}", id="S3's placeholder"),
        pytest.param("$\u200b{filename}", "$_{filename}", id="put together"),
        pytest.param("a$${x}.png", "a$$_{x}.png", id="two dollars"),
        pytest.param(".env", "env", id="leading dot"),
        pytest.param(" . .x.", "x", id="dots and blanks at both ends"),
        pytest.param("a..b.png", "a.b.png", id="two dots"),
        pytest.param("a.....b.png", "a.b.png", id="many dots"),
        pytest.param("a.\u200b.b.png", "a.b.png", id="dots that come together"),
        pytest.param("\u200d.x.png\u200c", "x.png", id="joiners at both ends"),
        pytest.param("🎉.png", "_.png", id="emoji"),
        pytest.param("party 🎉🎊!.png", "party _!.png", id="some emoji"),
        pytest.param("👩\u200d👩\u200d👧.png", "_.png", id="joined emoji"),
        pytest.param("𠮷野家.pdf", "_野家.pdf", id="letter past U+FFFF"),
        pytest.param("a\ud83d\ude00b.png", "a_b.png", id="surrogates"),
        pytest.param("a\udc80.png", "a_.png", id="lone surrogate"),
    ],
)
def test_what_does_harm_in_a_name_is_made_safe(name, expected):
    assert safe_name(name, file_id="F1") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a" * 300 + ".png", "a" * 251 + ".png", id="ASCII"),
        pytest.param("я" * 200 + ".png", "я" * 125 + ".png", id="two bytes each"),
        pytest.param("設" * 100 + ".jpeg", "設" * 83 + ".jpeg", id="three bytes each"),
        pytest.param("a" * 300, "a" * 255, id="no suffix"),
        pytest.param("a." + "b" * 300, "a." + "b" * 253, id="suffix too long to keep"),
        pytest.param("a" * 250 + ". b.png", "a" * 250 + ".png", id="dot at the cut"),
    ],
)
def test_a_long_name_is_cut_before_its_suffix(name, expected):
    assert safe_name(name, file_id="F1") == expected


@pytest.mark.parametrize(
    ("filetype", "expected"),
    [
        pytest.param("", "file-F123", id="none"),
        pytest.param("png", "file-F123.png", id="a type"),
        pytest.param("PNG", "file-F123.png", id="capitals"),
        pytest.param("binary", "file-F123", id="Slack does not know"),
        pytest.param("../x", "file-F123", id="no suffix at all"),
        pytest.param("p" * 11, "file-F123", id="too long"),
        pytest.param("пнг", "file-F123", id="another script"),
    ],
)
@pytest.mark.parametrize("name", [None, "", " ", "...", "/", "\x00", "a/..", "\u200d"])
def test_a_file_without_a_name_is_called_by_its_id(name, filetype, expected):
    assert safe_name(name, file_id="F123", filetype=filetype) == expected


NAMES = st.text() | st.text(
    st.sampled_from("a.b/\\ \t\n\x00\x7f${}\u200b\u200d\u202e\ufe0f\ud800🎉я設e\u0301")
)
LONG_NAMES = st.builds(
    lambda text, times, end: text * times + end,
    st.text(min_size=1, max_size=4),
    st.integers(1, 300),
    st.sampled_from(["", ".png", ".", ". ", ".設計", "." + "x" * 40]),
)


@given(NAMES | LONG_NAMES | st.none(), st.text(), st.text())
def test_every_name_is_made_safe(name, file_id, filetype):
    safe = safe_name(name, file_id=file_id, filetype=filetype)

    assert sanitize_filename(safe) == safe
    assert safe_name(safe, file_id=file_id, filetype=filetype) == safe
    assert 0 < len(safe.encode()) <= 255
    assert "${" not in safe
    assert max(safe) <= "\uffff"
    assert {unicodedata.category(char) for char in safe}.isdisjoint({"Cc", "Cs", "Zl"})
    assert set(safe).isdisjoint("/\\\u202a\u202b\u202c\u202d\u202e\u2066\u2069\u200f")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Q1/Q2 plan", "Q1/Q2 plan"),
        ("  Two\n lines\t", "Two lines"),
        ("Party 🎉 .pdf", "Party 🎉 .pdf"),
        ("a\u202eb\x00c\ud800d", "abcd"),
        ("می\u200cشود", "می\u200cشود"),
        ("x" * 300, "x" * 255),
        ("x" * 254 + " y", "x" * 254),
        ("", ""),
        (" \u200b\u200d\n", ""),
    ],
)
def test_a_title_is_one_line_that_plane_takes(title, expected):
    assert safe_title(title) == expected


@given(NAMES | LONG_NAMES)
def test_every_title_is_made_safe(title):
    safe = safe_title(title)

    assert safe_title(safe) == safe
    assert len(safe) <= 255
    assert safe.encode().decode() == safe
    assert {unicodedata.category(char) for char in safe}.isdisjoint({"Cc", "Zl", "Zp"})
    assert set(safe).isdisjoint("\u202a\u202e\u2066\u200f")
