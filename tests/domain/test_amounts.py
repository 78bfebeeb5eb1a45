"""Sizes and durations as people read them."""

import pytest

from bot.domain.amounts import show_duration, show_size

KB, MB, GB = 1024, 1024**2, 1024**3


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (2, "2 bytes"),
        (1023, "1023 bytes"),
        (KB, "1 KB"),
        (KB + 512, "1.5 KB"),
        (MB - 1, "1 MB"),
        (MB, "1 MB"),
        (5 * MB, "5 MB"),
        (7_549_747, "7.2 MB"),
        (GB - 1, "1 GB"),
        (GB, "1 GB"),
        (3 * 1024 * GB, "3072 GB"),
    ],
)
def test_sizes_are_shown_as_slack_shows_them(size, text):
    assert show_size(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (60, "1 minute"),
        (600, "10 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86400, "24 hours"),
    ],
)
def test_durations_are_shown_in_whole_units(seconds, text):
    assert show_duration(seconds) == text
