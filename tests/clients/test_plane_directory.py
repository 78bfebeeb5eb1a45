"""Projects and work items are looked up once for all, and anew when they may differ."""

import contextlib
import threading

import pytest

from bot import errors
from bot.clients.plane_directory import PlaneDirectory
from bot.domain.references import WorkItemId, WorkItemKey
from bot.sandbox.wire import Fault, answer, cut

WEB_1 = WorkItemKey("WEB", 1)
UTF_8 = WorkItemKey("UTF", 8)
NOWHERE = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01"


@pytest.fixture
def directory(client, clock):
    return PlaneDirectory(client, clock=clock)


def count(plane, operation):
    return len(plane.exchanges(f"plane.{operation}"))


def together(call, *, threads=16):
    """Do *call* in many threads at once and return what came of each."""
    barrier = threading.Barrier(threads)
    results = []

    def run():
        barrier.wait()
        try:
            results.append(call())
        except errors.Problem as problem:
            results.append(problem.code)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results


def test_a_project_is_known_by_its_identifier_and_by_its_id(directory, plane):
    row = plane.state.project("WEB")

    assert directory.find_project(WEB_1).project_id == row.id
    assert directory.find_project(WorkItemId(row.id, NOWHERE)).identifier == "WEB"
    assert directory.find_project(UTF_8) is None
    assert directory.find_project(WorkItemId(NOWHERE, NOWHERE)) is None
    assert count(plane, "projects") == 1


def test_a_fence_hides_every_other_project(client, plane):
    directory = PlaneDirectory(client, fence=frozenset({"OPS", "NOPE"}))

    assert directory.find_project(WorkItemKey("OPS", 1)).identifier == "OPS"
    assert directory.find_project(WEB_1) is None
    web = plane.state.project("WEB").id
    assert directory.find_project(WorkItemId(web, NOWHERE)) is None


def test_projects_are_looked_up_again_after_a_while(directory, plane, clock):
    directory.find_project(WEB_1)
    clock.now += 300
    directory.find_project(WEB_1)
    assert count(plane, "projects") == 1

    clock.now += 1
    directory.find_project(WEB_1)
    assert count(plane, "projects") == 2


NEW_1 = WorkItemKey("NEW", 1)


def test_a_project_that_was_made_since_is_found(directory, plane, clock):
    assert directory.find_project(NEW_1) is None
    plane.state.add_project("NEW", "New", members={"alice": 20})
    assert directory.find_project(NEW_1) is None

    clock.now += 6

    assert directory.find_project(NEW_1).identifier == "NEW"


def test_a_new_project_is_never_taken_for_none(directory, plane, clock):
    for _ in range(4):
        assert directory.find_project(UTF_8) is None
        clock.now += 6
    plane.state.add_project("NEW", "New", members={"alice": 20})
    with pytest.raises(errors.ProjectsUncertain) as info:
        directory.find_project(NEW_1)

    clock.now += info.value.retry_after

    assert directory.find_project(NEW_1).identifier == "NEW"


def test_what_failed_to_be_listed_may_be_asked_for_at_once(directory, plane, clock):
    directory.find_project(WEB_1)
    clock.now += 6
    plane.fail(Fault("plane.projects", cut, times=9))
    for _ in range(9):
        with pytest.raises(errors.PlaneUnavailable):
            directory.find_project(NEW_1)

    assert directory.find_project(NEW_1) is None


def test_what_the_fence_keeps_out_costs_no_call(client, plane):
    directory = PlaneDirectory(client, fence=frozenset({"OPS"}))

    assert directory.find_project(WEB_1) is None
    assert count(plane, "projects") == 0


def test_before_projects_were_listed_any_may_be_one(directory, plane):
    assert directory.may_be_known(UTF_8)
    assert directory.may_be_known(WorkItemId(NOWHERE, NOWHERE))
    assert count(plane, "projects") == 0


def test_just_after_they_were_listed_only_those_are_known(directory, plane, clock):
    directory.find_project(WEB_1)
    clock.now += 30

    assert directory.may_be_known(WEB_1)
    assert directory.may_be_known(WorkItemId(plane.state.project("WEB").id, NOWHERE))
    assert not directory.may_be_known(NEW_1)
    assert not directory.may_be_known(WorkItemId(NOWHERE, NOWHERE))
    assert count(plane, "projects") == 1


