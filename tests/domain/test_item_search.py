"""Work items that were found stand in the order in which they were meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.item_search import FoundItem, rank, read_typed_key
from bot.domain.references import WorkItemKey

FOUND = [
    FoundItem(WorkItemKey("OPS", 1), "Restart the login service"),
    FoundItem(WorkItemKey("WEB", 12), "web-1 was wrong"),
    FoundItem(WorkItemKey("LOG", 3), "Straße"),
    FoundItem(WorkItemKey("WEB", 1), "The page"),
    FoundItem(WorkItemKey("WEB", 2), ""),
]


def keys(typed):
    return [str(each.key) for each in rank(typed, FOUND)]


@pytest.mark.parametrize("typed", ["WEB-1", "web-1", "  Web-1 "])
def test_the_typed_key_is_first_then_those_that_begin_so(typed):
    assert keys(typed) == ["WEB-1", "WEB-12", "OPS-1", "LOG-3", "WEB-2"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("1", ["OPS-1", "WEB-1", "WEB-12"]),
        ("log", ["LOG-3", "OPS-1", "WEB-12"]),
        ("LOGIN", ["OPS-1", "WEB-12", "LOG-3"]),
        ("STRASSE", ["LOG-3", "OPS-1", "WEB-12"]),
        ("nothing of it", ["OPS-1", "WEB-12", "LOG-3"]),
    ],
)
def test_then_come_numbers_beginnings_and_titles_and_the_rest_as_it_came(typed, first):
    assert keys(typed)[:3] == first


@given(st.text())
def test_nothing_is_lost_or_doubled(typed):
    found = rank(typed, FOUND)

    assert sorted(map(repr, found)) == sorted(map(repr, FOUND))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("WEB-12", WorkItemKey("WEB", 12)),
        (" web-12\t", WorkItemKey("WEB", 12)),
        ("ops_2-1", WorkItemKey("OPS_2", 1)),
        ("äöü-7", WorkItemKey("ÄÖÜ", 7)),
        ("", None),
        ("WEB", None),
        ("12", None),
        ("WEB-", None),
        ("WEB-0", None),
        ("WEB-012", None),
        ("WEB-1 login", None),
        ("WEB-99999999999999999999", None),
        ("WEB-２", None),
        ("100%", None),
        ("0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01", None),
        ("0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01/"
         "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01", None),
    ],
)  # fmt: skip
def test_a_key_is_known_as_it_is_typed(typed, expected):
    assert read_typed_key(typed) == expected


@given(st.text() | st.from_regex(r"[A-Za-z]{1,14}-[0-9]{1,12}", fullmatch=True))
def test_any_text_is_a_key_or_none(typed):
    key = read_typed_key(typed)

    assert key is None or str(key) == typed.strip().upper()
