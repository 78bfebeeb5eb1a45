"""Plane's REST API: values out, or a typed error."""

import contextlib
import json
import uuid

import pytest

from bot import errors
from bot.clients.plane import Project
from bot.domain.references import WorkItemId, WorkItemKey
from bot.sandbox.plane import PlaneServer
from bot.sandbox.wire import Fault, answer, cut

WEB_1 = WorkItemKey("WEB", 1)
NOBODY = str(uuid.UUID(int=5))
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><title>Sign in</title>"
BROKEN = b'{"error":"Something went wrong please try again later"}'
JSON = {"Content-Type": "application/json"}


def create(client, item, **fields):
    known = {"name": "a.pdf", "mimetype": "application/pdf", "size": 12}
    return client.create_attachment(item, **{**known, "external_id": "F1", **fields})


# --- reading ------------------------------------------------------------------


def test_a_work_item_is_found_by_its_key(client, plane):
    item = client.get_work_item(WEB_1)

    row = plane.state.work_item("WEB-1")
    assert (item.key, item.work_item_id, item.project_id) == (
        WEB_1,
        row.id,
        row.project_id,
    )


def test_a_work_item_is_found_by_its_id_and_told_by_its_key(client, plane):
    row = plane.state.work_item("WEB-2")
    project = Project(row.project_id, "WEB")

    item = client.get_work_item_by_id(WorkItemId(row.project_id, row.id), project)

    assert (str(item.key), item.work_item_id) == ("WEB-2", row.id)


def test_a_lower_case_key_is_asked_for_in_capitals(client):
    assert str(client.get_work_item(WorkItemKey("web", 1)).key) == "WEB-1"


@pytest.mark.parametrize("number", [6, 7, 8, 999])
def test_what_is_archived_a_draft_or_not_there_is_not_found(client, number):
    with pytest.raises(errors.WorkItemNotFound) as caught:
        client.get_work_item(WorkItemKey("WEB", number))

    assert caught.value.item == f"WEB-{number}"


def test_a_linked_work_item_that_is_not_there_is_told_in_words(client, plane):
    project = Project(plane.state.project("WEB").id, "WEB")

    with pytest.raises(errors.WorkItemNotFound) as caught:
        client.get_work_item_by_id(WorkItemId(project.project_id, NOBODY), project)

    assert caught.value.item == "work item in WEB with that link"


@pytest.mark.parametrize("key", ["NOPE-1", "OPS-1"])
def test_a_project_that_is_closed_or_not_there_is_refused(open_client, key):
    identifier, _, number = key.partition("-")

    with pytest.raises(errors.ProjectRefused) as caught:
        open_client(api_key="plane_api_bob").get_work_item(
            WorkItemKey(identifier, int(number))
        )

    assert caught.value.project == identifier


def test_projects_are_those_that_the_key_is_a_member_of(open_client, plane):
    alice = open_client().list_projects()
    bob = open_client(api_key="plane_api_bob").list_projects()

    assert {each.identifier for each in alice} == {"WEB", "OPS", "ARC"}
    assert bob == (Project(plane.state.project("WEB").id, "WEB"),)


def test_projects_come_from_every_page(client, plane):
    for number in range(230):
        plane.state.add_project(
            f"P{number}", f"Project {number}", members={"alice": 20}
        )

    identifiers = {each.identifier for each in client.list_projects()}

    assert len(identifiers) == 233
    assert len(plane.exchanges("plane.projects")) == 3


@pytest.mark.parametrize(
    "options", [{"workspace": "globex"}, {"api_key": "plane_api_dave"}]
)
def test_a_workspace_that_is_closed_or_not_there_is_refused(open_client, options):
    with pytest.raises(errors.PlaneWorkspaceRefused) as caught:
        open_client(**options).list_projects()

    assert caught.value.workspace == options.get("workspace", "acme")


def test_a_finished_attachment_is_found_by_its_file(client, item):
    tickets = [create(client, item, external_id=f"F{n}") for n in range(3)]
    for ticket in tickets[:2]:
        client.complete_attachment(item, ticket.asset_id)

    found = [client.find_attachment(item, f"F{n}") for n in range(3)]

    assert found == [tickets[0].asset_id, tickets[1].asset_id, None]


