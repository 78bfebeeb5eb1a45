"""The relay: Slack's bytes become the body of Plane's presigned POST."""

import gzip
import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from bot import errors
from bot.clients.plane import UploadTicket
from bot.clients.storage import PresignedForm, Storage
from bot.clients.storage_answers import problem_of
from bot.domain.references import WorkItemKey
from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import Generated, SlackServer
from bot.sandbox.store import StoreServer
from bot.sandbox.wire import Fault, answer, cut

#: A self-signed certificate for 127.0.0.1 with its key; it protects nothing.
CERTIFICATE = Path(__file__).with_name("loopback.pem")
MIB = 1024 * 1024
#: More than sockets on loopback hold for a reader that does not read.
LARGE = Generated(24 * MIB)
SOON = 20.0
REFUSAL = b"<Error><Code>EntityTooLarge</Code><Message></Message></Error>"


def ignore(relayed):
    """Take no note of progress."""


@pytest.fixture
def ticket(client, item):
    """How to have Plane sign a POST for so many bytes."""

    def ticket_(size, **fields):
        known = {"name": "a.pdf", "mimetype": "application/pdf", "external_id": "F1"}
        return client.create_attachment(item, size=size, **{**known, **fields})

    return ticket_


@pytest.fixture
def relay(files, storage):
    """How to relay a file to a ticket's address."""

    def relay_(shared, ticket, progress=ignore):
        with files.open(shared) as download:
            storage.relay(download, ticket, progress=progress)

    return relay_


def caught(relay, shared, ticket):
    """Return the problem that the relay ends in."""
    with pytest.raises(errors.Problem) as info:
        relay(shared, ticket)
    return info.value


# --- what arrives -------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 12, 262_144, 262_145, 1_000_003])
def test_storage_gets_just_the_bytes_of_the_file(relay, upload, ticket, store, size):
    file, shared = upload(Generated(size))

    relay(shared, ticket(size))

    (stored,) = store.objects()
    assert (stored.sha256, stored.size) == (file.sha256, size)
    assert stored.content_type == "application/pdf"


@pytest.mark.parametrize("name", ['a "b".pdf', "план 設計.pdf", "a;b=c.pdf", "50%.pdf"])
def test_any_name_that_plane_signs_arrives(relay, upload, ticket, store, name):
    _, shared = upload()

    relay(shared, ticket(shared.size, name=name))

    (stored,) = store.objects()
    assert stored.key.endswith(f"-{name}")


def test_a_file_that_looks_like_a_form_stays_a_file(relay, upload, ticket, store):
    content = (
        b'\r\n--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nother\r\n--'
    )
    file, shared = upload(content)

    relay(shared, ticket(len(content)))

    assert store.objects()[0].sha256 == file.sha256


def test_the_request_has_a_length_and_no_secret(relay, upload, ticket, store):
    _, shared = upload(Generated(600_000))

    relay(shared, ticket(600_000))

    (exchange,) = store.exchanges("storage.post")
    assert int(exchange.headers["content-length"]) > 600_000
    assert "transfer-encoding" not in exchange.headers
    assert exchange.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert not {"authorization", "x-api-key", "cookie"} & set(exchange.headers)
    assert not any("xoxb" in value for value in exchange.headers.values())


def test_storage_below_planes_own_address_gets_no_key_either(
    store, open_client, relay, upload
):
    with PlaneServer(store=store, rate_limit=None, storage_on_own_origin=True) as plane:
        client = open_client(api_url=plane.origin)
        item = client.get_work_item(WorkItemKey("WEB", 1))
        file, shared = upload()
        wish = {"name": "a.pdf", "mimetype": "application/pdf", "external_id": "F1"}
        relay(shared, client.create_attachment(item, size=shared.size, **wish))

    (exchange,) = store.exchanges("storage.post")
    assert "x-api-key" not in exchange.headers
    assert store.objects()[0].sha256 == file.sha256


def test_progress_is_told_up_to_the_last_byte(relay, upload, ticket):
    _, shared = upload(Generated(600_000))
    told = []

    relay(shared, ticket(600_000), told.append)

    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 600_000


