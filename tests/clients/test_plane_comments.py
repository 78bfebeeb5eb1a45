"""Plane's comments: made once, changed, found and deleted."""

import json
import uuid

import pytest

from bot import errors
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_comments import PlaneComments
from bot.sandbox.wire import Fault, answer, cut
from tests.clients.conftest import KEY

HTML = "<p><strong>Anna</strong> shared <strong>a.pdf</strong>.</p>"
JSON = {"Content-Type": "application/json"}
NOBODY = str(uuid.UUID(int=5))


@pytest.fixture
def open_comments(plane, gate):
    """How to open the client with a key."""

    def open_(api_key=KEY):
        known = {"api_url": plane.origin, "workspace": "acme", "gate": gate}
        return PlaneComments(PlaneCalls(**known, api_key=api_key, threads=2))

    return open_


@pytest.fixture
def comments(open_comments):
    return open_comments()


def create(comments, item, external_id="message:C1:1.1", html=HTML):
    return comments.create(item, html=html, external_id=external_id)


def told(plane, key="WEB-1"):
    return [each.html for each in plane.state.comments(key)]


def test_a_comment_is_made_with_its_external_id(comments, plane, item):
    comment_id = create(comments, item)

    (row,) = plane.state.comments("WEB-1")
    assert (row.id, row.html) == (comment_id, HTML)
    assert (row.external_id, row.external_source) == ("message:C1:1.1", "slack")


def test_a_second_one_with_the_same_external_id_is_not_made(comments, plane, item):
    first = create(comments, item)

    with pytest.raises(errors.CommentExists) as caught:
        create(comments, item, html="<p>again</p>")

    assert caught.value.comment_id == first
    assert told(plane) == [HTML]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_after_no_answer_plane_is_given_time(comments, plane, item, phase):
    plane.fail(Fault("plane.create_comment", cut, phase=phase))

    with pytest.raises(errors.PlaneUnavailable) as caught:
        create(comments, item)

    assert caught.value.retry_after == 2


@pytest.mark.parametrize(
    "body", [b'{"id": "none"}', b"{}", b"[]", b'"x"', b"", b"<html>"]
)
@pytest.mark.parametrize("status", [201, 409])
def test_an_answer_of_another_shape_is_not_planes(comments, plane, item, status, body):
    plane.fail(Fault("plane.create_comment", answer(status, body, JSON)))

    with pytest.raises(errors.PlaneUnavailable) as caught:
        create(comments, item)

    assert caught.value.retry_after is None  # whatever it was, it is over


def test_what_a_gateway_asks_for_is_obeyed(comments, plane, item):
    wait = answer(503, b"<html>", {"Retry-After": "30"})
    plane.fail(Fault("plane.create_comment", wait))

    with pytest.raises(errors.PlaneUnavailable) as caught:
        create(comments, item)

    assert caught.value.retry_after == 30


def test_a_work_item_that_is_gone_takes_no_comment(comments, item):
    gone = type(item)(item.key, NOBODY, item.project_id)

    with pytest.raises(errors.WorkItemNotFound) as caught:
        create(comments, gone)

    assert caught.value.item == "WEB-1"


def test_a_project_that_is_closed_takes_no_comment(open_comments, item):
    outsider = open_comments("plane_api_dave")

    for refused in (
        lambda: create(outsider, item),
        lambda: outsider.update(item, NOBODY, html=HTML),
        lambda: outsider.delete(item, NOBODY),
        lambda: outsider.find(item, "x"),
    ):
        with pytest.raises(errors.ProjectRefused) as caught:
            refused()
        assert caught.value.project == "WEB"


def test_what_plane_says_no_to_is_no_outage(comments, item):
    with pytest.raises(errors.PlaneRejected) as caught:
        create(comments, item, html="a\x00b")

    assert caught.value.status == 400


def test_what_a_comment_says_can_be_changed_again_and_again(comments, plane, item):
    comment_id = create(comments, item)

    for _ in range(2):
        comments.update(item, comment_id, html="<p>more</p>")

    (row,) = plane.state.comments("WEB-1")
    assert (row.html, row.external_id) == ("<p>more</p>", "message:C1:1.1")


def test_a_comment_that_somebody_deleted_is_gone(comments, plane, item):
    comment_id = create(comments, item)
    plane.state.comment_rows.delete(plane.state.comments("WEB-1")[0])

    with pytest.raises(errors.CommentGone):
        comments.update(item, comment_id, html=HTML)
    assert told(plane) == []


def test_a_comment_is_deleted_and_may_be_gone_already(comments, plane, item):
    comment_id = create(comments, item)

    for _ in range(2):
        comments.delete(item, comment_id)

    assert told(plane) == []
    assert create(comments, item) != comment_id


def test_a_comment_is_found_by_its_external_id(comments, plane, item):
    pages = 120  # more than one
    ids = [create(comments, item, f"message:{number}") for number in range(pages)]

    assert comments.find(item, "message:0") == ids[0]
    assert comments.find(item, "message:119") == ids[119]
    assert comments.find(item, "message:x") is None


def test_a_comment_with_another_source_is_not_ours(comments, plane, item):
    path = f"projects/{item.project_id}/work-items/{item.work_item_id}/comments/"
    body = {"comment_html": "x", "external_id": "1", "external_source": "github"}
    comments._calls.call("POST", path, json=body)

    assert comments.find(item, "1") is None


@pytest.mark.parametrize(
    "page", [{}, {"results": [5], "next_page_results": False}, {"results": None}]
)
def test_a_list_of_another_shape_is_not_planes(comments, plane, item, page):
    body = json.dumps(page).encode()
    plane.fail(Fault("plane.list_comments", answer(200, body, JSON)))

    with pytest.raises(errors.PlaneUnavailable):
        comments.find(item, "x")


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_an_outage_is_not_taken_for_a_deleted_comment(comments, plane, item, operation):
    comment_id = create(comments, item)
    away = answer(404, b"<html>not here</html>", {"Content-Type": "text/html"})
    plane.fail(Fault(f"plane.{operation}_comment", away))
    fields = {"html": "<p>more</p>"} if operation == "update" else {}

    with pytest.raises(errors.PlaneUnavailable):
        getattr(comments, operation)(item, comment_id, **fields)