def test_the_limit_needs_no_key_and_no_place_in_the_gate(client, plane, gate):
    assert client.get_file_size_limit() == 5_242_880

    (exchange,) = plane.exchanges("plane.instances")
    assert "x-api-key" not in exchange.headers
    assert gate.passed == 0


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"not found"),
        (500, BROKEN),
        (200, PAGE),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"config": null}'),
        (200, b'{"config": {"file_size_limit": "much"}}'),
        (200, b'{"config": {"file_size_limit": Infinity}}'),
        (200, b'{"config": {"file_size_limit": 0}}'),
    ],
)
def test_a_plane_that_does_not_tell_its_limit_has_none(client, plane, status, body):
    plane.fail(Fault("plane.instances", answer(status, body, JSON)))

    assert client.get_file_size_limit() is None


# --- attaching ----------------------------------------------------------------


def test_an_attachment_gets_a_ticket_for_its_bytes(client, item, plane, store):
    ticket = create(client, item, name="план.pdf", size=500)

    (row,) = plane.state.attachments("WEB-1")
    assert ticket.asset_id == row.id
    assert (row.name, row.type, row.size) == ("план.pdf", "application/pdf", 500)
    assert (row.external_id, row.external_source) == ("F1", "slack")
    assert not row.is_uploaded
    assert ticket.url == f"{store.origin}/uploads"
    assert dict(ticket.fields)["key"] == row.key
    assert ticket.granted == 500


def test_plane_may_grant_fewer_bytes_than_asked_for(client, item):
    assert create(client, item, size=10**9).granted == 5_242_880


def test_a_type_that_plane_no_longer_takes_is_sent_as_anything(client, item, plane):
    create(client, item, mimetype="image/heic")

    (row,) = plane.state.attachments("WEB-1")
    assert row.type == "application/octet-stream"


def test_a_refusal_that_is_not_for_the_type_is_told(client, item):
    with pytest.raises(errors.PlaneRejected) as caught:
        create(client, item, name="")

    assert caught.value.status == 400


def test_a_file_that_plane_knows_is_told_with_its_record(client, item):
    first = create(client, item)

    with pytest.raises(errors.AttachmentExists) as caught:
        create(client, item)

    assert caught.value.asset_id == first.asset_id


def test_a_record_is_uploaded_when_it_was_completed(client, item):
    asset_id = create(client, item).asset_id
    assert not client.is_uploaded(item, asset_id)

    client.complete_attachment(item, asset_id)
    client.complete_attachment(item, asset_id)

    assert client.is_uploaded(item, asset_id)


def test_a_deleted_record_is_gone_and_may_be_deleted_again(client, item, plane):
    asset_id = create(client, item).asset_id

    client.delete_attachment(item, asset_id)
    client.delete_attachment(item, asset_id)

    assert plane.state.attachments() == []
    with pytest.raises(errors.AttachmentGone):
        client.complete_attachment(item, asset_id)
    with pytest.raises(errors.AttachmentGone):
        client.is_uploaded(item, asset_id)
    assert create(client, item).asset_id != asset_id


def test_where_plane_keeps_files_below_its_own_address_it_is_used(store, open_client):
    with PlaneServer(store=store, rate_limit=None, storage_on_own_origin=True) as plane:
        client = open_client(api_url=plane.origin)
        ticket = create(client, client.get_work_item(WEB_1))

        assert ticket.url == f"{plane.origin}/uploads"


def test_a_work_item_that_is_gone_is_told(client, item, plane):
    plane.state.delete(plane.state.work_item("WEB-1"))

    with pytest.raises(errors.WorkItemNotFound) as caught:
        create(client, item)

    assert caught.value.item == "WEB-1"


def test_a_project_that_was_left_is_told(client, item, plane):
    plane.state.leave(plane.state.project("WEB"), "alice")

    for call in (
        lambda: create(client, item),
        lambda: client.complete_attachment(item, NOBODY),
        lambda: client.delete_attachment(item, NOBODY),
        lambda: client.is_uploaded(item, NOBODY),
    ):
        with pytest.raises(errors.ProjectRefused) as caught:
            call()
        assert caught.value.project == "WEB"


# --- what stands before Plane, and what it may answer -------------------------


def every_call(client, item):
    """Return each call of the client's that is counted, by its operation."""
    project = Project(item.project_id, "WEB")
    by_id = WorkItemId(item.project_id, item.work_item_id)
    return {
        "plane.projects": client.list_projects,
        "plane.work_item": lambda: client.get_work_item(WEB_1),
        "plane.work_item_by_id": lambda: client.get_work_item_by_id(by_id, project),
        "plane.create_attachment": lambda: create(client, item),
        "plane.complete_attachment": lambda: client.complete_attachment(item, NOBODY),
        "plane.delete_attachment": lambda: client.delete_attachment(item, NOBODY),
        "plane.attachment": lambda: client.is_uploaded(item, NOBODY),
        "plane.list_attachments": lambda: client.find_attachment(item, "F1"),
    }


