"""One line of what is to be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.visible_text import JOINERS, visible_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("design.pdf", "design.pdf"),
        (" a\r\n\tb ", "a b"),
        ("a\0b", "a b"),
        ("a\u202eb", "a b"),
        ("a\ud800b", "a b"),
        (
            "\u0646\u0645\u06cc\u200c\u0634\u0648\u062f",
            "\u0646\u0645\u06cc\u200c\u0634\u0648\u062f",
        ),
        ("\n\u202e", ""),
    ],
)
def test_a_text_becomes_one_line_of_what_is_to_be_seen(text, line):
    assert visible_line(text) == line


@given(st.text(st.characters(codec=None)))
def test_a_line_stays_as_it_is_and_has_a_utf_8(text):
    line = visible_line(text)

    assert visible_line(line) == line
    assert line.encode().decode() == line
    assert "".join(c for c in line if c not in JOINERS).isprintable()
