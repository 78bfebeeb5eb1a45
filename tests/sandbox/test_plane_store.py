"""The emulated store, and what Plane knows of it (observed, radosgw 16.2.15)."""

import hashlib
import socket

import pytest
import requests

from bot.sandbox.plane import PlaneServer
from bot.sandbox.signing import Bucket, presign_post
from bot.sandbox.store import StoreServer
from bot.sandbox.wire import ConnectionCut, Fault
from tests.sandbox.plane_calls import CONTENT, WISH, ask, create, one, path_of, upload


@pytest.mark.parametrize("size", [-1, 12.7, True])
def test_odd_sizes_make_policies_that_no_file_meets(plane, size):
    assert upload(create(plane, size=size)).status_code == 400


def test_an_emoji_in_the_name_is_refused_by_the_store_only(plane):
    made = create(plane, name="🎉.png")

    assert made.status_code == 200
    assert upload(made).status_code == 403


def test_storage_metadata_comes_a_second_after_completion(plane, clock):
    made = create(plane)
    upload(made, CONTENT[:5])
    ask(plane, "PATCH", one(plane, made))

    def metadata():
        row = ask(plane, "GET", path_of(plane, "WEB-1")).json()[0]
        return row["storage_metadata"]

    assert metadata() == {}
    clock.now += 1
    assert metadata()["ContentLength"] == 5
    assert metadata()["ETag"] == plane.stored(plane.state.attachments()[0]).etag


def test_storage_metadata_of_nothing_is_null(plane, clock):
    made = create(plane)
    ask(plane, "PATCH", one(plane, made))
    clock.now += 1

    row = ask(plane, "GET", path_of(plane, "WEB-1")).json()[0]

    assert row["storage_metadata"] is None
    assert row["is_uploaded"] is True


def test_a_detail_without_bytes_redirects_to_nothing(plane):
    made = create(plane)
    ask(plane, "PATCH", one(plane, made))

    detail = ask(plane, "GET", one(plane, made))

    answer = requests.get(detail.headers["Location"], timeout=10)
    assert answer.status_code == 404
    assert "<Code>NoSuchKey</Code>" in answer.text


def test_a_policy_expires_after_an_hour(plane, clock):
    made = create(plane)
    clock.now += 3601

    answer = upload(made)

    assert answer.status_code == 403
    assert "Policy expired" in answer.text


def test_a_presigned_url_expires_after_an_hour_and_cannot_be_changed(plane, clock):
    made = create(plane)
    upload(made)
    ask(plane, "PATCH", one(plane, made))
    url = ask(plane, "GET", one(plane, made)).headers["Location"]

    tampered = requests.get(url.replace("attachment%3B", "inline%3B"), timeout=10)
    clock.now += 3601
    late = requests.get(url, timeout=10)

    assert (tampered.status_code, late.status_code) == (403, 403)


def test_storage_on_planes_own_origin_is_named_by_the_host_header(store, clock):
    with PlaneServer(store=store, storage_on_own_origin=True, clock=clock) as plane:
        named = ask(
            plane,
            "POST",
            path_of(plane, "WEB-1"),
            json=WISH,
            headers={"Host": "plane.example.com", "X-Forwarded-Proto": "https"},
        )
        made = create(plane)
        stored = upload(made)
        ask(plane, "PATCH", one(plane, made))
        detail = ask(plane, "GET", one(plane, made))
        back = requests.get(detail.headers["Location"], timeout=10)

    url = named.json()["upload_data"]["url"]
    assert url == "https://plane.example.com/uploads"
    assert detail.headers["Location"].startswith(f"{plane.origin}/uploads/")
    assert (stored.status_code, back.content) == (204, CONTENT)
    assert [each.status for each in store.exchanges("storage.post")] == [204]


def test_a_body_cut_short_stores_nothing(plane, store):
    made = create(plane).json()["upload_data"]
    form = requests.Request(
        "POST", made["url"], data=made["fields"], files={"file": ("a", CONTENT)}
    ).prepare()
    host, port = store.origin.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port))) as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in form.headers.items())
        client.sendall(f"POST /uploads HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
        client.sendall(form.body[:-20])
        client.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionResetError):
            client.recv(1)

    assert store.objects() == []
    assert [each.status for each in store.exchanges("storage.post")] == [None]


def test_a_form_without_its_closing_boundary_is_stored(plane, store):
    made = create(plane).json()["upload_data"]
    form = requests.Request(
        "POST", made["url"], data=made["fields"], files={"file": ("a", CONTENT)}
    ).prepare()
    cut_at = form.body.rindex(b"\r\n--")

    answer = requests.post(
        made["url"],
        data=form.body[:cut_at],
        headers={"Content-Type": form.headers["Content-Type"]},
        timeout=10,
    )

    assert answer.status_code == 204
    assert store.read(made["fields"]["key"]) == CONTENT


def test_a_replayed_form_overwrites_a_completed_attachment(plane, store):
    made = create(plane)
    upload(made)
    ask(plane, "PATCH", one(plane, made))

    upload(made, b"other bytes")

    assert store.read(plane.state.attachments()[0].key) == b"other bytes"


def test_a_storage_fault_after_the_effect_leaves_the_object(plane, store):
    made = create(plane)

    def lose(request):
        raise ConnectionCut

    store.fail(Fault("storage.post", lose, phase="after"))

    with pytest.raises(requests.ConnectionError):
        upload(made)

    assert plane.stored(plane.state.attachments()[0]).size == len(CONTENT)


def test_a_store_that_keeps_no_bytes_still_knows_size_and_digest():
    with (
        StoreServer(keep=False) as store,
        PlaneServer(store=store, rate_limit=None) as plane,
    ):
        upload(create(plane))
        stored = plane.stored(plane.state.attachments()[0])

    assert (stored.size, stored.path) == (len(CONTENT), None)
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ("policy first, junk last", 204),
        ("signature last", 400),
        ("two files", 204),
        ("no policy", 403),
        ("File", 204),
    ],
)
def test_the_order_of_a_form_matters_as_to_radosgw(plane, store, order, status):
    given = create(plane).json()["upload_data"]
    fields = [(name, (None, value)) for name, value in given["fields"].items()]
    file = ("file", ("a", CONTENT))
    signature = fields.pop()
    forms = {
        "policy first, junk last": [signature, *fields[::-1], file, ("foo", "bar")],
        "signature last": [*fields, file, signature],
        "two files": [*fields, signature, file, ("file", ("b", b"second"))],
        "no policy": [fields[1], file],
        "File": [*fields, signature, ("File", file[1])],
    }

    answer = requests.post(given["url"], files=forms[order], timeout=10)

    assert answer.status_code == status
    assert [store.read(each.key) for each in store.objects()] == (
        [CONTENT] if status == 204 else []
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/uploads/a", 403), ("GET", "/uploads/a", 403), ("POST", "/other", 404)],
)
def test_the_store_has_nothing_for_other_requests(store, method, path, status):
    answer = requests.request(method, store.origin + path, data=b"x", timeout=10)

    assert answer.status_code == status


def test_a_policy_signed_by_a_stranger_is_refused(store, clock):
    stranger = Bucket(access_key="stranger")
    fields = presign_post(
        stranger, key="k", content_type="text/csv", size=9, now=clock.now, ttl=60
    )

    answer = requests.post(
        f"{store.origin}/uploads", data=fields, files={"file": ("a", b"1")}, timeout=10
    )

    assert answer.status_code == 403
