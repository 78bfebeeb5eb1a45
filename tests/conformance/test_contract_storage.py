"""Plane's contract: the presigned POST. Facts: observed, Plane CE 1.3.1 with radosgw.

Other stores are laxer (some check nothing at all): a client that passes here passes
there. Run live, this file says how strict the store behind that Plane is.
"""

import http.client
import re
from urllib.parse import urlsplit

import pytest

CONTENT = b"twelve bytes"


@pytest.fixture
def upload_data(plane):
    return plane.create().json()["upload_data"]


def code(answer):
    found = re.search(r"<Code>(\w+)</Code>", answer.text)
    return answer.status_code, found and found[1]


def test_the_form_as_given_with_the_file_last_is_stored(plane, upload_data):
    answer = plane.upload(upload_data, CONTENT)

    assert (answer.status_code, answer.content) == (204, b"")


def test_the_same_form_may_be_posted_again(plane, upload_data):
    plane.upload(upload_data, CONTENT)

    assert plane.upload(upload_data, CONTENT).status_code == 204


def test_fewer_bytes_than_declared_are_stored_without_a_word(plane, upload_data):
    assert plane.upload(upload_data, b"short").status_code == 204


def test_one_byte_too_many_is_refused(plane, upload_data):
    answer = plane.upload(upload_data, CONTENT + b"!")

    assert code(answer) == (400, "EntityTooLarge")


def test_an_empty_file_is_refused(plane, upload_data):
    answer = plane.upload(upload_data, b"")

    assert code(answer) == (400, "EntityTooSmall")


def test_a_tampered_signature_is_refused(plane, upload_data):
    answer = plane.upload(upload_data, CONTENT, **{"x-amz-signature": "0" * 64})

    assert code(answer) == (403, "AccessDenied")


@pytest.mark.parametrize(
    "changed", [{"Content-Type": "text/plain"}, {"key": "elsewhere"}]
)
def test_a_changed_field_is_refused(plane, upload_data, changed):
    answer = plane.upload(upload_data, CONTENT, **changed)

    assert code(answer) == (403, "AccessDenied")


@pytest.mark.parametrize("extra", ["acl", "success_action_status", "x-amz-meta-a"])
def test_a_field_that_was_not_signed_is_refused(plane, upload_data, extra):
    answer = plane.upload(upload_data, CONTENT, **{extra: "201"})

    assert code(answer) == (403, "AccessDenied")


def test_the_file_first_is_refused(plane, upload_data):
    parts = [("file", ("a", CONTENT))]
    parts += [(name, (None, value)) for name, value in upload_data["fields"].items()]

    answer = plane.anonymous.post(upload_data["url"], files=parts, timeout=30)

    assert code(answer) == (400, "InvalidArgument")


def test_an_authorization_header_is_refused(plane, upload_data):
    answer = plane.anonymous.post(
        upload_data["url"],
        data=upload_data["fields"],
        files={"file": ("a", CONTENT)},
        headers={"Authorization": "Bearer nobody"},
        timeout=30,
    )

    assert code(answer) == (400, "InvalidArgument")


def test_a_json_body_is_refused(plane, upload_data):
    answer = plane.anonymous.post(
        upload_data["url"], json=upload_data["fields"], timeout=30
    )

    assert code(answer) == (400, "InvalidArgument")


def test_a_chunked_body_is_refused(upload_data):
    url = urlsplit(upload_data["url"])
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    connection = kinds[url.scheme](url.netloc, timeout=30)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    connection.request(
        "POST", url.path, iter([b"--x--\r\n"]), headers, encode_chunked=True
    )
    status = connection.getresponse().status
    connection.close()

    assert status == 411


def test_a_name_that_the_store_expands_is_refused(plane):
    upload_data = plane.create(name="a ${filename}.png").json()["upload_data"]

    answer = plane.upload(upload_data, CONTENT)

    assert code(answer) == (403, "AccessDenied")


@pytest.mark.parametrize("name", ["q\"uo'te.png", "файл 文件.png", "a+b &c#?.png"])
def test_unusual_names_are_stored(plane, name):
    upload_data = plane.create(name=name).json()["upload_data"]

    assert plane.upload(upload_data, CONTENT).status_code == 204
