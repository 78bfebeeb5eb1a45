"""Links to messages that are written are found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.permalinks import MessageLink, find_permalink, write_permalink

HOMES = ["https://acme.slack.com/", "https://acme.slack.com", "https://a.slack-gov.com"]
CHANNELS = st.from_regex(r"[CDG][A-Z0-9]{2,20}", fullmatch=True)
STAMPS = st.from_regex(r"[0-9]{10}\.[0-9]{6}", fullmatch=True)
ROOT, REPLY = "1700000000.000100", "1700000001.000200"


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("thread_ts", [None, ROOT])
def test_a_link_to_a_message_names_it(home, thread_ts):
    link = write_permalink(home, "C1", ROOT, thread_ts)

    assert link == f"{home.rstrip('/')}/archives/C1/p1700000000000100"


def test_a_link_to_a_reply_names_its_thread_too():
    link = write_permalink(HOMES[0], "C1", REPLY, ROOT)

    assert link == (
        "https://acme.slack.com/archives/C1/p1700000001000200"
        "?thread_ts=1700000000.000100&cid=C1"
    )


@given(st.sampled_from(HOMES), CHANNELS, STAMPS, st.none() | STAMPS)
def test_what_is_written_is_found_again(home, channel_id, ts, thread_ts):
    link = write_permalink(home, channel_id, ts, thread_ts)

    assert find_permalink(f"see <{link}|this>") == MessageLink(channel_id, ts)
