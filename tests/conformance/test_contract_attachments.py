"""Plane's contract: attachments. Facts: observed, Plane CE 1.3.1."""

import base64
import json

import pytest

NOT_FOUND = {"error": "The requested resource does not exist."}
BROKEN = {"error": "Something went wrong please try again later"}
CONTENT = b"twelve bytes"


def complete(plane, asset_id, **body):
    return plane.ask("PATCH", plane.below(f"attachments/{asset_id}/"), json=body)


def listed(plane):
    answer = plane.ask("GET", plane.below("attachments/"))
    return [each["id"] for each in answer.json()]


def test_creating_answers_200_with_a_row_that_is_not_uploaded(plane):
    answer = plane.create(external_id=None)

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"upload_data", "asset_id", "attachment", "asset_url"}
    attachment = body["attachment"]
    assert attachment["id"] == body["asset_id"]
    assert attachment["attributes"] == {
        "name": "shot.png",
        "type": "image/png",
        "size": 12,
    }
    assert attachment["size"] == 12.0
    assert attachment["is_uploaded"] is False
    assert attachment["storage_metadata"] == {}


def test_the_policy_names_the_type_the_key_and_the_range(plane):
    body = plane.create().json()

    fields = body["upload_data"]["fields"]
    policy = json.loads(base64.b64decode(fields["policy"]))
    assert set(fields) == {
        "Content-Type",
        "key",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "policy",
        "x-amz-signature",
    }
    assert ["content-length-range", 1, 12] in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert {"key": fields["key"]} in policy["conditions"]
    assert fields["key"] == body["attachment"]["asset"]


@pytest.mark.parametrize(
    "mime",
    [
        *("text/x-python", "image/heic", "text/plain; charset=utf-8", "IMAGE/PNG", ""),
        ["image/png"],
    ],
)
def test_a_type_that_is_not_on_the_list_letter_by_letter_is_refused(plane, mime):
    answer = plane.create(type=mime)

    assert answer.status_code == 400
    assert answer.json() == {"error": "Invalid file type.", "status": False}


@pytest.mark.parametrize("body", [{"name": "..."}, {"name": " / "}, {"size": 0}])
def test_a_name_or_size_of_nothing_is_refused(plane, body):
    answer = plane.create(**body)

    assert answer.status_code == 400
    assert answer.json() == {"error": "Invalid request.", "status": False}


@pytest.mark.parametrize(
    "body",
    [
        {"size": "12"},
        {"name": "n" * 731},
        {"external_id": "\x00", "external_source": "slack"},
    ],
)
def test_some_mistakes_of_the_client_break_plane(plane, body):
    answer = plane.create(**body)

    assert (answer.status_code, answer.json()) == (500, BROKEN)


def test_a_size_over_the_limit_is_cut_without_a_word(plane):
    answer = plane.anonymous.get(f"{plane.url}/api/instances/", timeout=30)
    limit = int(answer.json()["config"]["file_size_limit"])

    body = plane.create(size=limit * 10)

    assert body.status_code == 200
    assert body.json()["attachment"]["attributes"]["size"] == limit


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.png", "y.png"),
        (".env", "env"),
        ("a..b.png", "ab.png"),
        ("a\u202eb\r\n“c”.png", "a\u202eb\r\n“c”.png"),
    ],
)
def test_names_lose_their_folders_and_leading_dots_only(plane, name, stored):
    body = plane.create(name=name).json()

    assert body["attachment"]["attributes"]["name"] == stored


def test_the_same_external_pair_answers_409_with_the_orphan_s_id(plane, unique):
    orphan = plane.create(external_id=unique, external_source="slack").json()

    again = plane.create(
        external_id=unique, external_source="slack", name="other.png", size=5
    )

    assert again.status_code == 409
    assert again.json()["id"] == orphan["asset_id"]


def test_the_same_external_id_of_another_source_is_another_attachment(plane, unique):
    plane.create(external_id=unique, external_source="slack")

    other = plane.create(external_id=unique, external_source="mail")

    assert other.status_code == 200


def test_an_external_id_without_its_source_is_never_a_twin(plane, unique):
    plane.create(external_id=unique)

    assert plane.create(external_id=unique).status_code == 200


def test_a_deleted_orphan_makes_room_for_its_twin(plane, unique):
    pair = {"external_id": unique, "external_source": "slack"}
    orphan = plane.create(**pair).json()["asset_id"]

    deleted = plane.ask("DELETE", plane.below(f"attachments/{orphan}/"))
    again = plane.create(**pair)

    assert deleted.status_code == 204
    assert again.status_code == 200
    assert again.json()["asset_id"] != orphan