OPERATIONS = [
    "plane.projects",
    "plane.work_item",
    "plane.work_item_by_id",
    "plane.create_attachment",
    "plane.complete_attachment",
    "plane.delete_attachment",
    "plane.attachment",
    "plane.list_attachments",
]
READING = [each for each in OPERATIONS if each not in OPERATIONS[4:7]]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("action", "problem"),
    [
        pytest.param(cut, errors.PlaneUnavailable, id="connection reset"),
        pytest.param(answer(500, BROKEN, JSON), errors.PlaneFailed, id="500"),
        pytest.param(answer(500, PAGE, HTML), errors.PlaneUnavailable, id="500 page"),
        pytest.param(answer(502, PAGE, HTML), errors.PlaneUnavailable, id="502"),
        pytest.param(answer(503, b""), errors.PlaneUnavailable, id="503"),
        pytest.param(answer(504, PAGE, HTML), errors.PlaneUnavailable, id="504"),
        pytest.param(answer(404, PAGE, HTML), errors.PlaneUnavailable, id="404 page"),
        pytest.param(answer(200, PAGE, HTML), errors.PlaneUnavailable, id="200 page"),
        pytest.param(
            answer(301, b"", {"Location": "/elsewhere/"}),
            errors.PlaneRejected,
            id="301",
        ),
        pytest.param(
            answer(307, b"", {"Location": "/elsewhere/"}),
            errors.PlaneRejected,
            id="307",
        ),
        pytest.param(
            answer(307, b"", {"Location": "http://[x"}),
            errors.PlaneUnavailable,
            id="[x",
        ),
        pytest.param(answer(401, b"{}", JSON), errors.PlaneKeyRefused, id="401"),
        pytest.param(answer(405, b"{}", JSON), errors.PlaneRejected, id="405"),
        pytest.param(answer(413, b"{}", JSON), errors.CallTooLarge, id="413"),
        pytest.param(answer(429, b"{}", JSON), errors.PlaneThrottled, id="429"),
    ],
)
def test_what_goes_wrong_is_told_by_its_type(
    client, item, plane, operation, action, problem
):
    plane.fail(Fault(operation, action, times=9))
    before = len(plane.exchanges())

    if (operation, problem) == ("plane.create_attachment", errors.PlaneFailed):
        problem = errors.PlaneStumbled  # what was sent may be its reason
    with pytest.raises(problem) as caught:
        every_call(client, item)[operation]()

    assert type(caught.value) is problem
    # One call, not tried again and not followed to anywhere.
    assert len(plane.exchanges()) == before + 1


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("key", ["wrong", "plane_api_gone"])
def test_a_key_that_is_refused_is_told(open_client, item, operation, key):
    with pytest.raises(errors.PlaneKeyRefused):
        every_call(open_client(api_key=key), item)[operation]()


@pytest.mark.parametrize("operation", READING)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"null",
        b"5",
        b'"text"',
        b"[5]",
        b"{}",
        b'{"id": 5}',
        json.dumps({"results": [{"id": "x"}], "next_page_results": False}).encode(),
        b'{"upload_data": 5, "asset_id": 7}',
        b"\xff\xfe",
        b'{"results": 5}',
    ],
)
def test_an_answer_that_is_not_planes_is_as_good_as_none(
    client, item, plane, operation, body
):
    plane.fail(Fault(operation, answer(200, body, JSON)))

    with pytest.raises(errors.PlaneUnavailable):
        every_call(client, item)[operation]()


@pytest.mark.parametrize("body", [b"{}", b'{"id": "x"}', b"[]", b""])
def test_a_conflict_without_a_record_is_as_good_as_no_answer(client, item, plane, body):
    plane.fail(Fault("plane.create_attachment", answer(409, body, JSON)))

    with pytest.raises(errors.PlaneUnavailable):
        create(client, item)


def test_a_forbidding_page_is_not_taken_for_planes_word_on_the_project(
    client, item, plane
):
    plane.fail(Fault("plane.create_attachment", answer(403, PAGE, HTML)))

    with pytest.raises(errors.PlaneRejected) as caught:
        create(client, item)

    assert caught.value.status == 403


