"""Slack's mrkdwn, as a person reads and types it."""

import pytest

from bot.sandbox.mrkdwn import from_plain, to_plain


@pytest.mark.parametrize(
    ("mrkdwn", "plain"),
    [
        ("", ""),
        ("*<https://p.example/WEB-1/|WEB-1>*", "WEB-1 (https://p.example/WEB-1/)"),
        ("<https://p.example/?a=1&amp;b=2>", "https://p.example/?a=1&b=2"),
        ("<https://p.example|https://p.example>", "https://p.example"),
        ("✅ `a*b*_c_.txt` is attached.", "✅ a*b*_c_.txt is attached."),
        ("`&lt;!channel&gt;.txt`", "<!channel>.txt"),
        ("```two\nlines```", "two\nlines"),
        ("<@U1|anna> and <#C1|general> and <!here>", "@anna and #general and @here"),
        ("at <!date^1700000000^{time}^https://p.example/|22:13 UTC>", "at 22:13 UTC"),
        (
            "*bold* _it_ ~gone~ snake_case_name 2*3*4",
            "bold it gone snake_case_name 2*3*4",
        ),
        ("2*3* and 4_5_", "2*3* and 4_5_"),
        ("&amp;lt; is no bracket", "&lt; is no bracket"),
    ],
)
def test_mrkdwn_is_shown_as_it_reads(mrkdwn, plain):
    assert to_plain(mrkdwn) == plain


@pytest.mark.parametrize(
    ("plain", "mrkdwn"),
    [
        ("see WEB-1", "see WEB-1"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("see https://p.example/?a=1&b=2 !", "see <https://p.example/?a=1&amp;b=2> !"),
    ],
)
def test_what_is_typed_is_sent_as_slack_sends_it_and_reads_the_same(plain, mrkdwn):
    assert from_plain(plain) == mrkdwn
    assert to_plain(mrkdwn) == plain