def test_a_while_later_a_project_may_be_new(directory, plane, clock):
    directory.find_project(WEB_1)
    clock.now += 31

    assert directory.may_be_known(NEW_1)
    assert directory.may_be_known(WorkItemId(NOWHERE, NOWHERE))
    assert count(plane, "projects") == 1


def test_what_is_outside_the_fence_is_never_known(client, clock):
    directory = PlaneDirectory(client, fence=frozenset({"OPS"}), clock=clock)

    for _ in range(2):
        assert not directory.may_be_known(WEB_1)
        assert directory.may_be_known(WorkItemKey("OPS", 1))
        directory.find_project(WEB_1)
        clock.now += 31


def test_what_only_looks_like_a_key_asks_plane_no_more_than_now_and_then(
    directory, plane, clock
):
    for _ in range(600):
        with contextlib.suppress(errors.ProjectsUncertain):
            assert directory.find_project(UTF_8) is None
        clock.now += 1

    assert count(plane, "projects") <= 3 + 600 / 30


def test_projects_are_listed_as_they_were_lately(directory, plane, clock):
    assert directory.recall_projects() is None

    listed = directory.list_projects()
    clock.now += 30

    assert {each.identifier for each in listed} == {"WEB", "OPS", "ARC"}
    assert directory.list_projects() == directory.recall_projects() == listed
    assert count(plane, "projects") == 1


def test_projects_that_were_listed_long_ago_are_not_recalled(directory, plane, clock):
    directory.list_projects()
    plane.state.add_project("NEW", "New", members={"alice": 20})
    clock.now += 31

    assert directory.recall_projects() is None
    assert "NEW" in {each.identifier for each in directory.list_projects()}
    assert count(plane, "projects") == 2


def test_only_projects_within_the_fence_are_listed(client):
    directory = PlaneDirectory(client, fence=frozenset({"OPS", "NOPE"}))

    assert [each.identifier for each in directory.list_projects()] == ["OPS"]


def test_what_was_known_is_told_without_asking(directory, plane):
    assert not directory.is_known(WEB_1)
    directory.find_project(WEB_1)
    plane.fail(Fault("plane.projects", cut, times=9))

    assert directory.is_known(WEB_1)
    assert directory.is_known(WorkItemId(plane.state.project("WEB").id, NOWHERE))
    assert not directory.is_known(UTF_8)
    assert not directory.is_known(WorkItemId(NOWHERE, NOWHERE))
    assert count(plane, "projects") == 1


def test_what_is_fenced_in_is_known_before_plane_was_ever_asked(client, plane):
    directory = PlaneDirectory(client, fence=frozenset({"WEB"}))

    assert directory.is_known(WEB_1)
    assert not directory.is_known(UTF_8)
    assert not directory.is_known(WorkItemId(NOWHERE, NOWHERE))
    assert plane.exchanges() == []


def test_projects_that_could_not_be_listed_are_asked_for_again(directory, plane):
    plane.fail(Fault("plane.projects", cut))

    with pytest.raises(errors.PlaneUnavailable):
        directory.find_project(WEB_1)

    assert directory.find_project(WEB_1) is not None


def test_a_failed_look_keeps_what_was_known(directory, plane, clock):
    directory.find_project(WEB_1)
    plane.fail(Fault("plane.projects", answer(503)))
    clock.now += 301

    with pytest.raises(errors.PlaneUnavailable):
        directory.find_project(WEB_1)

    assert directory.is_known(WEB_1)


def test_a_work_item_is_looked_up_once(directory, plane, clock):
    project = directory.find_project(WEB_1)
    first = directory.get_work_item(WEB_1, project)
    clock.now += 599

    assert directory.get_work_item(WEB_1, project) == first
    assert count(plane, "work_item") == 1
    clock.now += 2
    directory.get_work_item(WEB_1, project)
    assert count(plane, "work_item") == 2


def test_a_work_item_is_not_taken_for_that_of_a_project_of_the_same_key(
    directory, plane, clock
):
    """A project was renamed, and another one has its identifier now."""
    directory.get_work_item(WEB_1, directory.find_project(WEB_1))
    plane.state.change_identifier(plane.state.project("WEB"), "OLD")
    plane.state.change_identifier(plane.state.project("OPS"), "WEB")
    new = plane.state.work_item("WEB-1")
    clock.now += 301

    project = directory.find_project(WEB_1)

    assert not directory.is_at_hand(WEB_1)
    assert directory.get_work_item(WEB_1, project).work_item_id == new.id
    assert directory.is_at_hand(WEB_1)


