"""Plane's contract: looking up. Facts: observed, Plane CE 1.3.1."""

NO_ACCESS = {"detail": "You do not have permission to perform this action."}
NOT_FOUND = {"error": "The requested resource does not exist."}


def test_a_key_finds_its_work_item(plane):
    found = plane.ask("GET", f"work-items/{plane.item}/")

    assert found.status_code == 200
    assert found.json()["sequence_id"] == int(plane.item.rpartition("-")[2])
    assert {"id", "name", "project", "workspace", "state"} <= set(found.json())


def test_a_key_in_lower_case_is_refused_like_a_closed_project(plane):
    answer = plane.ask("GET", f"work-items/{plane.item.lower()}/")

    assert (answer.status_code, answer.json()) == (403, NO_ACCESS)


def test_an_unknown_project_is_refused_like_a_closed_one(plane):
    answer = plane.ask("GET", "work-items/NOSUCHPROJ-1/")

    assert (answer.status_code, answer.json()) == (403, NO_ACCESS)


def test_an_unknown_number_is_not_found(plane):
    identifier = plane.item.rpartition("-")[0]

    answer = plane.ask("GET", f"work-items/{identifier}-99999999/")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_key_without_a_number_breaks_plane(plane):
    identifier = plane.item.rpartition("-")[0]

    answer = plane.ask("GET", f"work-items/{identifier}-abc/")

    assert answer.status_code == 500
    assert answer.json() == {"error": "Something went wrong please try again later"}


def test_leading_zeros_find_the_same_work_item(plane):
    identifier, _, number = plane.item.rpartition("-")

    answer = plane.ask("GET", f"work-items/{identifier}-0{number}/?fields=id")

    assert answer.json() == {"id": plane.found()["id"]}


def test_an_expanded_project_comes_with_its_identifier(plane):
    query = "fields=id,name,project&expand=project"

    answer = plane.ask("GET", f"work-items/{plane.item}/?{query}").json()

    assert set(answer) == {"id", "name", "project"}
    assert answer["project"]["identifier"] == plane.item.rpartition("-")[0]


def test_fields_win_over_expand(plane):
    answer = plane.ask("GET", f"work-items/{plane.item}/?fields=id&expand=project")

    assert answer.json() == {"id": plane.found()["id"]}


def test_a_work_item_is_found_by_its_ids(plane):
    answer = plane.ask("GET", plane.below(""))

    assert answer.status_code == 200
    assert answer.json()["id"] == plane.found()["id"]


def test_an_unknown_id_is_not_found(plane):
    nobody = "00000000-0000-4000-8000-000000000000"
    project = plane.found()["project"]

    answer = plane.ask("GET", f"projects/{project}/work-items/{nobody}/")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_missing_slash_is_redirected(plane):
    answer = plane.ask("GET", f"work-items/{plane.item}")

    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/work-items/{plane.item}/")


def test_projects_come_in_pages(plane):
    first = plane.ask("GET", "projects/?per_page=1").json()

    assert (first["count"], len(first["results"])) == (1, 1)
    assert first["next_cursor"] == "1:1:0"
    assert first["next_page_results"] is (first["total_count"] > 1)
    assert {"id", "identifier", "name", "is_member", "archived_at"} <= set(
        first["results"][0]
    )


def test_the_next_page_begins_where_the_first_ended(plane):
    every = plane.ask("GET", "projects/?fields=identifier").json()["results"]

    second = plane.ask("GET", "projects/?fields=identifier&per_page=1&cursor=1:1:0")

    assert second.json()["results"] == every[1:2]
    assert second.json()["prev_page_results"] is True


def test_there_is_no_page_before_the_first(plane):
    answer = plane.ask("GET", "projects/?cursor=1:-1:0")

    assert (answer.status_code, answer.json()) == (400, {"detail": "Error in parsing"})


def test_a_search_in_an_unknown_workspace_finds_nothing(plane):
    answer = plane.ask(
        "GET", "/api/v1/workspaces/no-such-one/work-items/search/?search=1"
    )

    assert (answer.status_code, answer.json()) == (200, {"issues": []})


def test_the_instance_tells_its_file_size_limit_without_a_key(plane):
    answer = plane.anonymous.get(f"{plane.url}/api/instances/", timeout=30)

    assert answer.status_code == 200
    assert answer.json()["config"]["file_size_limit"] > 0


def test_me_is_the_owner_of_the_key(plane):
    answer = plane.ask("GET", "/api/v1/users/me/")

    assert answer.status_code == 200
    assert {"id", "email", "display_name"} <= set(answer.json())


def test_a_wrong_key_is_forbidden(plane):
    answer = plane.ask("GET", "projects/", headers={"X-API-Key": "plane_api_wrong"})

    assert answer.status_code == 403
    assert answer.json() == {"detail": "Given API token is not valid"}
    assert "WWW-Authenticate" not in answer.headers


def test_no_key_is_unauthorised(plane):
    answer = plane.ask("GET", "projects/", headers={"X-API-Key": None})

    assert answer.status_code == 401
    assert answer.json() == {"detail": "Authentication credentials were not provided."}


def test_an_unknown_url_is_not_found_in_a_shape_of_its_own(plane):
    answer = plane.ask("GET", "/api/v1/workspaces/")

    assert (answer.status_code, answer.json()) == (404, {"error": "Page not found."})