def test_connections_are_used_again(relay, upload, ticket, store):
    peers = set()
    store.fail(
        Fault(
            "storage.post",
            lambda request: peers.add(request.connection.getpeername()),
            times=3,
        )
    )
    _, shared = upload()

    for number in range(3):
        relay(shared, ticket(shared.size, external_id=f"F{number}"))

    assert len(peers) == 1


# --- when Slack does not send the file ----------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        ("truncated", "DownloadInterrupted"),
        ("cut", "DownloadInterrupted"),
        ("short", "DownloadMismatch"),
        ("long", "DownloadMismatch"),
    ],
)
def test_a_source_that_fails_leaves_nothing_in_storage(
    relay, upload, ticket, store, behaviour, problem
):
    file, shared = upload(Generated(3_000_000))
    granted = ticket(3_000_000)
    file.misbehave(behaviour, times=1)

    assert caught(relay, shared, granted).code == problem

    assert store.objects() == []
    # Neither connection is left in a state that would spoil the next file.
    relay(shared, granted)
    assert store.objects()[0].sha256 == file.sha256


def test_one_byte_too_many_at_the_end_is_never_stored(relay, upload, ticket, store):
    """Without a length, the surplus is seen only when all the rest has been sent."""
    file, shared = upload(Generated(262_144 * 2))
    granted = ticket(262_144 * 2 - 1)

    file.misbehave("unsized")
    shorter = type(shared)(shared.file_id, size=shared.size - 1, url=shared.url)

    assert caught(relay, shorter, granted).code == "DownloadMismatch"
    assert store.objects() == []


def test_a_fault_of_ours_while_sending_is_not_taken_for_storages(
    relay, upload, ticket, store
):
    _, shared = upload(Generated(600_000))

    def broken(relayed):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        relay(shared, ticket(600_000), broken)

    assert store.objects() == []


# --- what storage answers -----------------------------------------------------


def test_a_signature_that_ran_out_is_told(store, open_client, relay, upload):
    with PlaneServer(store=store, rate_limit=None, signed_url_expiration=-1) as plane:
        client = open_client(api_url=plane.origin)
        item = client.get_work_item(WorkItemKey("WEB", 1))
        _, shared = upload()
        wish = {"name": "a.pdf", "mimetype": "application/pdf", "external_id": "F1"}
        granted = client.create_attachment(item, size=shared.size, **wish)

        assert caught(relay, shared, granted).code == "StorageExpired"


def test_the_reason_of_storage_is_told(relay, upload, ticket, store):
    _, shared = upload()
    granted = ticket(shared.size - 1)

    told = caught(relay, shared, granted)

    assert told.code == "UploadTooLarge"
    assert told.facts == {"host": "127.0.0.1", "size": shared.size}
    assert store.objects() == []


@pytest.mark.parametrize(
    ("status", "body", "code", "facts"),
    [
        (200, b"", None, {}),
        (201, b"<PostResponse/>", None, {}),
        (204, b"", None, {}),
        (200, b"\n<!DOCTYPE html><title>Sign in</title>", "StorageUnavailable", {}),
        (200, b"<html><body>Sign in</body></html>", "StorageUnavailable", {}),
        (202, b"", "StorageRefused", {"status": 202, "reason": ""}),
        (400, REFUSAL, "UploadTooLarge", {"host": "127.0.0.1", "size": 2900}),
        (413, b"<html>Too Large</html>", "UploadTooLarge", {"size": 2900}),
        (
            403,
            b"<Code>AccessDenied</Code>",
            "StorageRefused",
            {"reason": "AccessDenied"},
        ),
        (403, b"<Message>Policy Expired</Message>", "StorageExpired", {}),
        (404, b"not found", "StorageRefused", {"status": 404, "reason": ""}),
        (411, b"<Code>MissingContentLength</Code>", "StorageRefused", {"status": 411}),
        (403, b"<Code><!channel></Code>", "StorageRefused", {"reason": ""}),
        (408, b"", "StorageUnavailable", {}),
        (425, b"", "StorageUnavailable", {}),
        (429, b"", "StorageUnavailable", {}),
        (500, b"", "StorageUnavailable", {}),
        (503, b"<Code>SlowDown</Code>", "StorageUnavailable", {"host": "127.0.0.1"}),
        (400, b"<Code>RequestTimeout</Code>", "StorageUnavailable", {}),
    ],
)
def test_each_status_means_what_it_says(
    relay, upload, ticket, store, status, body, code, facts
):
    _, shared = upload()
    store.fail(Fault("storage.post", answer(status, body)))
    granted = ticket(shared.size)

    if code is None:
        relay(shared, granted)
        return
    told = caught(relay, shared, granted)

    assert told.code == code
    assert facts.items() <= told.facts.items()


