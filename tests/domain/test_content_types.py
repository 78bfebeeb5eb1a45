"""The content type that a file has in Plane."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content_types import plane_mimetype


@pytest.mark.parametrize(
    ("mimetype", "expected"),
    [
        pytest.param("image/png", "image/png", id="taken"),
        pytest.param("IMAGE/PNG", "image/png", id="capitals"),
        pytest.param(" image/png ", "image/png", id="blanks"),
        pytest.param("text/plain; charset=utf-8", "text/plain", id="parameter"),
        pytest.param("text/plain ;a=b;c=d", "text/plain", id="parameters"),
        pytest.param("image/jpg", "image/jpeg", id="image/jpg"),
        pytest.param("Image/JPG; q=1", "image/jpeg", id="image/jpg, every trouble"),
        pytest.param("image/heic", "application/octet-stream", id="refused"),
        pytest.param("text/html", "application/octet-stream", id="refused text"),
        pytest.param("image/", "application/octet-stream", id="half a type"),
        pytest.param("", "application/octet-stream", id="empty"),
        pytest.param(None, "application/octet-stream", id="none"),
        pytest.param("application/octet-stream", "application/octet-stream", id="any"),
    ],
)
def test_a_file_gets_a_type_that_plane_takes(mimetype, expected):
    assert plane_mimetype(mimetype) == expected


@given(st.text())
def test_a_type_that_plane_takes_stays(mimetype):
    assert plane_mimetype(plane_mimetype(mimetype)) == plane_mimetype(mimetype)