def test_an_orphan_is_not_listed_and_cannot_be_read(plane):
    orphan = plane.create().json()["asset_id"]

    detail = plane.ask("GET", plane.below(f"attachments/{orphan}/"))

    assert orphan not in listed(plane)
    assert detail.status_code == 400
    assert detail.json() == {"error": "The asset is not uploaded.", "status": False}


def test_completed_attachments_are_listed_newest_first(plane):
    older, newer = plane.create().json(), plane.create().json()
    plane.upload(newer["upload_data"], CONTENT)

    answer = complete(plane, newer["asset_id"], is_uploaded=True)
    complete(plane, older["asset_id"])

    assert (answer.status_code, answer.content) == (204, b"")
    ids = listed(plane)
    assert ids.index(newer["asset_id"]) < ids.index(older["asset_id"])


@pytest.mark.parametrize("body", [{}, {"is_uploaded": False}])
def test_completing_heeds_neither_the_body_nor_missing_bytes(plane, body):
    made = plane.create().json()["asset_id"]

    answer = complete(plane, made, **body)

    assert answer.status_code == 204
    assert made in listed(plane)


def test_completing_twice_is_well(plane):
    made = plane.create().json()["asset_id"]

    complete(plane, made)

    assert complete(plane, made).status_code == 204


def test_completing_an_unknown_attachment_is_not_found(plane):
    answer = complete(plane, "00000000-0000-4000-8000-000000000000")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_completed_attachment_redirects_to_the_very_bytes(plane):
    made = plane.create(name="Übersicht 1.png").json()
    plane.upload(made["upload_data"], CONTENT)
    complete(plane, made["asset_id"])

    detail = plane.ask("GET", plane.below(f"attachments/{made['asset_id']}/"))
    bytes_back = plane.anonymous.get(detail.headers["Location"], timeout=30)

    assert detail.status_code == 302
    assert bytes_back.status_code == 200
    assert bytes_back.content == CONTENT
    assert bytes_back.headers["Content-Type"] == "image/png"
    assert "%C3%9Cbersicht%201.png" in bytes_back.headers["Content-Disposition"]


def test_a_presigned_url_is_for_reading_only(plane):
    made = plane.create().json()
    plane.upload(made["upload_data"], CONTENT)
    complete(plane, made["asset_id"])
    detail = plane.ask("GET", plane.below(f"attachments/{made['asset_id']}/"))

    head = plane.anonymous.head(detail.headers["Location"], timeout=30)

    assert head.status_code == 403


def test_a_deleted_attachment_is_gone_but_its_bytes_stay(plane):
    made = plane.create().json()
    path = plane.below(f"attachments/{made['asset_id']}/")
    plane.upload(made["upload_data"], CONTENT)
    complete(plane, made["asset_id"])
    location = plane.ask("GET", path).headers["Location"]

    first, second = plane.ask("DELETE", path), plane.ask("DELETE", path)

    assert (first.status_code, second.status_code) == (204, 404)
    assert plane.ask("GET", path).status_code == 404
    assert plane.anonymous.get(location, timeout=30).content == CONTENT


def test_creating_without_the_slash_is_redirected_and_makes_nothing(plane):
    path = plane.below("attachments")

    answer = plane.ask("POST", path, json={"name": "a", "type": "text/csv", "size": 1})

    assert answer.status_code == 301


def test_a_key_instead_of_ids_leads_nowhere(plane):
    identifier = plane.item.rpartition("-")[0]

    answer = plane.ask(
        "POST", f"projects/{identifier}/work-items/{plane.item}/attachments/", json={}
    )

    assert (answer.status_code, answer.json()) == (404, {"error": "Page not found."})


@pytest.mark.parametrize(
    ("older", "tail", "status"),
    [
        (True, "issue-attachments/", 200),
        (True, "attachments/", 404),
        (False, "issue-attachments/", 404),
    ],
)
def test_the_older_path_is_older_in_both_its_parts(plane, older, tail, status):
    path = plane.below(tail)
    path = path.replace("work-items", "issues") if older else path

    assert plane.ask("GET", path).status_code == status


def test_other_methods_are_not_allowed(plane):
    made = plane.create().json()["asset_id"]

    answer = plane.ask("PUT", plane.below(f"attachments/{made}/"), json={})

    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "PUT" not allowed.'}


def test_a_body_that_is_no_json_is_refused(plane):
    answer = plane.ask(
        "POST",
        plane.below("attachments/"),
        data=b"{",
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("JSON parse error - ")