def test_a_refusal_that_comes_compressed_is_understood(relay, upload, ticket, store):
    _, shared = upload()
    granted = ticket(shared.size)
    packed = gzip.compress(b"<Message>Policy expired</Message>")
    store.fail(Fault("storage.post", answer(403, packed, {"Content-Encoding": "gzip"})))

    assert caught(relay, shared, granted).code == "StorageExpired"


REDIRECTS = [
    *[(status, "/uploads") for status in (301, 302, 303)],
    *[(status, "http://127.0.0.1:1/") for status in (301, 302, 303, 307, 308)],
    (307, "http://[x"),
    (307, ""),
]


@pytest.mark.parametrize(("status", "location"), REDIRECTS)
def test_a_redirect_is_never_success_and_never_followed_by_itself(
    relay, upload, ticket, store, status, location
):
    _, shared = upload()
    granted = ticket(shared.size)
    store.fail(Fault("storage.post", answer(status, b"", {"Location": location})))

    told = caught(relay, shared, granted)

    assert told.code in {"StorageRedirected", "StorageUnavailable"}
    assert len(store.exchanges()) == 1
    assert store.objects() == []


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_post_tells_where_to(
    relay, upload, ticket, store, status
):
    _, shared = upload()
    granted = ticket(shared.size)
    new = {"Location": f"/{store.bucket.name}/?rk=e2c69a31"}
    store.fail(Fault("storage.post", answer(status, b"", new)))

    with pytest.raises(errors.StorageMoved) as info:
        relay(shared, granted)

    assert info.value.address == f"{granted.url}/?rk=e2c69a31"
    assert info.value.problem.facts == {"host": "127.0.0.1", "target": store.origin}
    assert store.objects() == []


def test_nothing_goes_unencrypted_to_the_storage_of_a_plane_with_tls(
    files, upload, ticket, store
):
    _, shared = upload()
    granted = ticket(shared.size)

    with (
        files.open(shared) as download,
        pytest.raises(errors.StorageUnencrypted) as info,
    ):
        Storage(threads=1, needs_tls=True).relay(download, granted, progress=ignore)

    assert info.value.facts == {"host": "127.0.0.1"}
    assert store.exchanges() == []


def test_a_busy_storage_may_tell_for_how_long(relay, upload, ticket, store):
    _, shared = upload()
    granted = ticket(shared.size)
    store.fail(Fault("storage.post", answer(503, b"", {"Retry-After": "12"})))

    assert caught(relay, shared, granted).retry_after == 12.0


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_storage_that_hangs_up_is_told(relay, upload, ticket, store, phase):
    _, shared = upload()
    granted = ticket(shared.size)
    store.fail(Fault("storage.post", cut, phase=phase))

    assert caught(relay, shared, granted).code == "StorageUnavailable"
    # What was sent is not sent again by itself.
    assert len(store.exchanges()) == 1


def test_a_storage_that_is_not_there_is_told(relay, upload, ticket, store):
    _, shared = upload()
    granted = ticket(shared.size)
    store.stop()

    told = caught(relay, shared, granted)

    assert told.code == "StorageUnreachable"
    assert told.facts == {"host": "127.0.0.1"}


def test_a_storage_that_takes_no_connection_in_time_is_not_reached():
    told = problem_of(requests.ConnectTimeout(), "s3.example")

    assert (told.code, told.facts) == ("StorageUnreachable", {"host": "s3.example"})


