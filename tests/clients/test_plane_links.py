"""Plane's links on work items: ids out, or a typed error."""

import dataclasses
import json
import uuid

import pytest

from bot import errors
from bot.sandbox.wire import Fault, answer, cut

URL = "https://docs.example.com/d/1?a=b#c"
NOBODY = str(uuid.UUID(int=5))
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
BROKEN = b'{"error":"Something went wrong please try again later"}'

#: Every call by its operation.
CALLS = {
    "plane.work_item_by_id": lambda links, item: links.check_item(item),
    "plane.list_links": lambda links, item: links.find(item, URL),
    "plane.create_link": lambda links, item: links.create(item, url=URL, title="t"),
    "plane.delete_link": lambda links, item: links.delete(item, NOBODY),
}


@pytest.fixture
def links(open_links):
    return open_links()


def test_a_link_is_made_with_its_title_and_found_by_its_url(links, item, plane):
    assert links.find(item, URL) is None

    link_id = links.create(item, url=URL, title="Q1/Q2 plan 🎉")

    (link,) = plane.state.links("WEB-1")
    assert (link.id, link.url, link.title) == (link_id, URL, "Q1/Q2 plan 🎉")
    assert links.find(item, URL) == link_id


def test_only_the_same_url_on_the_same_work_item_is_found(links, item, plane):
    links.create(item, url=f"{URL}x", title="t")

    assert links.find(item, URL) is None
    assert links.find(item, f"{URL}x") is not None


def test_a_link_is_found_behind_many_others(links, item, plane):
    first = links.create(item, url=URL, title="t")
    plane.state.twin_gap = 0.0
    for number in range(120):
        links.create(item, url=f"{URL}{number}", title="t")

    assert links.find(item, URL) == first
    assert len(plane.exchanges("plane.list_links")) == 2


def test_a_url_that_is_there_makes_no_second_link(links, item, plane):
    links.create(item, url=URL, title="t")

    with pytest.raises(errors.LinkExists):
        links.create(item, url=URL, title="other")

    assert len(plane.state.links("WEB-1")) == 1


@pytest.mark.parametrize("url", ["slack://open", "https://a", "ftp://example.com/a"])
def test_a_url_that_plane_does_not_take_is_told(links, item, url):
    with pytest.raises(errors.LinkRefused):
        links.create(item, url=url, title="t")


def test_another_refusal_is_not_taken_for_one_of_the_url(links, item):
    with pytest.raises(errors.PlaneRejected) as caught:
        links.create(item, url=URL, title="t" * 300)

    assert caught.value.status == 400


def test_a_deleted_link_is_gone_and_may_be_deleted_again(links, item, plane):
    link_id = links.create(item, url=URL, title="t")

    links.delete(item, link_id)
    links.delete(item, link_id)

    assert plane.state.links("WEB-1") == []
    assert links.create(item, url=URL, title="t") != link_id


def test_a_work_item_that_is_gone_or_put_away_is_told(links, item, plane):
    links.check_item(item)
    row = plane.state.work_item("WEB-1")

    plane.state.archive(row)
    with pytest.raises(errors.WorkItemNotFound) as caught:
        links.check_item(item)
    assert caught.value.item == "WEB-1"

    plane.state.delete(row)
    with pytest.raises(errors.WorkItemNotFound):
        links.check_item(item)
    links.create(item, url=URL, title="t")  # which is why it is checked before


def test_a_work_item_whose_row_is_gone_takes_no_link(links, item):
    purged = dataclasses.replace(item, work_item_id=NOBODY)

    with pytest.raises(errors.WorkItemNotFound):
        links.create(purged, url=URL, title="t")


@pytest.mark.parametrize("operation", CALLS)
def test_a_project_that_was_left_is_told(links, item, plane, operation):
    plane.state.leave(plane.state.project("WEB"), "alice")

    with pytest.raises(errors.ProjectRefused) as caught:
        CALLS[operation](links, item)

    assert caught.value.project == "WEB"


def test_a_guest_may_not_link(open_links, item):
    with pytest.raises(errors.ProjectRefused):
        open_links(api_key="plane_api_carol").create(item, url=URL, title="t")


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (cut, errors.PlaneUnavailable),
        (answer(502, b"<html>", HTML), errors.PlaneUnavailable),
        (answer(404, b"<html>", HTML), errors.PlaneUnavailable),
        (answer(200, b"<html>", HTML), errors.PlaneUnavailable),
        (answer(429, b"{}", {"Retry-After": "7"}), errors.PlaneThrottled),
        (
            answer(403, b'{"detail": "Given API token is not valid"}', JSON),
            errors.PlaneKeyRefused,
        ),
        (answer(418, b"{}", JSON), errors.PlaneRejected),
    ],
)
def test_what_goes_wrong_is_told_by_its_type(
    links, item, plane, operation, action, problem
):
    plane.fail(Fault(operation, action))

    with pytest.raises(problem) as caught:
        CALLS[operation](links, item)

    assert type(caught.value) is problem


@pytest.mark.parametrize("operation", CALLS)
def test_planes_own_error_may_be_for_the_url_that_was_sent(
    links, item, plane, operation
):
    plane.fail(Fault(operation, answer(500, BROKEN, JSON)))
    is_made = operation == "plane.create_link"
    problem = errors.PlaneStumbled if is_made else errors.PlaneFailed

    with pytest.raises(problem):
        CALLS[operation](links, item)


def test_no_answer_to_a_post_is_waited_out_for_a_while(links, item, plane):
    plane.fail(Fault("plane.create_link", cut, "after"))

    with pytest.raises(errors.PlaneUnavailable) as caught:
        links.create(item, url=URL, title="t")

    assert caught.value.retry_after == 2.0
    assert len(plane.state.links("WEB-1")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"results": 5},
        {"results": [{"url": URL}], "next_page_results": False},
        {"results": [{"url": URL, "id": "x"}], "next_page_results": False},
        {"results": ["x"], "next_page_results": False},
        {"id": "x"},
        [5],
        None,
    ],
)
@pytest.mark.parametrize("operation", ["plane.list_links", "plane.create_link"])
def test_an_answer_that_is_not_planes_is_as_good_as_none(
    links, item, plane, operation, body
):
    plane.fail(Fault(operation, answer(200, json.dumps(body).encode(), JSON)))

    with pytest.raises(errors.PlaneUnavailable):
        CALLS[operation](links, item)


@pytest.mark.parametrize("body", [b"[]", b"null", b"", b"<html>"])
def test_a_refusal_that_is_not_planes_is_as_good_as_no_answer(links, item, plane, body):
    plane.fail(Fault("plane.create_link", answer(400, body, JSON)))

    with pytest.raises(errors.PlaneUnavailable):
        links.create(item, url=URL, title="t")
