"""Plane's file storage at its worst: waited out, or told with what to mend.

Plain and over TLS, on a host of its own and on Plane's.
"""

import contextlib
import functools
import socket
import ssl
import threading
from pathlib import Path

import pytest

from bot.sandbox import wire
from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import Generated
from bot.sandbox.store import StoreServer
from tests.world import open_world

#: A self-signed certificate for 127.0.0.1 with its key; it protects nothing.
CERTIFICATE = Path(__file__).parents[1] / "clients" / "loopback.pem"
#: More than sockets on loopback hold for a reader that does not read.
LARGE = Generated(24 * 1024 * 1024)


def xml(status, code):
    return wire.answer(status, f"<Error><Code>{code}</Code></Error>".encode())


def share(world, **options):
    file = world.slack.add_file(name="plan.bin", **options)
    return file, world.slack.share([file], text="WEB-1")


def assert_attached(world, file, message):
    assert "`plan.bin` is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("plan.bin", file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextlib.contextmanager
def running(folder, **classes):
    """Start a world of these servers, and a bot that trusts them."""
    with open_world(folder, **classes) as world:
        world.start_bot(REQUESTS_CA_BUNDLE=str(CERTIFICATE))
        yield world


@pytest.fixture(params=["plain", "tls"])
def large_world(request, tmp_path):
    """A world for large files, with storage over plain TCP or TLS."""
    tls = tls_context() if request.param == "tls" else None
    plane = functools.partial(PlaneServer, file_size_limit=LARGE.size)
    store = functools.partial(StoreServer, tls=tls)
    with running(tmp_path, plane_class=plane, store_class=store) as world:
        yield world


# --- what passes --------------------------------------------------------------


PASSING = [
    wire.answer(403, b"<Error><Message>Policy expired</Message></Error>"),
    xml(500, "InternalError"),
    xml(503, "SlowDown"),
    wire.answer(502, b"<html>Bad Gateway</html>"),
    wire.answer(200, b"<!doctype html><title>Sign in</title>"),
]


def test_what_passes_is_tried_again_with_new_credentials(world):
    for action in PASSING:
        world.store.fail(wire.Fault("storage.post", action))
    files = [world.slack.add_file(name=f"{each}.pdf") for each in range(len(PASSING))]

    message = world.slack.share(files, text="WEB-1")

    assert world.reply(message).count("is attached.") == len(PASSING)
    world.settle()
    expected = sorted((file.name, file.sha256) for file in files)
    assert sorted(world.attached("WEB-1")) == expected
    assert world.half_made("WEB-1") == []
    assert len(world.store.exchanges("storage.post")) == 2 * len(PASSING)
    # Never twice with one permission.
    created = world.plane.exchanges("plane.create_attachment")
    assert [each.status for each in created].count(200) == 2 * len(PASSING)


def test_a_307_to_storages_own_address_is_followed_once(world):
    bucket = f"/{world.store.bucket.name}/?rk=e2c69a31"
    world.store.fail(
        wire.Fault("storage.post", wire.answer(307, b"", {"Location": bucket}))
    )

    file, message = share(world)

    assert_attached(world, file, message)
    first, second = world.store.exchanges("storage.post")
    assert (first.query, second.query) == ("", "rk=e2c69a31")
    assert not {"authorization", "x-api-key", "cookie"} & set(second.headers)


def test_a_307_that_only_leads_to_another_is_told(world):
    bucket = f"/{world.store.bucket.name}/"
    again = wire.answer(307, b"", {"Location": bucket})
    world.store.fail(wire.Fault("storage.post", again, times=9))

    _, message = share(world)

    assert "sends me on to" in world.reply(message)
    assert len(world.store.exchanges()) == 2
    assert world.plane.state.attachments() == []


def test_an_answer_before_the_last_byte_is_heard(large_world):
    world = large_world
    world.store.fail(wire.Fault("storage.post", xml(400, "EntityTooLarge")))

    _, message = share(world, content=LARGE)

    text = world.reply(message)
    assert "takes nothing as large as `plan.bin` (24 MB)." in text
    assert world.plane.state.attachments() == []


