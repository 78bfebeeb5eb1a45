"""Nothing from outside comes alive in what the bot writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escaping import escape, mention, show_code
from tests.domain.hostile import HARMLESS, TEXTS, assert_is_one_harmless_line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("design.pdf", "`design.pdf`"),
        ("a & b <c>.png", "`a &amp; b &lt;c&gt;.png`"),
        ("`rm -rf`", "`ˋrm -rfˋ`"),
        ("نمی\u200cشود.txt", "`نمی\u200cشود.txt`"),
        ("a" * 80, f"`{'a' * 80}`"),
        ("a" * 77 + ".pdf", f"`{'a' * 50}…{'a' * 21}.pdf`"),
        ("", "unknown"),
    ],
)
def test_a_name_is_shown_as_inline_code(text, code):
    assert show_code(text) == code


@pytest.mark.parametrize("user_id", ["U1", "W0ABC", "U" + "9" * 63])
def test_a_person_is_mentioned(user_id):
    assert mention(user_id) == f"<@{user_id}>"


@pytest.mark.parametrize("user_id", ["", "U", "C1", "!channel", "u1", "U1>", "U1\n"])
def test_nothing_but_a_person_is_mentioned(user_id):
    assert "<" not in mention(user_id)


@given(TEXTS)
def test_no_name_breaks_out_of_its_code(text):
    code = show_code(text)

    assert_is_one_harmless_line(code)
    assert code == "unknown" or code.count("`") == 2
    assert len(HARMLESS.sub("&", code)) <= 82


@given(st.text())
def test_escaped_text_can_be_read_back(text):
    escaped = escape(text)
    decoded = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    assert decoded == text
    assert not set("<>") & set(escaped)
