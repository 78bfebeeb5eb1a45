"""The HTTP side, asked over a real connection to its real server."""

import contextlib
import dataclasses
import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from bot.config import AttachSettings, PrivateFiles
from bot.domain.visits import Visitor
from bot.entrypoints.requests_from_slack import Verifier
from bot.entrypoints.web import (
    MOST_BODY_BYTES,
    MOST_HEAD_BYTES,
    HttpServer,
    WebApp,
    dispatch,
)
from bot.sandbox.slack.signing import sign
from bot.work.ledger.database import Database
from bot.work.precedence import Precedence
from bot.work.runner import Job, JobKind
from tests.entrypoints.bolt import Homes, build_bolt
from tests.migrated import put_database

ATTACH = AttachSettings(
    on_share=True,
    emoji="paperclip",
    command="/attach",
    external_users=False,
    private=PrivateFiles.ALLOW,
)
SECRET = "a-signing-secret"
#: How long requests are kept waiting, and a connection idle, in seconds.
HELD, IDLE = 1.0, 0.2
FILE = {
    "id": "F1",
    "name": "a.pdf",
    "mode": "hosted",
    "size": 12,
    "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/a.pdf",
}
MESSAGE = {
    "type": "message",
    "subtype": "file_share",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "text": "see WEB-12",
    "files": [FILE],
    "ts": "1700000000.000100",
}


@dataclass
class Readiness:
    reasons: list[str] = field(default_factory=list)

    def faults(self):
        return self.reasons


class Runner:
    def __init__(self):
        self.submitted = []

    def submit(self, job, *, at=0.0):
        self.submitted.append(job)


class Meter:
    """Notes what it is told of."""

    def __init__(self):
        self.answers, self.refusals, self.seconds = [], [], []

    def answered(self, kind, status, seconds):
        self.answers.append((kind, status))
        self.seconds.append(seconds)

    def refused(self, reason):
        self.refusals.append(reason)


@dataclass
class Site:
    """The web app behind its server, with what stands behind it."""

    port: int
    readiness: Readiness
    runner: Runner
    database: Database
    homes: Homes = field(default_factory=Homes)
    meter: Meter = field(default_factory=Meter)
    precedence: Precedence = field(default_factory=Precedence)

    def ask(self, method, path, body=b"", headers=None):
        """Make one request; return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def post(self, body, *, content_type="application/json", **changes):
        """Post as Slack does; *changes* are headers that are different."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": content_type, **signed(raw), **changes}
        return self.ask("POST", "/slack/events", raw, headers)

    def stored(self):
        with self.database.read() as connection:
            return connection.execute(text("SELECT count(*) FROM shares")).scalar_one()


def signed(raw):
    return sign(SECRET, int(time.time()), raw)


def rename(site, table, name):
    with site.database.write() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def event(fields=MESSAGE, **envelope):
    known = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1"}
    return {**known, "event": fields, **envelope}


@contextlib.contextmanager
def serve(app):
    """Run *app* behind its server; yield the port."""
    server = HttpServer(app, host="127.0.0.1", port=0)
    server.start()
    try:
        yield int(server.url.rpartition(":")[2])
    finally:
        server.stop()


@pytest.fixture
def site(tmp_path):
    put_database(tmp_path / "loadmaster.db")
    database = Database(f"sqlite:///{tmp_path}/loadmaster.db")
    runner, readiness = Runner(), Readiness()
    homes = Homes()
    bolt = build_bolt(database, runner, ATTACH, homes=homes)
    meter = Meter()
    precedence = Precedence()
    options = {
        "precedence": precedence,
        "meter": meter,
        "scrape": lambda: "loadmaster_shares_total 0.0\n",
    }
    app = WebApp(readiness, app=bolt, verifier=Verifier(SECRET), **options)
    with serve(app) as port:
        yield Site(port, readiness, runner, database, homes, meter, precedence)
    database.close()


@pytest.fixture
def health_only():
    """A site as in Socket Mode: it hears nothing from Slack."""
    readiness = Readiness()
    with serve(WebApp(readiness, app=None, verifier=None)) as port:
        yield Site(port, readiness, Runner(), None)


