"""Work items by key and by id, and the text that stands for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.references import (
    WorkItemId,
    WorkItemKey,
    parse_key,
    parse_reference,
    print_reference,
)
from bot.errors import MalformedReference

PROJECT = "9f4e6a1c-0b2d-4c3e-8f5a-6b7c8d9e0f1a"
ITEM = "1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"
UUIDS = st.uuids().map(str)
KEYS = st.builds(
    WorkItemKey,
    st.from_regex(
        r"[A-Za-z0-9ÇŞĞİÖÜДж网]([A-Za-z0-9_]{0,9}[A-Za-z0-9])?", fullmatch=True
    ),
    st.integers(1, 2**31 - 1),
)
IDS = st.builds(WorkItemId, UUIDS, UUIDS)


@given(KEYS | IDS)
def test_what_was_printed_is_parsed_back(reference):
    assert parse_reference(print_reference(reference)) == reference


@given(st.text() | st.from_regex(r"[\w-]+-[0-9]+|[0-9A-Fa-f/-]+"))
def test_what_is_parsed_prints_back_to_itself(text):
    try:
        reference = parse_reference(text)
    except MalformedReference:
        return

    assert print_reference(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("WEB", id="no number"),
        pytest.param("web-4", id="small letters"),
        pytest.param("WEB-04", id="leading zero"),
        pytest.param("WEB-0", id="zero"),
        pytest.param("WEB-2147483648", id="past 32 bits"),
        pytest.param("WEB-4\n", id="line end"),
        pytest.param("-4", id="no identifier"),
        pytest.param("A-B-4", id="dash in the identifier"),
        pytest.param("_WEB-4", id="underscore first"),
        pytest.param("ABCDEFGHIJKLM-4", id="long identifier"),
        pytest.param(f"{PROJECT}/", id="one UUID"),
        pytest.param(f"{PROJECT}/{ITEM}/", id="slash behind"),
        pytest.param(f"{PROJECT.upper()}/{ITEM}", id="UUID in capitals"),
        pytest.param(f"{PROJECT.replace('-', '')}/{ITEM}", id="UUID without dashes"),
    ],
)
def test_other_text_is_a_malformed_reference(text):
    with pytest.raises(MalformedReference):
        parse_reference(text)


@pytest.mark.parametrize("sequence_id", [-1, 0, 2**31])
def test_a_key_with_a_number_that_plane_cannot_have_is_not_made(sequence_id):
    with pytest.raises(MalformedReference):
        WorkItemKey("WEB", sequence_id)


def test_a_key_is_kept_in_capitals():
    assert WorkItemKey("web", 12) == WorkItemKey("WEB", 12)
    assert str(WorkItemKey("web", 12)) == "WEB-12"


def test_a_key_alone_is_asked_for():
    assert parse_key("WEB-12") == WorkItemKey("WEB", 12)
    with pytest.raises(MalformedReference):
        parse_key(f"{PROJECT}/{ITEM}")