def test_a_redirect_is_never_success(client, item, plane):
    """A sign-in service in front of Plane redirects whatever it does not know."""
    asset_id = create(client, item).asset_id
    away = answer(302, b"", {"Location": "https://sign-in.example.com/"})

    for operation, call in (
        ("plane.complete_attachment", client.complete_attachment),
        ("plane.delete_attachment", client.delete_attachment),
    ):
        plane.fail(Fault(operation, away))
        with pytest.raises(errors.PlaneRejected):
            call(item, asset_id)

    assert not client.is_uploaded(item, asset_id)


def test_an_attachment_that_is_shown_instead_of_redirected_to_is_not_trusted(
    client, item, plane
):
    plane.fail(Fault("plane.attachment", answer(200, b"{}", JSON)))

    with pytest.raises(errors.PlaneRejected):
        client.is_uploaded(item, NOBODY)


@pytest.mark.parametrize(
    ("action", "seconds"), [(cut, 2.0), (answer(504, PAGE, HTML), 30.0)]
)
def test_a_record_that_may_come_late_is_not_asked_for_again_before(
    client, item, plane, action, seconds
):
    plane.fail(Fault("plane.create_attachment", action))

    with pytest.raises(errors.PlaneUnavailable) as caught:
        create(client, item)

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("56", 56.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("86400", 3600.0),
        ("nan", 1.0),
        ("soon", 1.0),
        ("", 1.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1.0),
        ("Wed, 99 Oct 9999999 07:28:00 GMT", 1.0),
    ],
)
def test_a_429_closes_the_gate_for_everybody(
    client, item, plane, gate, header, seconds
):
    headers = {"Retry-After": header} if header else {}
    plane.fail(Fault("plane.create_attachment", answer(429, b"{}", headers)))

    with pytest.raises(errors.PlaneThrottled) as caught:
        create(client, item)

    assert caught.value.retry_after == seconds
    assert gate.pushed == [seconds]


def test_what_plane_has_left_is_told_to_the_gate(store, open_client, gate):
    with PlaneServer(store=store, rate_limit=3) as plane:
        client = open_client(api_url=plane.origin)
        client.get_work_item(WEB_1)
        client.get_work_item(WEB_1)

    assert gate.remaining == [2, 1]


@pytest.mark.parametrize("left", ["", "-1", "many", "1.5", "9" * 20, "\u0663"])
def test_what_is_no_number_of_calls_is_passed_over(client, plane, gate, left):
    headers = {"X-RateLimit-Remaining": left.encode().decode("latin-1")}
    plane.fail(Fault("plane.work_item", answer(200, b"{}", headers)))

    with contextlib.suppress(errors.Problem):
        client.get_work_item(WEB_1)

    assert gate.remaining == []


def test_planes_own_limit_is_heard(store, open_client, gate):
    with PlaneServer(store=store, rate_limit=3) as plane:
        client = open_client(api_url=plane.origin)
        for _ in range(3):
            client.get_work_item(WEB_1)
        with pytest.raises(errors.PlaneThrottled) as caught:
            client.get_work_item(WEB_1)

    assert 50 <= caught.value.retry_after <= 61
    assert gate.pushed == [caught.value.retry_after]


def test_an_outage_may_tell_how_long_it_lasts(client, plane):
    plane.fail(Fault("plane.work_item", answer(503, b"", {"Retry-After": "30"})))

    with pytest.raises(errors.PlaneUnavailable) as caught:
        client.get_work_item(WEB_1)

    assert caught.value.retry_after == 30.0


def test_a_plane_that_is_not_there_is_told(open_client, plane):
    plane.stop()

    with pytest.raises(errors.PlaneUnavailable):
        open_client().get_work_item(WEB_1)


def test_every_call_has_its_slash_its_key_and_its_place_in_the_gate(
    client, item, plane, gate
):
    create(client, item)
    for operation, call in every_call(client, item).items():
        try:
            call()
        except errors.LoadmasterError:
            assert operation in plane.exchanges()[-1].operation

    assert all(each.path.endswith("/") for each in plane.exchanges())
    assert {each.headers.get("x-api-key") for each in plane.exchanges()} == {
        "plane_api_alice"
    }
    assert gate.passed == len(plane.exchanges())


def test_a_workspace_cannot_lead_a_call_elsewhere(open_client, plane):
    with pytest.raises(errors.LoadmasterError):
        open_client(workspace="../../users/me?x=").get_work_item(WEB_1)

    (exchange,) = plane.exchanges()
    assert exchange.operation == "unknown"