# --- health -------------------------------------------------------------------


def test_it_is_alive_as_soon_as_it_answers(site):
    site.readiness.reasons.append("there is no socket to Slack")

    status, headers, body = site.ask("GET", "/healthz")

    assert (status, body) == (200, b"ok\n")
    assert headers.get_all("Content-Type") == ["text/plain; charset=utf-8"]


def test_it_is_ready_when_nothing_is_in_its_way(site):
    assert site.ask("GET", "/readyz")[::2] == (200, b"ready\n")

    site.readiness.reasons += ["no socket", "no database"]

    assert site.ask("GET", "/readyz")[::2] == (503, b"no socket\nno database\n")


def test_metrics_are_told_as_prometheus_reads_them(site):
    status, headers, body = site.ask("GET", "/metrics")

    assert (status, body) == (200, b"loadmaster_shares_total 0.0\n")
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_where_nothing_is_measured_there_are_no_metrics(health_only):
    assert health_only.ask("GET", "/metrics")[0] == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_head_is_answered_without_a_body(site, path):
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(
            f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b""


@pytest.mark.parametrize(
    "path", ["/", "/slack", "/slack/events/", "/healthz/x", "/.env"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_is_nothing_else(site, method, path):
    assert site.ask(method, path)[0] == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/slack/events"),
        ("PUT", "/slack/events"),
        ("POST", "/healthz"),
        ("DELETE", "/readyz"),
        ("POST", "/metrics"),
    ],
)
def test_another_method_is_refused(site, method, path):
    status, headers, _ = site.ask(method, path)

    assert status == 405
    assert headers["Allow"] == ("POST" if "slack" in path else "GET, HEAD")


def test_in_socket_mode_nothing_is_taken_in(health_only):
    assert health_only.ask("GET", "/healthz")[0] == 200
    assert health_only.post(event())[0] == 404


# --- what Slack sends ---------------------------------------------------------


def test_an_event_is_stored_before_it_is_answered(site):
    assert site.post(event())[0] == 200

    assert site.stored() == 1
    assert site.runner.submitted == [Job(JobKind.SHARE, 1, "C1")]


def test_each_answer_is_counted_with_the_time_that_it_took(site):
    assert site.post(event())[0] == 200
    assert site.post(event({"type": "something_new"}))[0] == 200
    rename(site, "shares", "away")
    message = {**MESSAGE, "ts": "1700000000.000200"}
    assert site.post(event(message))[0] == 500

    assert site.meter.answers == [("message", 200), ("other", 200), ("message", 500)]
    assert all(0 < seconds < 20 for seconds in site.meter.seconds)
    assert site.meter.refusals == []


def test_the_time_that_a_request_waits_for_its_turn_or_a_thread_counts(site):
    messages = [{**MESSAGE, "ts": f"1700000000.{number:06}"} for number in range(8)]
    asking = [
        threading.Thread(target=site.post, args=(event(message),))
        for message in messages
    ]
    with site.precedence.turn():
        for thread in asking:
            thread.start()
        # Most of the requests have come whole by the first half of it.
        threading.Event().wait(HELD)
    for thread in asking:
        thread.join(20)

    assert len(site.meter.seconds) == 8
    assert sum(seconds > 0.5 for seconds in site.meter.seconds) > 4


def test_the_time_between_the_requests_of_a_connection_does_not_count(site):
    raw = json.dumps(event()).encode()
    headers = {"Content-Type": "application/json", **signed(raw)}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    took = []
    with contextlib.closing(connection):
        for _ in range(2):
            threading.Event().wait(IDLE)
            started = time.monotonic()
            connection.request("POST", "/slack/events", raw, headers)
            assert connection.getresponse().read() == b""
            took.append(time.monotonic() - started)

    assert site.meter.seconds[1] <= took[1]


def test_each_refusal_is_counted(site):
    ids = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "trigger_id": "1.2.a"}
    command = urlencode({"command": "/attach", "text": "WEB-1", **ids}).encode()
    form = "application/x-www-form-urlencoded"
    headers = {"Content-Type": form, **signed(command)}
    rename(site, "shares", "away")
    assert site.ask("POST", "/slack/events", command, headers)[0] == 500
    rename(site, "away", "shares")
    for _ in range(2):
        site.ask("POST", "/slack/events", command, headers)
    site.post(b"{")
    site.ask("POST", "/slack/events", b"{}")

    assert site.meter.refusals == ["repeated", "malformed", "unsigned"]