def test_a_linked_work_item_is_looked_up_by_its_id(directory, plane):
    row = plane.state.work_item("WEB-2")
    link = WorkItemId(row.project_id, row.id)

    item = directory.get_work_item(link, directory.find_project(link))

    assert str(item.key) == "WEB-2"
    assert (count(plane, "work_item"), count(plane, "work_item_by_id")) == (0, 1)


def test_a_work_item_that_is_not_there_is_not_asked_for_again_at_once(
    directory, plane, clock
):
    key = WorkItemKey("WEB", 9)
    project = directory.find_project(key)
    for _ in range(3):
        with pytest.raises(errors.WorkItemNotFound):
            directory.get_work_item(key, project)
    assert count(plane, "work_item") == 1

    plane.state.add_work_item(plane.state.project("WEB"), "Made just now")
    clock.now += 16

    assert str(directory.get_work_item(key, project).key) == "WEB-9"


@pytest.mark.parametrize(
    ("action", "problem"),
    [(cut, errors.PlaneUnavailable), (answer(403, b"{}"), errors.PlaneRejected)],
)
def test_only_what_plane_knows_is_remembered(directory, plane, action, problem):
    project = directory.find_project(WEB_1)
    plane.fail(Fault("plane.work_item", action))

    with pytest.raises(problem):
        directory.get_work_item(WEB_1, project)

    assert directory.get_work_item(WEB_1, project).key == WEB_1


def test_a_work_item_can_be_forgotten(directory, plane):
    project = directory.find_project(WEB_1)
    item = directory.get_work_item(WEB_1, project)

    directory.forget(item.work_item_id)
    directory.forget("another")

    directory.get_work_item(WEB_1, project)
    assert count(plane, "work_item") == 2


def test_many_threads_that_ask_for_one_thing_ask_plane_once(directory, plane):
    project = together(lambda: directory.find_project(WEB_1))[0]

    items = together(lambda: directory.get_work_item(WEB_1, project))
    limits = together(directory.get_file_size_limit)

    assert len(set(items)) == 1
    assert limits == [5_242_880] * 16
    assert count(plane, "projects") == 1
    assert count(plane, "work_item") == 1
    assert count(plane, "instances") == 1


def test_many_threads_that_ask_for_what_is_not_there_ask_plane_once(directory, plane):
    key = WorkItemKey("WEB", 999)
    project = directory.find_project(key)

    told = together(lambda: directory.get_work_item(key, project))

    assert told == ["WorkItemNotFound"] * 16
    assert count(plane, "work_item") == 1


def test_when_the_first_of_many_fails_the_others_still_get_an_answer(directory, plane):
    project = directory.find_project(WEB_1)
    plane.fail(Fault("plane.work_item", cut))

    told = together(lambda: directory.get_work_item(WEB_1, project))

    assert told.count("PlaneUnavailable") == 1
    assert count(plane, "work_item") == 2


def test_the_limit_is_asked_for_again_after_a_while(directory, plane, clock):
    directory.get_file_size_limit()
    clock.now += 599
    directory.get_file_size_limit()
    assert count(plane, "instances") == 1

    clock.now += 2
    directory.get_file_size_limit()
    assert count(plane, "instances") == 2


def test_a_further_file_on_a_known_work_item_takes_two_calls(directory, client, plane):
    project = directory.find_project(WEB_1)
    item = directory.get_work_item(WEB_1, project)
    directory.get_file_size_limit()
    before = len(plane.exchanges())

    item = directory.get_work_item(WEB_1, directory.find_project(WEB_1))
    directory.get_file_size_limit()
    file = {"name": "a.pdf", "mimetype": "application/pdf", "size": 12}
    ticket = client.create_attachment(item, **file, external_id="F1")
    client.complete_attachment(item, ticket.asset_id)

    assert [each.operation for each in plane.exchanges()[before:]] == [
        "plane.create_attachment",
        "plane.complete_attachment",
    ]


def test_what_was_not_found_is_forgotten_alone(directory, plane):
    nine = WorkItemKey("WEB", 9)
    project = directory.find_project(nine)
    item = directory.get_work_item(WEB_1, project)
    for _ in range(2):
        with pytest.raises(errors.WorkItemNotFound):
            directory.get_work_item(nine, project)
    directory.forget("another")
    assert count(plane, "work_item") == 2

    directory.forget_misses()

    with pytest.raises(errors.WorkItemNotFound):
        directory.get_work_item(nine, project)
    assert directory.get_work_item(WEB_1, project) == item
    assert count(plane, "work_item") == 3
