"""The emulated Plane's traps that are no matter for a live server."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bot.sandbox.plane import Role
from bot.sandbox.wire import Fault, answer, cut
from tests.sandbox.plane_calls import PAIR, WISH, ask, create, one, path_of

NO_ACCESS = {"detail": "You do not have permission to perform this action."}


def at_once(post):
    start = threading.Barrier(2)

    def racer(_):
        start.wait()
        return post().status_code

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(racer, range(2)))


def test_two_posts_at_once_with_one_external_pair_may_both_succeed(plane):
    plane.state.twin_gap = 0.2

    statuses = at_once(lambda: create(plane, **PAIR))

    assert statuses == [200, 200]
    assert create(plane, **PAIR).status_code == 409


@pytest.mark.parametrize("key", ["WEB-6", "WEB-7", "WEB-8", "ARC-1"])
def test_hidden_work_items_are_not_found_but_take_attachments(plane, key):
    by_key = ask(plane, "GET", f"work-items/{key}/")
    by_id = ask(plane, "GET", path_of(plane, key, ""))

    assert (by_key.status_code, by_id.status_code) == (404, 404)
    assert create(plane, key).status_code == 200


MADE = [("comments/", {}), ("links/", {"url": "https://example.com/"})]


@pytest.mark.parametrize(("tail", "body"), MADE)
def test_a_deleted_work_item_takes_comments_and_links_but_no_attachment(
    plane, tail, body
):
    paths = path_of(plane, "WEB-1", tail), path_of(plane, "WEB-1")
    plane.state.delete(plane.state.work_item("WEB-1"))

    assert ask(plane, "POST", paths[0], json=body).status_code == 201
    assert ask(plane, "GET", paths[0]).json()["total_count"] == 1
    assert ask(plane, "POST", paths[1], json=WISH).status_code == 404


@pytest.mark.parametrize(("tail", "body"), MADE)
def test_an_archived_project_takes_comments_and_links_and_shows_none(plane, tail, body):
    path = path_of(plane, "ARC-1", tail)

    assert ask(plane, "POST", path, json=body).status_code == 201
    assert ask(plane, "GET", path).json()["total_count"] == 0


@pytest.mark.parametrize("caller", ["bob", "dave"])
def test_outsiders_may_list_attachments_but_nothing_else(plane, caller):
    made, key = create(plane, "OPS-1"), f"plane_api_{caller}"
    path = one(plane, made, "OPS-1")
    ask(plane, "PATCH", path)

    texts = {
        "create": create(plane, "OPS-1", key),
        "download": ask(plane, "GET", path, key),
        "upload": ask(plane, "PATCH", path, key),
        "delete": ask(plane, "DELETE", path, key),
    }
    listed = ask(plane, "GET", path_of(plane, "OPS-1"), key)

    assert {verb: each.status_code for verb, each in texts.items()} == dict.fromkeys(
        texts, 403
    )
    assert texts["delete"].json() == {
        "error": "You are not allowed to delete this attachment"
    }
    assert [each["id"] for each in listed.json()] == [made.json()["asset_id"]]


def test_a_guest_may_upload_and_delete_what_others_made(plane):
    made = create(plane)

    assert create(plane, caller="plane_api_carol").status_code == 200
    assert ask(plane, "DELETE", one(plane, made), "plane_api_carol").status_code == 204


def test_a_guest_may_comment_but_not_link(plane):
    comment = ask(
        plane, "POST", path_of(plane, "WEB-1", "comments/"), "plane_api_carol", json={}
    )
    link = ask(
        plane,
        "POST",
        path_of(plane, "WEB-1", "links/"),
        "plane_api_carol",
        json={"url": "https://example.com/"},
    )

    assert comment.status_code == 201
    assert (link.status_code, link.json()) == (403, NO_ACCESS)


def test_projects_include_public_and_archived_ones(plane):
    def listed(key):
        page = ask(plane, "GET", "projects/", key).json()
        return {each["identifier"]: each["is_member"] for each in page["results"]}

    assert listed("plane_api_alice") == {"WEB": True, "OPS": True, "ARC": True}
    assert listed("plane_api_bob") == {"WEB": True, "OPS": False}
    assert ask(plane, "GET", "projects/", "plane_api_dave").json() == NO_ACCESS


def test_search_finds_the_wrong_work_item_first(plane):
    found = ask(plane, "GET", "work-items/search/?search=WEB-1").json()["issues"]

    keys = [f"{each['project__identifier']}-{each['sequence_id']}" for each in found]
    assert keys[0] == "OPS-1"
    assert "WEB-1" in keys


def test_completing_through_another_work_item_of_the_project_works(plane):
    made = create(plane)

    assert ask(plane, "PATCH", one(plane, made, "WEB-2")).status_code == 204
    assert plane.state.attachments("WEB-1", uploaded_only=True)


def test_completing_through_another_project_does_not(plane):
    made = create(plane)

    assert ask(plane, "PATCH", one(plane, made, "OPS-1")).status_code == 404


def test_a_comment_takes_an_item_of_another_project_and_guards_its_pair_there(plane):
    web, ops = plane.state.project("WEB"), plane.state.work_item("OPS-1")
    path = f"projects/{web.id}/work-items/{ops.id}/comments/"

    first = ask(plane, "POST", path, json=PAIR)
    again = ask(plane, "POST", path_of(plane, "WEB-2", "comments/"), json=PAIR)

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"size": -1}, 200),
        ({"size": 12.7}, 200),
        ({"size": True}, 200),
        ({"size": None}, 400),
        ({"size": [5]}, 500),
        ({"size": "0"}, 500),
        ({"name": 5}, 400),
        ({"name": "n" * 730}, 200),
        ({"external_id": "x" * 300, "external_source": "slack"}, 500),
        ({"external_id": 5, "external_source": "slack"}, 200),
        ({"name": "\ud83d.png"}, 500),
    ],
)
def test_odd_bodies_are_answered_as_plane_does(plane, body, status):
    assert create(plane, **body).status_code == status


@pytest.mark.parametrize("options", [{"data": WISH}, {"json": [1]}])
def test_a_form_and_a_list_break_plane(plane, options):
    answer = ask(plane, "POST", path_of(plane, "WEB-1"), **options)

    assert answer.status_code == 500


def test_a_body_over_the_limit_is_too_large(plane):
    body = b" " * (5_242_880 + 1)

    answer = ask(plane, "POST", path_of(plane, "WEB-1"), data=body)

    assert answer.status_code == 413
    assert answer.json()["error"] == "REQUEST_BODY_TOO_LARGE"


def test_old_paths_still_work(plane):
    path = path_of(plane, "WEB-1", "issue-attachments/").replace("work-items", "issues")

    assert ask(plane, "POST", path, json=WISH).status_code == 200
    assert ask(plane, "GET", "issues/WEB-1/").status_code == 200


def test_a_fault_before_the_effect_leaves_nothing(plane):
    plane.fail(Fault("plane.create_attachment", answer(503)))

    assert create(plane).status_code == 503
    assert plane.state.attachments() == []
    assert create(plane).status_code == 200


def test_a_fault_after_the_effect_hides_what_was_done(plane):
    plane.fail(Fault("plane.create_attachment", cut, phase="after"))

    with pytest.raises(requests.ConnectionError):
        create(plane)

    assert len(plane.state.attachments("WEB-1")) == 1
    assert [each.status for each in plane.exchanges("plane.create_attachment")] == [
        None
    ]


def test_rows_can_be_renamed_archived_and_deleted(plane):
    state = plane.state
    state.rename(state.work_item("WEB-1"), "Login works")
    state.archive(state.work_item("WEB-2"))
    state.delete(state.work_item("WEB-3"))
    state.change_identifier(state.project("OPS"), "OPERA")

    def look(key):
        return ask(plane, "GET", f"work-items/{key}/")

    assert look("WEB-1").json()["name"] == "Login works"
    assert look("WEB-2").status_code == look("WEB-3").status_code == 404
    assert (look("OPS-1").status_code, look("OPERA-1").status_code) == (403, 200)


def test_projects_and_members_can_be_added(plane):
    new = plane.state.add_project("NEW", "New", members={"bob": Role.ADMIN})
    item = plane.state.add_work_item(new, "First")
    plane.state.leave(new, "bob")

    assert item.sequence_id == 1
    look = ask(plane, "GET", "work-items/NEW-1/", "plane_api_bob")
    assert look.status_code == 403


def test_the_asset_url_is_closed_to_api_keys(plane):
    path = create(plane).json()["asset_url"]

    answer = requests.get(
        plane.origin + path, headers={"X-API-Key": "plane_api_alice"}, timeout=10
    )

    assert answer.status_code == 401


def test_longer_answers_are_compressed_for_clients_that_ask(plane):
    plain = ask(plane, "GET", "projects/", headers={"Accept-Encoding": "identity"})
    packed = ask(plane, "GET", "projects/", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json() == plain.json()


def test_two_links_at_once_with_one_url_may_both_succeed(plane):
    path = path_of(plane, "WEB-1", "links/")
    body = {"url": "https://example.com/a"}
    plane.state.twin_gap = 0.2

    statuses = at_once(lambda: ask(plane, "POST", path, json=body))

    assert statuses == [201, 201]
    assert ask(plane, "POST", path, json=body).status_code == 400


def test_two_comments_at_once_with_one_external_pair_may_both_succeed(plane):
    path = path_of(plane, "WEB-1", "comments/")
    plane.state.twin_gap = 0.2

    statuses = at_once(lambda: ask(plane, "POST", path, json=PAIR))

    assert statuses == [201, 201]
