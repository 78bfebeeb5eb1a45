"""The form's menu: the work items that Plane finds in time, within the fence."""

import threading

import pytest

from bot.clients.plane import PlaneClient
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.plane_search import MOST_FOUND, PlaneSearch
from bot.domain.references import WorkItemKey
from bot.sandbox.wire import Fault, answer, cut
from bot.work.budgets import LocalBudget
from bot.work.item_menu import ItemMenu
from bot.work.rate_gate import RateGate

JSON = {"Content-Type": "application/json"}
#: Every number in the text is looked for, however long (Plane's IssueSearchEndpoint,
#: plane/api/views/issue.py); one that PostgreSQL has no place for ends so.
FAILED = answer(500, b'{"error": "Something went wrong please try again later"}', JSON)
WEB_1 = WorkItemKey("WEB", 1)


@pytest.fixture
def plane(bench):
    return bench.plane


@pytest.fixture
def open_menu(plane):
    """How to open a menu, behind a *fence*; projects have been listed."""

    def open_(fence=None, *, patience=5.0):
        calls = PlaneCalls(
            api_url=plane.origin,
            api_key="plane_api_alice",
            workspace="acme",
            gate=RateGate(LocalBudget(1000)),
            threads=8,
        )
        directory = PlaneDirectory(PlaneClient(calls), fence=fence)
        directory.find_project(WEB_1)
        return ItemMenu(PlaneSearch(calls, patience=patience), directory)

    return open_


@pytest.fixture
def menu(open_menu):
    return open_menu()


def keys(found):
    return [str(each.key) for each in found]


def asked(plane):
    return [each.query for each in plane.exchanges("plane.search")]


def add(plane, title, project="WEB"):
    return plane.state.add_work_item(plane.state.project(project), title)


def test_the_typed_key_is_shown_first_with_its_title(menu, plane):
    first, *_ = menu.suggest("web-1")

    assert (first.key, first.title) == (WEB_1, plane.state.work_item("WEB-1").name)


def test_a_title_is_found_by_a_part_of_it(menu, plane):
    add(plane, "Rework the checkout")

    assert [each.title for each in menu.suggest("CHECK")] == ["Rework the checkout"]


@pytest.mark.parametrize("title", ["Straße sperren", "İstanbul", "100% ŽLUŤOUČKÝ_kůň"])
def test_letters_go_to_plane_as_they_were_typed(menu, plane, title):
    """PostgreSQL folds cases in its own way: not "ß" to "ss", as Python does."""
    add(plane, title)

    assert title in [each.title for each in menu.suggest(title)]


@pytest.mark.parametrize("typed", ["", " ", "\n\t "])
def test_nothing_typed_asks_nobody(menu, plane, typed):
    assert menu.suggest(typed) == []
    assert asked(plane) == []


def test_blanks_make_no_other_search(menu, plane):
    menu.suggest("the  page")
    menu.suggest(" the page\n")

    assert len(asked(plane)) == 1


def test_of_an_endless_text_the_beginning_is_searched_for(menu, plane):
    menu.suggest("9" * 5000)

    (query,) = asked(plane)
    assert f"search={'9' * 100}&" in query


def test_a_fence_hides_what_is_outside(open_menu):
    menu = open_menu(frozenset({"OPS"}))

    assert {each.key.identifier for each in menu.suggest("1")} == {"OPS"}
    assert "WEB-1" not in keys(menu.suggest("WEB-1"))


def test_no_more_are_shown_than_a_menu_holds(menu, plane):
    for number in range(MOST_FOUND + 5):
        add(plane, f"Many {number}")

    assert len(menu.suggest("many")) == MOST_FOUND


def test_of_what_a_fence_lets_in_none_is_lost_to_the_order(open_menu, plane):
    add(plane, "needle", "OPS")

    found = open_menu(frozenset({"OPS"})).suggest("needle")

    assert [each.title for each in found] == ["needle"]


@pytest.mark.parametrize("action", [cut, FAILED, answer(429, b"{}", JSON)])
def test_where_plane_does_not_find_it_a_key_stands_for_itself(menu, plane, action):
    plane.fail(Fault("plane.search", action))

    (found,) = menu.suggest("web-99")

    assert (str(found.key), found.title) == ("WEB-99", "")


@pytest.mark.parametrize(
    "typed",
    ["NOPE-1", "login", "99999999999999999999", "WEB-99999999999999999999", "50%"],
)
def test_where_plane_does_not_find_it_nothing_else_does(menu, plane, typed):
    plane.fail(Fault("plane.search", FAILED))

    assert menu.suggest(typed) == []


def test_where_plane_does_not_find_it_the_fence_stands(open_menu, plane):
    menu = open_menu(frozenset({"OPS"}))
    plane.fail(Fault("plane.search", cut, times=2))

    assert menu.suggest("WEB-1") == []
    assert keys(menu.suggest("OPS-1")) == ["OPS-1"]


def test_no_more_than_two_wait_for_plane_and_the_next_has_an_answer_at_once(
    menu, plane
):
    entered, ended = threading.Semaphore(0), threading.Event()

    def hang(request):
        entered.release()
        ended.wait(60)

    plane.fail(Fault("plane.search", hang, times=2))
    waiting = [
        threading.Thread(target=menu.suggest, args=(text,)) for text in ("a", "b")
    ]
    for thread in waiting:
        thread.start()
    try:
        assert entered.acquire(timeout=20)
        assert entered.acquire(timeout=20)
        assert keys(menu.suggest("WEB-7")) == ["WEB-7"]
        assert menu.suggest("login") == []
        assert len(asked(plane)) == 0  # none is answered yet, and no third was asked
    finally:
        ended.set()
        for thread in waiting:
            thread.join()

    assert menu.suggest("WEB-1")[0].title


def test_a_key_is_echoed_without_a_title_and_without_asking_plane(menu, plane):
    assert [(each.key, each.title) for each in menu.echo(" web-1 ")] == [(WEB_1, "")]
    assert menu.echo("NONE-1") == []
    assert menu.echo("Login") == []
    assert asked(plane) == []
