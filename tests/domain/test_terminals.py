"""What a terminal is shown cannot play tricks on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escaping import mention, show_code
from bot.domain.terminals import read_mrkdwn, show_age, show_plain

ANY = st.text(st.characters(codec=None))


@given(ANY)
def test_nothing_that_is_shown_is_invisible(text):
    shown = show_plain(text)

    assert [c for c in shown if not c.isprintable() and c not in "\u200c\u200d"] == []


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_what_can_be_seen_is_shown_as_it_is(text):
    assert show_plain(text) == text


@given(ANY)
def test_a_sentence_is_one_line_whatever_it_names(text):
    assert len(read_mrkdwn(f"{show_code(text)} is attached.").splitlines()) == 1


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (f"{show_code('a & <b>')} is it.", "a & <b> is it."),
        (f"Ask {mention('U1AB')}.", "Ask @U1AB."),
        (f"Ask {mention('<!channel>')}.", "Ask <!channel>."),
        (show_code("&lt;"), "&lt;"),
        ("a\x1b[31m\u202e\nb\x7f\x9b", "a\\x1b[31m\\u202e\\nb\\x7f\\x9b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_slacks_marks_are_taken_off(sentence, expected):
    assert read_mrkdwn(sentence) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7199, "1 h"),
        (9e5, "10 d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds, expected):
    assert show_age(seconds) == expected