@pytest.mark.parametrize(
    "url",
    [
        "uploads/",
        "ftp://store/uploads",
        "http://[store/uploads",
        "http:///x",
        "",
        "None",
        "x" * 300,
    ],
)
def test_an_address_that_is_none_is_told(relay, upload, url):
    _, shared = upload()

    told = caught(relay, shared, UploadTicket("a", url, (), shared.size))

    assert told.code == "StorageMisconfigured"
    assert told.facts == {"address": url[:200]}


def test_an_address_glued_together_of_two_is_told(relay, upload):
    _, shared = upload()
    url = "https://api.plane.sohttps://bucket.example/"

    told = caught(relay, shared, UploadTicket("a", url, (), shared.size))

    # It has a host, if an odd one; that there is none of its name may pass.
    assert told.code == "StorageUnreachable"


# --- answers that come while the body is still on its way ---------------------


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class Hasty:
    """A storage that answers when it has read the head, and closes the connection."""

    def __init__(self, response, *, tls):
        self._response = response
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(SOON)
        self._tls = tls_context() if tls else None
        self._thread = threading.Thread(target=self._serve)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listening.getsockname()[1]}/uploads"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._listening.close()
        self._thread.join(SOON)

    def _serve(self):
        connection, _ = self._listening.accept()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            connection.sendall(self._response)
            # Closed in order first, then for good with the body unread.
            connection.shutdown(socket.SHUT_WR)


def hasty_answer(status, body=b""):
    head = f"HTTP/1.1 {status} Early\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.fixture(params=["plain", "tls"])
def hasty(request, monkeypatch):
    """How to open a hasty storage, over plain TCP and over TLS."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    return lambda response: Hasty(response, tls=request.param == "tls")


def test_a_refusal_that_comes_early_is_heard(relay, upload, hasty):
    _, shared = upload(LARGE)

    with hasty(hasty_answer(400, REFUSAL)) as storage:
        told = caught(relay, shared, UploadTicket("a", storage.url, (), LARGE.size))

    assert told.code == "UploadTooLarge"
    assert told.facts == {"host": "127.0.0.1", "size": LARGE.size}


def test_a_yes_before_the_last_byte_was_sent_is_no_yes(relay, upload, hasty):
    _, shared = upload(LARGE)

    with hasty(hasty_answer(204)) as storage:
        told = caught(relay, shared, UploadTicket("a", storage.url, (), LARGE.size))

    assert told.code == "StorageUnavailable"


def test_a_storage_that_closes_without_a_word_is_told(relay, upload, hasty):
    _, shared = upload(LARGE)

    with hasty(b"") as storage:
        told = caught(relay, shared, UploadTicket("a", storage.url, (), LARGE.size))

    assert told.code == "StorageUnavailable"


def test_a_file_arrives_over_tls(relay, upload, open_client, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    file, shared = upload(Generated(3_000_000))
    wish = {"name": "a.pdf", "mimetype": "application/pdf", "external_id": "F1"}

    with (
        StoreServer(tls=tls_context()) as store,
        PlaneServer(store=store, rate_limit=None) as plane,
    ):
        client = open_client(api_url=plane.origin)
        item = client.get_work_item(WorkItemKey("WEB", 1))
        relay(shared, client.create_attachment(item, size=shared.size, **wish))
        (stored,) = store.objects()

    assert stored.sha256 == file.sha256


def test_a_storage_with_a_certificate_of_nobodys_gets_nothing(relay, upload):
    _, shared = upload()

    with StoreServer(tls=tls_context()) as store:
        url = f"{store.origin}/uploads"
        told = caught(relay, shared, UploadTicket("a", url, (), shared.size))
        assert store.exchanges() == []

    assert told.code == "StorageUnreachable"


# --- memory -------------------------------------------------------------------

RELAY = """
import resource, sys, tracemalloc
from bot.clients.plane import UploadTicket
from bot.clients.slack_files import SlackFiles
from bot.clients.storage import Storage
from bot.domain.files import SharedFile

