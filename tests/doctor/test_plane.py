"""Plane: the key, what it has left, the workspace, the projects, the limit."""

import pytest

from bot.sandbox.plane import Role
from bot.sandbox.wire import Fault, answer, cut

HTML = {"Content-Type": "text/html"}
PAGE = b"<!doctype html><title>Plane</title>"


def throttle(seconds):
    return answer(429, b'{"error_code":5900}', {"Retry-After": str(seconds)})


def test_a_good_key_is_told_by_whose_it_is(installation):
    assert installation.find("plane-key") == (
        "ok",
        'It is the key of "alice <alice@example.com>": attachments appear as made by'
        " this user.",
        "",
    )


def test_a_wrong_key_is_a_fault_with_the_way_to_a_new_one(installation):
    installation.settings["PLANE_API_KEY"] = "plane_api_nobody"

    mark, text, step = installation.find("plane-key")

    assert mark == "fault"
    assert text.startswith("Plane refuses my API key")
    assert "Personal Access Tokens, make one and set PLANE_API_KEY" in step


def test_without_a_key_only_what_needs_none_is_looked_at(installation):
    installation.settings["PLANE_API_KEY"] = "plane_api_nobody"

    marks = installation.marks()

    assert marks["fault"] == ["plane-key"]
    assert marks["skipped"] == [
        "plane-rate",
        "plane-workspace",
        "plane-projects",
        "events",
    ]


def test_an_address_with_nobody_there_is_asked_once(installation):
    installation.settings["PLANE_API_URL"] = "http://127.0.0.1:9"

    marks = installation.marks()

    assert installation.find("plane-key") == (
        "fault",
        "Plane does not answer me about the API key: nothing listens there.",
        "Check PLANE_API_URL and its port.",
    )
    assert marks["fault"] == ["plane-key"]
    assert "plane-size" in marks["skipped"]


def test_pages_in_place_of_the_api_are_a_fault(installation):
    installation.plane.fail(Fault("plane.me", answer(200, PAGE, HTML)))

    mark, text, step = installation.find("plane-key")

    assert (mark, text) == ("fault", "Plane does not answer me about the API key.")
    assert step.startswith("Check PLANE_API_URL: the address of Plane's API without")


def test_https_where_http_is_spoken_is_a_fault_with_its_cause(installation):
    origin = installation.plane.origin.replace("http:", "https:")
    installation.settings["PLANE_API_URL"] = origin

    mark, text, step = installation.find("plane-key")

    assert mark == "fault"
    assert text.endswith(": no TLS is spoken there.")
    assert step == "Check PLANE_API_URL: https or http, and the port."


def test_a_connection_that_breaks_is_a_fault(installation):
    installation.plane.fail(Fault("plane.me", cut))

    assert installation.find("plane-key")[:2] == (
        "fault",
        "Plane does not answer me about the API key: the connection broke.",
    )


def test_a_key_whose_calls_are_used_up_is_a_warning_that_says_when(installation):
    installation.plane.fail(Fault("plane.me", throttle(42)))

    found = {each.check.value: each for each in installation.examine()}

    assert found["plane-key"].mark == "warning"
    assert found["plane-key"].next_step.endswith("again in 42 seconds.")
    assert found["plane-workspace"].mark == "skipped"


# --- what it has left -----------------------------------------------------------


def test_what_the_key_has_left_is_told(installation):
    assert installation.find("plane-rate") == (
        "ok",
        "The key has 59 calls left in this minute; PLANE_RATE_LIMIT is 60.",
        "",
    )


@pytest.mark.parametrize("limit", ["30", "59"])
def test_a_key_that_may_do_more_is_told(installation, limit):
    installation.settings["PLANE_RATE_LIMIT"] = limit

    mark, _, step = installation.find("plane-rate")

    assert mark == "ok"
    assert step == "Plane allows more: set PLANE_RATE_LIMIT to 60, for speed."


