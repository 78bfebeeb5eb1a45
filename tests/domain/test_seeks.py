"""What is still to be fetched can be written down and read again."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.seeks import (
    Seek,
    SeekAuthor,
    SeekFile,
    SeekLatest,
    SeekMessage,
    SeekThread,
    SeekUploads,
    parse_seek,
    print_seek,
)

SEEKS = [
    SeekMessage("1.1"),
    SeekMessage("1.1", is_elsewhere=True),
    SeekMessage("1.1", is_asker_known=False),
    SeekThread("1.1", until="1.2"),
    SeekThread("1.1", until="1.2", is_asker_known=False),
    SeekAuthor("1.2", thread_ts="1.1"),
    SeekLatest(1_700_000_000.123456),
    SeekFile("F1"),
    SeekMessage("1.1", only=("F1", "F2")),
    SeekUploads(("F1",)),
]


@pytest.mark.parametrize("seek", SEEKS, ids=repr)
def test_a_seek_comes_back_from_the_ledger_as_it_was(seek):
    assert parse_seek(json.loads(json.dumps(print_seek(seek)))) == seek


def test_one_of_an_earlier_version_has_an_asker_who_is_known():
    raw = {"kind": "message", "ts": "1.1", "is_elsewhere": False}

    assert parse_seek(raw) == SeekMessage("1.1")


def test_every_kind_is_among_them():
    assert {type(seek) for seek in SEEKS} == set(get_args(Seek))


@given(
    st.builds(SeekMessage, st.text(), st.booleans(), st.booleans())
    | st.builds(SeekThread, st.text(), st.text())
    | st.builds(SeekLatest, st.floats(allow_nan=False, allow_infinity=False))
    | st.builds(SeekFile, st.text())
    | st.builds(SeekUploads, st.lists(st.text()).map(tuple))
)
def test_any_seek_comes_back_as_it_was(seek):
    assert parse_seek(json.loads(json.dumps(print_seek(seek)))) == seek