def test_an_event_that_comes_again_is_answered_and_not_worked_on_again(site):
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}

    assert site.post(event())[0] == 200
    assert site.post(event(), **retry)[0] == 200
    assert site.post(event(event_id="Ev2"))[0] == 200

    assert site.stored() == 1
    assert len(site.runner.submitted) == 1


def test_an_event_that_slack_tried_before_is_stored_all_the_same(site):
    assert site.post(event(), **{"X-Slack-Retry-Num": "3"})[0] == 200

    assert site.stored() == 1


def test_an_event_that_cannot_be_stored_is_not_taken(site, caplog):
    rename(site, "shares", "away")

    assert site.post(event())[0] == 500
    assert site.runner.submitted == []
    # The log has the reason, and nothing of what somebody shared.
    assert "no such table" in caplog.text
    assert "a.pdf" not in caplog.text

    rename(site, "away", "shares")
    assert site.post(event())[0] == 200
    assert site.stored() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "message", "text": "hello"},
        {**MESSAGE, "text": "no key"},
        {**MESSAGE, "subtype": "message_deleted"},
        {**MESSAGE, "text": None},
        {**MESSAGE, "ts": 5},
        {**MESSAGE, "files": "F1"},
        {"type": "reaction_added", "reaction": "paperclip"},
        {"type": "app_home_opened"},
        {"type": "something_new"},
        {"type": "app_uninstalled"},
        {"type": ""},
    ],
)
def test_what_is_none_of_its_business_is_answered_with_200(site, fields):
    assert site.post(event(fields))[0] == 200

    assert site.stored() == 0
    assert site.runner.submitted == []


def test_whoever_opens_the_home_tab_is_shown_their_home(site):
    visit = {"type": "app_home_opened", "user": "U1", "channel": "D1"}

    assert site.post(event({**visit, "tab": "messages"}))[0] == 200
    assert site.homes.shown == []
    assert site.post(event({**visit, "tab": "home"}))[0] == 200

    assert site.homes.shown == [Visitor("T1", "U1")]
    assert site.stored() == 0


PRESS = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "actions": [{"type": "button", "action_id": "retry", "value": "17"}],
}


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ({"view": {"type": "home"}}, [Visitor("T1", "U1")]),
        ({"view": {"type": "modal"}}, []),
        ({"channel": {"id": "C1"}}, []),
    ],
)
def test_a_press_in_the_home_has_it_shown_anew(site, where, shown):
    assert site.post({**PRESS, **where})[0] == 200

    assert site.homes.shown == shown
    assert site.runner.submitted == []


def test_slacks_challenge_is_answered(site):
    status, headers, body = site.post({"type": "url_verification", "challenge": "abc"})

    assert status == 200
    assert json.loads(body) == {"challenge": "abc"}
    assert len(headers.get_all("Content-Type")) == 1
    assert headers["Content-Type"].startswith("application/json")


def test_that_events_are_limited_is_taken_note_of(site, caplog):
    body = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1518467}

    assert site.post(body)[0] == 200

    assert "app_rate_limited" in caplog.text


def test_a_form_is_read(site):
    form = urlencode({"command": "/nothing", "text": "payload"}).encode()

    status, *_ = site.post(form, content_type="application/x-www-form-urlencoded")

    assert status == 404  # no such command here


# --- what others send ---------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "0"},
        {"X-Slack-Request-Timestamp": "soon"},
    ],
)
def test_what_slack_did_not_sign_is_refused(site, changes, caplog):
    status, _, body = site.post(event(), **changes)

    assert status == 401
    assert body == b"not signed by Slack\n"
    assert site.stored() == 0
    assert "WEB-12" not in caplog.text


def test_a_request_with_no_headers_of_slacks_is_refused(site):
    assert site.ask("POST", "/slack/events", b"{}")[0] == 401


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"[" * 50_000, b'{"type": "event_callback"}']
)
def test_what_cannot_be_read_is_told(site, raw):
    assert site.post(raw)[0] == 400