def test_a_key_that_others_use_up_is_a_warning(installation):
    for _ in range(55):
        installation.plane.server.forget()
        ask(installation, "/api/v1/users/me/")

    mark, text, step = installation.find("plane-rate")

    assert mark == "warning"
    assert text.startswith("The key has 4 calls left")
    assert "give each program a key of its own" in step


def ask(installation, path):
    import requests

    url = f"{installation.plane.origin}{path}"
    requests.get(url, headers={"X-API-Key": "plane_api_alice"}, timeout=5)


def test_a_plane_that_does_not_tell_what_is_left_is_well(installation):
    told = answer(200, b'{"display_name":"alice"}', {"Content-Type": "x"})
    installation.plane.fail(Fault("plane.me", told))

    mark, text, _ = installation.find("plane-rate")

    assert mark == "ok"
    assert text.startswith("Plane does not tell how many calls")


# --- workspace and projects -----------------------------------------------------


@pytest.mark.parametrize(
    "changes", [{"PLANE_WORKSPACE": "acne"}, {"PLANE_API_KEY": "plane_api_dave"}]
)
def test_a_workspace_that_is_closed_or_not_there_is_a_fault(installation, changes):
    installation.settings |= changes

    mark, text, step = installation.find("plane-workspace")

    assert mark == "fault"
    assert text.startswith("Plane does not let me into the workspace")
    assert step.startswith("Check PLANE_WORKSPACE: the slug")


def test_all_projects_are_told_where_there_is_no_fence(installation):
    assert installation.find("plane-projects") == (
        "ok",
        "The bot works in ARC, OPS, WEB.",
        "",
    )


def test_what_the_fence_leaves_out_is_told(installation):
    installation.settings["PLANE_PROJECTS"] = "web"

    assert installation.find("plane-projects")[:2] == (
        "ok",
        "The bot works in WEB; PLANE_PROJECTS leaves out ARC, OPS.",
    )


def test_a_project_of_the_fence_that_is_not_found_is_a_warning(installation):
    installation.settings["PLANE_PROJECTS"] = "WEB,WBE"

    mark, text, step = installation.find("plane-projects")

    assert mark == "warning"
    assert text == "The bot works in WEB, but WBE of PLANE_PROJECTS is not found."
    assert step.startswith("Check the spelling of WBE in PLANE_PROJECTS")


def test_a_fence_with_no_project_inside_is_a_fault(installation):
    installation.settings["PLANE_PROJECTS"] = "WBE"

    mark, text, step = installation.find("plane-projects")

    assert mark == "fault"
    assert text == "No project of PLANE_PROJECTS is found: WBE."
    assert step.endswith("Found are ARC, OPS, WEB.")


def test_a_key_of_a_user_without_projects_is_a_fault(installation):
    state = installation.plane.state
    state.add_user("erin")
    installation.settings["PLANE_API_KEY"] = "plane_api_erin"

    assert installation.find("plane-projects") == (
        "fault",
        "The key's user is a member of no project, so the bot knows no key.",
        "In Plane, make the owner of PLANE_API_KEY a member of a project.",
    )

    state.join(state.project("WEB"), "erin", Role.MEMBER)
    assert installation.find("plane-projects")[0] == "ok"


# --- the limit --------------------------------------------------------------------


def test_the_limit_for_files_is_told(installation):
    assert installation.find("plane-size")[:2] == (
        "ok",
        "Plane takes files of up to 5 MB.",
    )


def test_a_limit_that_plane_does_not_tell_is_left_out(installation):
    installation.plane.fail(Fault("plane.instances", answer(404)))

    assert installation.find("plane-size")[:2] == (
        "skipped",
        "Skipped because Plane does not tell its limit for files.",
    )


def test_a_limit_that_gets_no_answer_is_a_fault(installation):
    installation.plane.fail(Fault("plane.instances", cut))

    mark, text, _ = installation.find("plane-size")

    assert mark == "fault"
    assert text.startswith("Plane does not answer me about its limit for files")
