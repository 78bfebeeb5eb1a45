"""Secrets, message texts and contents stay where they belong, whatever goes wrong."""

import contextlib
import functools
import http.client
import resource
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from bot.sandbox.plane import PlaneServer
from bot.sandbox.wire import Fault, answer, cut
from tests.world import open_world

CONTENT = b"the content of the file that nobody else may read"
TEXT = "hush-hush"
KEY = "plane_api_alice"
#: A server that shows what it was sent, as some do in their pages for errors.
ECHO = f"<html>X-API-Key: {KEY}, Bearer xoxb-sandbox, {TEXT}</html>".encode()
SOON = {"Retry-After": "0"}
JSON = {"Content-Type": "application/json"}
FAULTS = [
    ("plane", Fault("plane.projects", answer(502, ECHO))),
    ("plane", Fault("plane.work_item", answer(500, ECHO, JSON))),
    ("plane", Fault("plane.create_attachment", answer(200, b'{"odd": 1}', JSON))),
    (
        "plane",
        Fault("plane.create_attachment", answer(429, ECHO, {"Retry-After": "0"})),
    ),
    ("plane", Fault("plane.complete_attachment", cut, "after")),
    ("plane", Fault("plane.create_comment", answer(400, ECHO, JSON))),
    ("store", Fault("storage.post", answer(403, b"<Code>AccessDenied</Code>" + ECHO))),
    ("store", Fault("storage.post", answer(307, ECHO, {"Location": "http://x/"}))),
    ("store", Fault("storage.post", answer(503, ECHO))),
    ("slack", Fault("slack.chat.postMessage", answer(429, ECHO, SOON))),
    ("slack", Fault("slack.chat.update", answer(500, ECHO))),
    ("slack", Fault("slack.users.info", answer(302, b"", {"Location": "http://x/"}))),
]
PAGES = ("/healthz", "/readyz", "/x", "/metrics")
BEHAVIOURS = ["short", "cut", "gzip", "sign_in", "redirect", "redirect_elsewhere"]


class Taps:
    """Every byte that the bot sends, by who gets it."""

    def __init__(self, world):
        self.heard = {}
        for name, server in {
            "slack": world.slack.wire,
            "elsewhere": world.slack.files_cdn,
            "plane": world.plane.server,
            "store": world.store.server,
        }.items():
            self.heard[name] = bytearray()
            server.tap = self.heard[name].extend

    def leaks(self, name, *secrets):
        return [each for each in secrets if each.encode() in self.heard[name]]


@pytest.mark.parametrize("own_origin", [False, True])
def test_no_secret_text_or_content_gets_out_whatever_goes_wrong(tmp_path, own_origin):
    plane = functools.partial(PlaneServer, storage_on_own_origin=own_origin)
    with open_world(tmp_path, plane_class=plane) as world:
        taps = Taps(world)
        for server, fault in FAULTS:
            getattr(world, server).fail(replace(fault))
        world.start_bot(LOG_LEVEL="DEBUG")
        pages = work_through(world)
        world.bot.terminate()

        kept = world.bot.log.encode() + b"".join(
            path.read_bytes() for path in world.folder.glob("loadmaster.db*")
        )
        assert b"plan.txt" in kept  # so the places are the right ones
        slack = [world.slack.bot_token, world.slack.signing_secret]
        everything = [*slack, KEY, TEXT, CONTENT.decode()]
        for place in (kept, pages.encode()):
            assert [each for each in everything if each.encode() in place] == []
        assert len(taps.heard["elsewhere"]) == 0
        assert taps.leaks("slack", slack[1], KEY, TEXT, CONTENT.decode()) == []
        assert taps.leaks("store", *slack, KEY, TEXT) == []
        assert taps.leaks("plane", *slack, TEXT) == []
        assert bool(taps.leaks("plane", CONTENT.decode())) is own_origin
        assert CONTENT in taps.heard["plane" if own_origin else "store"]
        for exchange in world.store.exchanges():
            assert {"x-api-key", "authorization", "cookie"}.isdisjoint(exchange.headers)


