"""Texts that would come alive in Slack, and what none of them may do there."""

import re

from hypothesis import strategies as st

TEXTS = st.text() | st.text(alphabet="<>&`*_~:@#! \n\r\t|ab\u202e\ud800", max_size=200)
HARMLESS = re.compile(r"&(amp|lt|gt);")


def assert_is_one_harmless_line(told):
    assert told.isprintable() or "\u200c" in told or "\u200d" in told
    assert told.encode()
    assert "<" not in told
    assert ">" not in told
    assert "&" not in HARMLESS.sub("", told)
    assert told.count("`") % 2 == 0