def test_a_body_that_is_too_long_is_not_taken(site):
    head = f"POST /slack/events HTTP/1.1\r\nContent-Length: {MOST_BODY_BYTES + 1}"
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(f"{head}\r\nHost: x\r\n\r\n".encode())

        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_head_that_is_too_long_is_not_taken(site):
    head = b"POST /slack/events HTTP/1.1\r\nX-Long: ".ljust(MOST_HEAD_BYTES, b"x")
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(head)

        assert connection.recv(65536).startswith(b"HTTP/1.0 431 ")


def test_a_body_that_is_just_short_enough_is_taken(site):
    assert site.post(b" " * (MOST_BODY_BYTES - 1))[0] == 400


def test_it_does_not_tell_what_it_is_made_of(site):
    _, headers, body = site.ask("GET", "/nowhere")

    assert headers["Server"] == "Loadmaster"
    assert b"waitress" not in body


def test_many_at_once_are_all_answered(site):
    statuses = []

    def post(number):
        message = {**MESSAGE, "ts": f"1700000000.{number:06}"}
        statuses.append(site.post(event(message))[0])

    threads = [threading.Thread(target=post, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert statuses == [200] * 24
    assert site.stored() == 24


def test_what_is_being_answered_at_the_end_is_answered():
    entered, release = threading.Event(), threading.Event()
    answers = []

    def app(environ, start_response):
        entered.set()
        assert release.wait(20)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    def ask():
        answers.append(Site(port, Readiness(), Runner(), None).ask("GET", "/"))

    server = HttpServer(app, host="127.0.0.1", port=0)
    server.start()
    port = int(server.url.rpartition(":")[2])
    asking, stopping = (
        threading.Thread(target=ask),
        threading.Thread(target=server.stop),
    )
    asking.start()
    assert entered.wait(20)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive()  # until all are answered
    release.set()
    stopping.join(20)
    asking.join(20)

    assert [(status, body) for status, _, body in answers] == [(200, b"done")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def suggestion(typed):
    payload = {
        "type": "block_suggestion",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {"id": "V1", "callback_id": "attach"},
        "action_id": "item",
        "block_id": "item",
        "value": typed,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def test_menus_that_wait_for_plane_hold_up_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    put_database(tmp_path / "loadmaster.db")
    database = Database(f"sqlite:///{tmp_path}/loadmaster.db")
    runner, answers = Runner(), []
    with contextlib.ExitStack() as stack:
        stack.callback(database.close)
        plane = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        plane.settimeout(20)
        url = f"http://127.0.0.1:{plane.getsockname()[1]}"
        options = {"plane_url": url, "patience": 60.0}
        bolt = build_bolt(database, runner, ATTACH, **options)
        app = WebApp(Readiness(), app=bolt, verifier=Verifier(SECRET))
        port = stack.enter_context(serve(app))
        site = Site(port, Readiness(), runner, database)

        def type_(text):
            form = "application/x-www-form-urlencoded"
            answers.append(site.post(suggestion(text), content_type=form))

        # More than may wait for Plane; the others are answered at once.
        threads = [threading.Thread(target=type_, args=(text,)) for text in "abcd"]
        for thread in threads:
            thread.start()
        waiting = [plane.accept()[0] for _ in range(2)]
        status = site.post(event())[0]
        is_alive = site.ask("GET", "/healthz")[0] == 200
        still_waiting = [thread.is_alive() for thread in threads].count(True)
        for connection in waiting:
            connection.close()
        for thread in threads:
            thread.join(20)

    assert (status, is_alive) == (200, True)
    assert still_waiting >= 2
    assert [(answer[0], json.loads(answer[2])) for answer in answers] == [
        (200, {"options": []})
    ] * 4


def test_where_sharing_alone_is_not_to_attach_it_does_not(site):
    attach = dataclasses.replace(ATTACH, on_share=False)
    app = build_bolt(site.database, site.runner, attach)

    assert dispatch(app, event()).status == 200

    assert site.stored() == 0