def test_a_reset_in_the_middle_costs_another_try(large_world):
    world = large_world

    def read_some(request):
        request.stream.read(1_000_000)
        raise wire.ConnectionCut

    world.store.fail(wire.Fault("storage.post", read_some))

    file, message = share(world, content=LARGE)

    assert_attached(world, file, message)
    assert len(world.store.exchanges("storage.post")) == 2


def test_a_storage_that_hangs_is_shown_and_waited_out(world):
    hanging, release = threading.Event(), threading.Event()

    def hang(request):
        request.read()
        hanging.set()
        release.wait(20)
        raise wire.ConnectionCut

    world.store.fail(wire.Fault("storage.post", hang))

    file, message = share(world)
    assert hanging.wait(10)
    world.slack.wait_for_reply(
        "CGENERAL",
        message.ts,
        lambda reply: "\N{HOURGLASS WITH FLOWING SAND}" in reply.text,
    )
    release.set()

    assert_attached(world, file, message)


# --- what has to be mended -----------------------------------------------------


REFUSALS = [
    (xml(403, "SignatureDoesNotMatch"), "HTTP status 403, SignatureDoesNotMatch"),
    (xml(403, "InvalidAccessKeyId"), "AWS_S3_BUCKET_NAME and the access keys"),
    (xml(400, "EntityTooLarge"), "takes nothing as large as `name.pdf`"),
    (wire.answer(413, b"<html>Too Large</html>"), "FILE_SIZE_LIMIT in Plane's own."),
    (
        wire.answer(307, b"", {"Location": "https://evil.example/uploads"}),
        "`https://evil.example`, and I take `name.pdf` only where Plane says.",
    ),
    (
        wire.answer(301, b"", {"Location": "https://127.0.0.1/uploads"}),
        "AWS_S3_ENDPOINT_URL, AWS_REGION, and with MinIO MINIO_ENDPOINT_SSL.",
    ),
]


def test_what_storage_refuses_is_told_with_what_to_mend(world):
    for action, _ in REFUSALS:
        world.store.fail(wire.Fault("storage.post", action))
    files = [world.slack.add_file(name="name.pdf") for _ in REFUSALS]

    message = world.slack.share(files, text="WEB-1")

    lines = world.reply(message).splitlines()[1:]
    assert len(lines) == len(REFUSALS)
    assert [line for line in lines if "127.0.0.1" not in line] == []
    told = [says for _, says in REFUSALS if any(says in line for line in lines)]
    assert told == [says for _, says in REFUSALS]
    assert world.plane.state.attachments() == []
    assert len(world.store.exchanges()) == len(REFUSALS)


class Astray(PlaneServer):
    """A Plane that hands out an address where nobody is, until it is mended."""

    astray = True

    def storage_url(self, request):
        if not self.astray:
            return super().storage_url(request)
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            return f"http://127.0.0.1:{nobody.getsockname()[1]}/uploads"


def test_a_storage_that_nobody_reaches_is_told_with_planes_setting(tmp_path):
    with running(tmp_path, plane_class=Astray) as world:
        file, message = share(world)
        world.slack.wait_for_reply(
            "CGENERAL",
            message.ts,
            lambda reply: (
                "no connection to Plane's file storage at 127.0.0.1" in reply.text
                and "AWS_S3_ENDPOINT_URL" in reply.text
            ),
        )
        world.plane.astray = False

        assert_attached(world, file, message)


def test_an_unencrypted_storage_of_an_encrypted_plane_gets_nothing(tmp_path):
    plane = functools.partial(PlaneServer, tls=tls_context())
    with running(tmp_path, plane_class=plane) as world:
        _, message = share(world)

        text = world.reply(message)
        assert "unencrypted" in text
        assert "MINIO_ENDPOINT_SSL to 1, or AWS_S3_ENDPOINT_URL" in text
        assert world.store.exchanges() == []
        assert world.plane.state.attachments() == []


def test_storage_on_planes_own_origin_never_gets_its_key(tmp_path):
    tls = tls_context()
    plane = functools.partial(PlaneServer, storage_on_own_origin=True, tls=tls)
    with running(tmp_path, plane_class=plane) as world:
        file, message = share(world)

        assert_attached(world, file, message)
        (post,) = world.store.exchanges("storage.post")
        assert not {"x-api-key", "authorization", "cookie"} & set(post.headers)
        assert "plane_api_alice" not in str(post)
        assert post.path == "/uploads"
