"""Plane is searched for somebody who types and waits: soon, once, or not at all."""

import json
import threading

import pytest

from bot import errors
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_search import MOST_FOUND, PlaneSearch
from bot.domain.item_search import FoundItem
from bot.domain.references import WorkItemKey
from bot.sandbox.wire import Fault, answer, cut
from bot.work.budgets import LocalBudget
from bot.work.rate_gate import RateGate

JSON = {"Content-Type": "application/json"}
FAILED = answer(500, b'{"error": "Something went wrong please try again later"}', JSON)


@pytest.fixture
def open_search(plane, gate, clock):
    """How to open a search; *options* replace what its calls would get."""

    def open_(*, patience=5.0, **options):
        known = {"api_url": plane.origin, "api_key": "plane_api_alice", "threads": 4}
        known |= {"workspace": "acme", "gate": gate}
        return PlaneSearch(
            PlaneCalls(**known | options), patience=patience, clock=clock
        )

    return open_


@pytest.fixture
def search(open_search):
    return open_search()


def asked(plane):
    return len(plane.exchanges("plane.search"))


def found(*items, status=200):
    return answer(status, json.dumps({"issues": list(items)}).encode(), JSON)


def shown(identifier="WEB", number=1, name="The page"):
    return {
        "id": "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01",
        "project__identifier": identifier,
        "sequence_id": number,
        "name": name,
    }


def test_work_items_are_found_with_their_titles(search, plane):
    row = plane.state.work_item("WEB-1")

    items = search.find("WEB-1")

    assert FoundItem(WorkItemKey("WEB", 1), row.name) in items
    assert FoundItem(WorkItemKey("OPS", 1), plane.state.work_item("OPS-1").name) in (
        items
    )


def test_as_many_are_asked_for_as_a_menu_holds(search, plane):
    project = plane.state.project("WEB")
    for number in range(MOST_FOUND + 5):
        plane.state.add_work_item(project, f"Many {number}")

    assert len(search.find("many")) == MOST_FOUND


def test_nothing_found_is_nothing(search):
    assert search.find("no such thing") == ()


@pytest.mark.parametrize(
    "title", ["100% done", "a_b", "50% & more?", "Straße Ünï", "漢字", "#1+1=2", "a/b"]
)
def test_any_letters_reach_plane_as_they_were_typed(search, plane, title):
    plane.state.add_work_item(plane.state.project("WEB"), title)

    assert title in [item.title for item in search.find(title)]


def test_one_text_is_searched_for_once_in_a_while(search, plane, clock):
    first = search.find("login")
    clock.now += 29
    assert search.find("login") == first
    assert asked(plane) == 1

    clock.now += 2
    search.find("login")
    search.find("other")

    assert asked(plane) == 3


@pytest.mark.parametrize("action", [cut, FAILED, answer(502, b"<html>")])
def test_what_failed_is_asked_for_again(search, plane, action):
    plane.fail(Fault("plane.search", action))

    with pytest.raises(errors.TransientProblem):
        search.find("login")

    assert search.find("login")


@pytest.mark.parametrize(
    ("status", "problem"),
    [(500, errors.PlaneFailed), (400, errors.PlaneRejected)],
)
def test_what_plane_says_of_it_is_told_by_its_type(search, plane, status, problem):
    body = b'{"error": "Something went wrong please try again later"}'
    plane.fail(Fault("plane.search", answer(status, body, JSON)))

    with pytest.raises(problem):
        search.find("99999999999999999999")


def test_a_refused_key_is_told(search, plane):
    plane.state.revoke_key("plane_api_alice")

    with pytest.raises(errors.PlaneKeyRefused):
        search.find("login")


@pytest.mark.parametrize("body", [
    b"",
    b"<html>",
    b"[]",
    b"{}",
    b'{"issues": null}',
    b'{"issues": [null]}',
    b'{"issues": [{}]}',
    b'{"issues": [{"project__identifier": "WEB", "sequence_id": "x", "name": ""}]}',
    b'{"issues": [{"project__identifier": "WEB", "sequence_id": 1e999, "name": ""}]}',
])  # fmt: skip
def test_an_answer_of_another_shape_is_as_good_as_none(search, plane, body):
    plane.fail(Fault("plane.search", answer(200, body, JSON)))

    with pytest.raises(errors.PlaneUnavailable):
        search.find("login")


@pytest.mark.parametrize("odd", [
    shown(identifier="R&D"),
    shown(identifier="A B"),
    shown(identifier=""),
    shown(number=0),
    shown(number=2**31),
])  # fmt: skip
def test_an_item_that_no_text_can_name_hides_no_other(search, plane, odd):
    plane.fail(Fault("plane.search", found(odd, shown())))

    assert search.find("page") == (FoundItem(WorkItemKey("WEB", 1), "The page"),)


def test_it_is_waited_for_no_longer_than_it_is_patient(open_search, plane):
    ended = threading.Event()
    plane.fail(Fault("plane.search", lambda request: ended.wait(60) and None))

    try:
        with pytest.raises(errors.PlaneUnavailable):
            open_search(patience=0.2).find("login")
    finally:
        ended.set()


def test_where_no_call_is_left_it_is_not_waited_for(open_search, plane):
    gate = RateGate(LocalBudget(1))
    with gate.passage(), pytest.raises(errors.PlaneThrottled):
        open_search(patience=0.05, gate=gate).find("login")

    assert asked(plane) == 0


def test_the_gate_is_told_how_patient_it_is(open_search, gate):
    open_search(patience=1.5).find("login")

    assert gate.patience == [1.5]


def test_what_plane_says_of_its_limit_holds_for_everybody(search, plane, gate):
    throttled = answer(429, b"{}", {**JSON, "Retry-After": "30"})
    plane.fail(Fault("plane.search", throttled))

    with pytest.raises(errors.PlaneThrottled):
        search.find("login")

    assert gate.pushed == [30.0]


def test_one_who_types_is_not_held_up_by_another(search, plane):
    entered, ended = threading.Event(), threading.Event()

    def hang(request):
        entered.set()
        ended.wait(60)

    plane.fail(Fault("plane.search", hang))
    slow = threading.Thread(target=search.find, args=("slow",))
    slow.start()
    try:
        assert entered.wait(20)
        assert search.find("login")
        assert slow.is_alive()
    finally:
        ended.set()
        slow.join()