def work_through(world):
    """Use the bot in every way, with faults of every kind; return its pages."""
    slack = world.slack
    files = [slack.add_file(name=f"{kind}.txt", content=CONTENT) for kind in BEHAVIOURS]
    for file in files:
        file.misbehave(file.name.removesuffix(".txt"), times=1)
    plan = slack.add_file(name="plan.txt", content=CONTENT)
    message = slack.share([plan, *files], text=f"{TEXT} WEB-1")
    text = world.reply(message, timeout=30)
    for told in ("is attached.", "sign-in page", "leads to the host"):
        assert told in text
    pid, limit = world.bot.process.pid, resource.RLIMIT_FSIZE
    resource.prlimit(pid, limit, (0, resource.RLIM_INFINITY))  # the disk is full
    refused = slack.share([slack.add_file(content=CONTENT)], text=f"{TEXT} WEB-2")
    world.wait(lambda: slack.delivery_of(refused).attempts)
    resource.prlimit(pid, limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    slack.command(f"WEB-3 {TEXT}")
    slack.react(message, "paperclip")
    slack.post(f"<@UBOT> {TEXT} WEB-4", thread_ts=message.ts)
    slack.deliver_event({"type": "message", "text": TEXT, "files": 1, "ts": None})
    for body in (b'{"text": "hush-hush"', b'{"type": "event_callback", "event": 1}'):
        slack.poster.post(slack.request_url, body, JSON)
        forge(slack.request_url, body)
    world.settle()
    pages = [world.bot.get(path)[1] for path in PAGES]
    assert 'outcome="Attached"' in pages[-1]
    for name in ("plan.txt", "WEB-1", message.channel_id, message.user):
        assert name not in pages[-1]  # nor anything about anybody
    return "".join(pages)


def forge(url, body):
    request = urllib.request.Request(url, body, {"X-Slack-Signature": TEXT})
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=5)


class Proxy(BaseHTTPRequestHandler):
    """Passes on what it is asked for, and notes the headers."""

    protocol_version = "HTTP/1.1"

    def pass_on(self):
        self.server.seen.append((self.path, dict(self.headers)))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        headers = {
            name: value
            for name, value in self.headers.items()
            if not name.lower().startswith("proxy-")
        }
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with contextlib.closing(http.client.HTTPConnection(parts.netloc)) as there:
            there.request(self.command, target, body, headers)
            got = there.getresponse()
            content = got.read()
        self.send_response(got.status)
        for name, value in got.getheaders():
            if name.lower() not in ("content-length", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = pass_on

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def proxy():
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_neither_a_netrc_nor_a_proxy_changes_who_gets_which_header(stopped, proxy):
    netrc = stopped.folder / ".netrc"
    netrc.write_text("machine 127.0.0.1 login eve password netrc-pass\n")
    netrc.chmod(0o600)
    address = f"http://eve:proxy-pass@127.0.0.1:{proxy.server_port}"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), address)
    environment = stopped.environment() | proxies
    stopped.start_bot_with(environment | {"HOME": str(stopped.folder)})

    message = stopped.slack.share([stopped.slack.add_file()], text="WEB-1")

    assert "is attached." in stopped.reply(message)
    stopped.settle()
    assert {urlsplit(path).netloc for path, _ in proxy.seen} == {
        urlsplit(each.origin).netloc
        for each in (stopped.slack, stopped.plane, stopped.store)
    }
    bearer = f"Bearer {stopped.slack.bot_token}"
    secrets = {"authorization", "x-api-key", "cookie", "proxy-authorization"}
    for sent, expected in (
        (stopped.slack.exchanges(), {"authorization": bearer}),
        (stopped.plane.exchanges(), {"x-api-key": KEY}),
        (stopped.store.exchanges(), {}),
    ):
        for exchange in sent:
            held = {
                name: exchange.headers[name] for name in secrets & {*exchange.headers}
            }
            # Plane's limit is asked for without the key.
            assert held == expected or (not held and "instances" in exchange.path)


def test_no_secret_of_socket_mode_gets_out_whatever_becomes_of_the_sockets(
    socket_world,
):
    world, slack = socket_world, socket_world.slack
    taps = Taps(world)
    echo = f"<html>Bearer {slack.app_token}</html>".encode()
    for action in (answer(503, echo), answer(429, echo, SOON), cut):
        slack.fail(Fault("slack.apps.connections.open", action))
    world.start_bot(LOG_LEVEL="DEBUG")
    for end in (slack.sockets.cut, slack.sockets.hang_up):
        world.wait_for_socket()
        end()
        message = slack.share([slack.add_file(content=CONTENT)], text=f"{TEXT} WEB-1")
        assert "is attached." in world.reply(message)
    world.settle()
    pages = "".join(world.bot.get(path)[1] for path in PAGES)
    world.bot.terminate()

    kept = world.bot.log.encode() + b"".join(
        path.read_bytes() for path in world.folder.glob("loadmaster.db*")
    )
    opened = slack.exchanges("slack.apps.connections.open")
    assert len(opened) > 3
    assert b"design.pdf" in kept  # so the places are the right ones
    tokens = [slack.app_token, slack.bot_token]
    everything = [*tokens, "ticket=", KEY, TEXT, CONTENT.decode()]
    for place in (kept, pages.encode()):
        assert [each for each in everything if each.encode() in place] == []
    for name in ("plane", "store", "elsewhere"):
        assert taps.leaks(name, *tokens, TEXT) == []