slack, storage, *files = sys.argv[1:]
source = SlackFiles(token="xoxb-sandbox", api_url=slack, threads=1)
sink = Storage(threads=1)
tracemalloc.start()
for each in files:
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    file_id, size, url = each.split(" ")
    file = SharedFile(file_id, size=int(size), url=url)
    with source.open(file) as download:
        fields = (("key", "a/" + file_id),)
        sink.relay(download, UploadTicket("a", storage, fields, file.size),
                   progress=lambda relayed: None)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    print(tracemalloc.get_traced_memory()[1] - before)
"""


def test_a_large_file_takes_no_more_memory_than_a_small_one():
    sizes = (MIB, 64 * MIB)
    with StoreServer() as store, SlackServer() as slack:
        received = []

        def count(request):
            """Take the body in as a store does, without the work of checking it."""
            while piece := request.stream.read(min(262_144, request.stream.left)):
                received.append(len(piece))
            return answer(204)(request)

        store.fail(Fault("storage.post", count, times=2))
        files = [slack.add_file(content=Generated(size)) for size in sizes]
        shown = [slack.events.show_file(file) for file in files]
        done = subprocess.run(
            [sys.executable, "-c", RELAY, slack.api_url, f"{store.origin}/uploads"]
            + [f"{x['id']} {x['size']} {x['url_private_download']}" for x in shown],
            env={"PATH": os.environ.get("PATH", "")},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.stderr == ""
    small, small_made, large, large_made = map(int, done.stdout.split())
    assert sum(received) > sum(sizes)
    assert large - small < 8 * MIB
    # What Python itself allocates: one piece, and nothing that grows.
    assert max(small_made, large_made) < MIB


# --- the body itself ----------------------------------------------------------


def test_the_body_is_just_as_long_as_it_says_and_ends_when_all_was_sent():
    form = PresignedForm([("key", "a/é")], [b"12", b"345"], size=5, progress=ignore)

    body = b""
    for piece in form:
        assert not form.is_sent
        body += piece

    assert form.is_sent
    assert len(body) == len(form)
    boundary = form.content_type.partition("boundary=")[2].encode()
    assert body.endswith(b"\r\n12345\r\n--" + boundary + b"--\r\n")
    assert body.index(b'name="key"') < body.index(b'name="file"')


# --- read back --------------------------------------------------------------------


@pytest.fixture
def stored(client, item, relay, upload, ticket):
    """Where storage has the bytes of a file, and the bytes."""
    content = b"what is in the file"
    _, shared = upload(content)
    made = ticket(len(content))
    relay(shared, made)
    client.complete_attachment(item, made.asset_id)
    return client.find_download(item, made.asset_id), content


def test_what_was_stored_can_be_read_back(storage, stored):
    url, content = stored

    assert storage.read_back(url, most=100) == content
    assert storage.read_back(url, most=4) == content[:4]


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (answer(403, b"<Code>AccessDenied</Code>"), errors.StorageRefused),
        (answer(404, b"<Code>NoSuchKey</Code>"), errors.StorageRefused),
        (answer(302, b"", {"Location": "https://a.test/"}), errors.StorageRedirected),
        (answer(302, b"", {"Location": "https://[x"}), errors.StorageUnavailable),
        (answer(307, b"", {"Location": "/uploads/"}), errors.StorageMoved),
        (answer(503), errors.StorageUnavailable),
        (cut, errors.StorageUnavailable),
    ],
)
def test_what_is_not_given_out_is_a_problem(storage, stored, store, action, problem):
    store.fail(Fault("storage.get", action))

    with pytest.raises(problem):
        storage.read_back(stored[0], most=100)


def test_nothing_is_read_without_tls_where_it_is_needed(stored, store):
    with pytest.raises(errors.StorageUnencrypted):
        Storage(threads=1, needs_tls=True).read_back(stored[0], most=100)

    assert store.exchanges("storage.get") == []


def test_a_record_without_bytes_has_no_address(client, item, ticket):
    assert client.find_download(item, ticket(5).asset_id) is None
