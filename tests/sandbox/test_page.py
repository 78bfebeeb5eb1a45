"""The sandbox's page over HTTP: who is let in, what is told, and what is hidden."""

import http.client
import io
import json
import socket
import threading
import tomllib
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from bot.sandbox.bot_process import BotEnded
from bot.sandbox.local_file import offer_greeting
from bot.sandbox.message import ConnectionCut, Limited
from bot.sandbox.page import PageServer
from bot.sandbox.page.comment_nodes import read_nodes
from bot.sandbox.page.uploads import LARGEST, receive
from bot.sandbox.page.weather import TROUBLES
from bot.sandbox.page.wire_view import mask, name_credential
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.http_delivery import Post, Result
from bot.sandbox.stage import PLANE_API_KEY, Stage
from bot.sandbox.wire import Fault

ROOT = Path(__file__).parents[2]
PUBLIC_NAME = "rebound.example:80"
#: A call as a server tells of it when it begins, and when it has ended.
CALL = SimpleNamespace(
    operation="plane.me",
    method="GET",
    path="/api/v1/users/me/",
    target="/api/v1/users/me/?api_key=plane_api_alice",
    headers={"authorization": "Bearer xoxb-sandbox", "x-api-key": "plane_api_alice"},
    status=200,
    seconds=0.25,
)


class Client:
    """A browser's part, as far as headers go."""

    def __init__(self, page):
        parts = urlsplit(page.address)
        self.host, self.key = parts.netloc, parts.query.partition("=")[2]
        self.port = parts.port
        self.cookie = f"loadmaster-{parts.port}={self.key}"

    def ask(self, path, *, method="GET", body=None, **headers):
        """Return the answer and its body; `fetch_site` is Sec-Fetch-Site."""
        names = {"Host": self.host, "Cookie": self.cookie}
        given = {name.replace("_", "-").title(): each for name, each in headers.items()}
        names |= given
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, {k: v for k, v in names.items() if v})
        answer = connection.getresponse()
        data = b"" if path == "/events" else answer.read()
        connection.close()
        return answer, data

    def do(self, name, **body):
        """Carry out an action as anna, unless somebody else is named."""
        text = json.dumps({"as": "UANNA", **body})
        answer, data = self.ask(f"/do/{name}", method="POST", body=text)
        return answer.status, json.loads(data)

    def look(self, person="UANNA"):
        return json.loads(self.ask(f"/state?as={person}&after=0")[1])


class StillBot:
    """A bot that does nothing."""

    is_running, has_ended = True, False
    process = None
    url = "http://127.0.0.1:9"
    starts = 0

    def kill(self):
        self.is_running, self.has_ended = False, True

    def start(self):
        self.starts += 1
        raise BotEnded("no bot")


@pytest.fixture
def stage(plane):
    with SlackServer() as slack:
        yield Stage(slack, plane, StillBot())


@pytest.fixture
def page(stage):
    with PageServer(stage) as page:
        yield page


@pytest.fixture
def client(page):
    return Client(page)


def test_the_address_with_its_key_lets_in_and_hides_the_key(client):
    answer, _ = client.ask(f"/?key={client.key}", cookie=None)

    assert (answer.status, answer.getheader("location")) == (303, "/")
    cookie = answer.getheader("set-cookie")
    assert cookie.startswith(client.cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.ask("/")[0].status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": None},
        {"cookie": "loadmaster-1=x"},
        {"host": PUBLIC_NAME},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/state", "/events", "/static/main.js", "/x"])
def test_nobody_else_gets_anything(client, path, headers):
    answer, body = client.ask(path, **headers)

    assert answer.status == 403
    assert b"xoxb" not in body


@pytest.mark.parametrize(
    "headers", [{"host": PUBLIC_NAME}, {"sec_fetch_site": "cross-site"}]
)
def test_the_key_is_no_use_to_another_site(client, headers):
    answer, _ = client.ask(f"/?key={client.key}", **headers)

    assert answer.status == 403
    assert answer.getheader("set-cookie") is None


def test_another_site_makes_nobody_act(client, stage):
    body = json.dumps({"as": "UANNA", "channel": "CGENERAL", "text": "see WEB-1"})
    answer, _ = client.ask(
        "/do/share", method="POST", body=body, origin="https://evil.example"
    )

    assert answer.status == 403
    assert stage.slack.state.everywhere() == []


def test_it_listens_on_loopback_alone(page):
    host, port = urlsplit(page.origin).hostname, urlsplit(page.origin).port

    assert host == "127.0.0.1"
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.2", port), 1),
    ):
        """Linux: all of 127.0.0.0/8 is this machine."""


@pytest.mark.parametrize("path", ["/", "/state", "/static/style.css", "/nowhere"])
def test_every_answer_forbids_what_comes_from_elsewhere(client, path):
    answer, _ = client.ask(path)

    policy = answer.getheader("content-security-policy")
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.getheader("x-content-type-options") == "nosniff"


@pytest.mark.parametrize("name", ["%2e%2e/server.py", "server.py", "..%2fguard.py"])
def test_no_file_outside_of_its_folder_is_shown(client, name):
    assert client.ask(f"/static/{name}")[0].status == 404


def test_its_files_are_in_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folder = ROOT / "bot/sandbox/page/static"

    assert (
        "sandbox/page/static/*" in project["tool"]["setuptools"]["package-data"]["bot"]
    )
    assert sum(path.stat().st_size for path in folder.iterdir()) < 200_000
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8").replace(
            "http://www.w3.org/2000/svg", ""
        )
        assert "innerHTML" not in text, path
        assert "@import" not in text, path
        assert "url(" not in text, path


def test_what_is_malformed_is_refused_in_words(client):
    deep = b"[" * 200_000
    for body in (b"", b"[]", b"{}", b'{"as": 1}', deep, b'{"as":"UANNA","channel":3}'):
        for name in ("share", "press", "submit", "weather", "nothing"):
            answer, data = client.ask(f"/do/{name}", method="POST", body=body)
            assert answer.status == 400
            assert json.loads(data) == {"error": "That cannot be done."}


def test_nothing_endless_is_read(client):
    pieces = iter([b"x" * 1_000_001])
    answer, data = client.ask("/do/share", method="POST", body=pieces)

    assert answer.status == 413
    assert json.loads(data) == {"error": "That is too long."}
    assert client.ask(f"/state?after={'9' * 5000}")[0].status == 200


def test_one_acts_only_where_one_is(client, stage):
    refused = client.do("share", **{"as": "UGUEST"}, channel="CSECRET", text="hello")
    ephemeral = client.do("react", channel="CGENERAL", ts="1.000000", emoji="+1")
    form = client.do("submit", view="V1")

    assert refused[1] == {"error": "You are not in that conversation."}
    assert ephemeral[1] == {"error": "This message is gone."}
    assert form[1] == {"error": "This form is closed."}
    assert stage.slack.state.everywhere() == []


def test_each_person_sees_their_own(client, stage):
    stage.slack.post("for members", channel="CSECRET")

    names = [each["name"] for each in client.look()["slack"]["conversations"]]
    of_stranger = client.look("USTRANGER")["slack"]

    assert {"general", "secret", "shared-with-globex"} <= {*names}
    assert [each["name"] for each in of_stranger["conversations"]] == [
        "shared-with-globex"
    ]
    assert "for members" not in json.dumps(of_stranger)
    assert client.look("UBOT")["me"] == "UANNA"


def test_a_file_is_taken_in_pieces_and_shared_whole(client, stage):
    data = b"x" * 700_000
    query = "as=UBEN&name=a%2Fb%0A.bin&type="
    answer, body = client.ask(f"/upload?{query}", method="POST", body=data)
    file = stage.slack.state.files[json.loads(body)["id"]]
    client.do("share", **{"as": "UBEN"}, channel="CGENERAL", text="hi", files=[file.id])

    message = stage.slack.state.messages("CGENERAL")[0]
    assert answer.status == 200
    assert (file.name, file.size, file.user) == ("a/b\n.bin", len(data), "UBEN")
    assert b"".join(file.content.pieces()) == data
    assert message.files == [file]
    shown = client.look()["slack"]["messages"]["CGENERAL"][0]["files"][0]
    assert shown["sha256"] == file.sha256


def test_a_file_over_the_limit_is_not_taken(client):
    answer, _ = client.ask(
        "/upload?as=UANNA&name=a", method="POST", content_length=str(LARGEST + 1)
    )

    assert answer.status == 413


def test_an_attachment_is_downloaded_and_never_shown(client, stage):
    row = stage.plane.state.attachment_rows.put(_attachment(stage))
    writing = stage.plane.store._objects.open()
    writing.write(b"<script>alert(1)</script>")
    stage.plane.store._objects.commit(writing, key=row.key, content_type="text/html")

    answer, body = client.ask(f"/attachments/{row.id}")

    assert body == b"<script>alert(1)</script>"
    assert answer.getheader("content-type") == "application/octet-stream"
    assert answer.getheader("content-disposition") == (
        "attachment; filename*=UTF-8''a%0D%0A%22.html"
    )
    assert client.ask(f"/attachments/{row.id[:-1]}")[0].status == 404


def _attachment(stage):
    from bot.sandbox.plane import Attachment

    item = stage.plane.state.work_item("WEB-1")
    return Attachment(
        created_at=0.0,
        project_id=item.project_id,
        work_item_id=item.id,
        name='a\r\n".html',
        type="text/html",
        size=25,
        key="acme/a.html",
        external_id=None,
        external_source=None,
        created_by=item.id,
        is_uploaded=True,
    )


def test_what_is_new_is_told_at_once(client, page, stage):
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
    names = {"Cookie": client.cookie}
    connection.request("GET", "/events", headers=names)
    answer = connection.getresponse()
    first = answer.readline()
    stage.slack.post("news")
    rest = [answer.readline() for _ in range(2)]
    connection.close()

    assert answer.getheader("content-type") == "text/event-stream"
    assert first.startswith(b"data: ")
    assert rest[0] == b"\n"
    assert rest[1].startswith(b"data: ")
    assert rest[1] != first


def test_an_open_page_does_not_keep_the_sandbox_from_ending(stage):
    with PageServer(stage) as page:
        client = Client(page)
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        connection.request("GET", "/events", headers={"Cookie": client.cookie})
        answer = connection.getresponse()
        answer.readline()

    rest = answer.read()
    assert rest.endswith(b"\n")
    with pytest.raises(ConnectionRefusedError):
        client.ask("/")


def test_a_bot_that_does_not_start_is_seen_to_have_ended(client, stage):
    assert client.look()["bot"] == "running"
    assert client.do("bot", on=False) == (200, {})
    assert client.look()["bot"] == "ended"
    assert client.do("bot", on=True) == (200, {})
    assert client.look()["bot"] == "ended"


def test_switches_are_kept_and_taken_back(client, stage):
    for name in TROUBLES:
        assert client.do("weather", id=name, on=True) == (200, {})
    weather = client.look()["weather"]
    assert {each["id"] for each in weather if each["on"]} == set(TROUBLES)
    for name in TROUBLES:
        client.do("weather", id=name, on=False)
    assert not any(each["on"] for each in client.look()["weather"])
    assert client.do("weather", id="hail", on=True)[0] == 400
    stage.share([offer_greeting()], "hello")


@pytest.mark.parametrize(
    ("path", "query", "shown"),
    [
        ("/commands/T1/1/s3cret", "", "/commands/T1/1/•••"),
        ("/api/chat.postMessage", "", "/api/chat.postMessage"),
        (
            "/a",
            "X-Amz-Signature=ab&X-Amz-Date=1",
            "/a?X-Amz-Signature=•••&X-Amz-Date=1",
        ),
        ("/a", "token=xoxb-1&q=web", "/a?token=•••&q=web"),
        ("/a", "api_key=1&client_secret=2", "/a?api_key=•••&client_secret=•••"),
    ],
)
def test_no_secret_of_an_address_is_shown(path, query, shown):
    assert mask(path, query) == shown


def test_no_secret_of_a_header_is_shown():
    assert name_credential({"x-api-key": "plane_api_alice"}) == "X-Api-Key: •••"
    assert name_credential({"X-Slack-Signature": "v0=1"}) == "X-Slack-Signature: •••"
    assert name_credential({"authorization": "Bearer xoxb-1"}).endswith("Bearer •••")
    assert name_credential({"accept": "*/*"}) == ""


def test_calls_of_all_sides_are_listed_without_secrets(client, stage):
    stage.plane.server.on_request(CALL, 1.0)(CALL)
    post = Post("message", "http://127.0.0.1:9/slack/events", CALL.headers, 2.0)
    stage.slack.poster.on_post(post)(Result(reason="connection_failed"), 0.5)

    plane, slack = client.look()["wire"]

    assert (plane["from"], plane["to"], plane["about"]) == ("Loadmaster", "Plane", "me")
    assert (plane["status"], plane["ms"]) == (200, 250)
    assert (slack["from"], slack["to"], slack["about"]) == (
        "Slack",
        "Loadmaster",
        "message",
    )
    assert slack["status"] is None
    assert "xoxb" not in json.dumps([plane, slack])
    assert "plane_api" not in json.dumps([plane, slack])


def test_a_bot_that_is_starting_is_not_started_once_more(client, stage):
    stage.bot.is_running = False

    assert client.look()["bot"] == "starting"
    assert client.do("bot", on=True) == (200, {})
    assert stage.bot.starts == 0


def test_a_bot_that_has_started_is_seen_to_run_at_once(stage):
    stage.bot.start = lambda: None
    before = stage.slack.state.changes

    stage.raise_curtain()

    assert stage.slack.state.changes > before


def test_the_cookies_of_other_programs_lock_nobody_out(client):
    theirs = 'theme={"dark": "a b"}; x[y]=1; '

    assert client.ask("/state", cookie=theirs + client.cookie)[0].status == 200
    assert client.ask("/state", cookie=theirs)[0].status == 403


def test_a_broken_upload_leaves_nothing_behind(tmp_path):
    cut = SimpleNamespace(length=5, stream=Limited(io.BytesIO(b"abc"), 5))

    with pytest.raises(ConnectionCut):
        receive(cut, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_one_sees_does_not_change_while_it_is_looked_at(client, stage):
    class Held(dict):
        def items(self):
            other = threading.Thread(target=stage.slack.state.touch, daemon=True)
            other.start()
            other.join(0.05)
            held.append(other.is_alive())
            return super().items()

    held = []
    stage.slack.post("hello").reactions = Held(eyes=["UBEN"])

    assert client.look()["slack"]["messages"]["CGENERAL"][0]["text"] == "hello"
    assert held == [True]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@ben and (@Loadmaster)", "<@UBEN> and (<@UBOT>)"),
        ("mail me@ben.example", "mail me@ben.example"),
        ("https://x.example/@ben", "<https://x.example/@ben>"),
        ("@nobody <b>", "@nobody &lt;b&gt;"),
    ],
)
def test_only_people_are_mentioned(client, stage, typed, sent):
    client.do("share", channel="CGENERAL", text=typed)

    assert stage.slack.state.messages("CGENERAL")[0].text == sent


def test_what_slack_does_not_take_is_told_in_words(client, stage):
    root = stage.slack.post("root", channel="CSHARED")
    place = {"channel": "CSHARED"}
    thread = {**place, "thread": root.ts}
    theirs = {"as": "USTRANGER", **place}

    told = [
        client.do("share", **thread, text="/attach WEB-1"),
        client.do("share", **place, text="/remind me"),
        client.do("share", **theirs, text="/attach WEB-1"),
        client.do("shortcut", **theirs, ts=root.ts),
        client.do("home", **theirs),
        client.do("direct", **theirs),
        client.do("share", **place, thread="1.000000", text="too late"),
        client.do("share", **place, text="x" * 40_001),
        client.do("react", **place, ts=root.ts, emoji="no such thing"),
        client.do("react", **place, ts=root.ts, emoji=" "),
    ]

    members = "Only members of this workspace have its shortcuts and commands."
    assert [each[1].get("error") for each in told] == [
        "Slack takes no /attach in a thread; write to the conversation.",
        "Slack knows no /remind here; there is /attach.",
        *[members] * 4,
        "The message of this thread is gone.",
        "Slack takes messages of up to 40,000 characters.",
        "Slack has no emoji no such thing; write a name, such as paperclip.",
        "Slack has no emoji without a name; write a name, such as paperclip.",
    ]
    assert stage.slack.state.everywhere() == [root]


def test_one_edits_and_deletes_what_one_wrote_oneself(client, stage):
    message = stage.slack.post("see WEB-1", channel="CSECRET")
    where = {"channel": "CSECRET", "ts": message.ts}

    other = client.do("edit", **{"as": "UBEN"}, **where, text="mine")
    empty = client.do("edit", **where, text=" ")
    same = client.do("edit", **where, text="see WEB-1")
    edited = client.do("edit", **where, text="see WEB-2 & @ben")
    shown = client.look()["slack"]["messages"]["CSECRET"][0]
    taken = client.do("delete", **{"as": "UBEN"}, **where)
    gone = client.do("delete", **where)

    assert other[1] == taken[1] == {"error": "Only who wrote a message can change it."}
    assert empty[1] == {"error": "Write something, or delete the message."}
    assert (same, edited, gone) == ((200, {}),) * 3
    assert (shown["text"], shown["edited"]) == ("see WEB-2 &amp; <@UBEN>", True)
    subtypes = [each.event.get("subtype") for each in stage.slack.deliveries]
    assert subtypes == [None, "message_changed", "message_deleted"]
    assert stage.slack.state.messages("CSECRET") == []


@pytest.mark.parametrize("typed", ["paperclip", ":Paperclip:", "\N{PAPERCLIP}"])
def test_an_emoji_may_be_named_or_pasted_and_taken_back(client, stage, typed):
    message = stage.slack.post("hello")
    where = {"channel": "CGENERAL", "ts": message.ts}

    client.do("react", **where, emoji=typed)
    assert message.reactions == {"paperclip": ["UANNA"]}
    client.do("react", **where, emoji=typed)
    assert message.reactions == {}


def test_a_call_is_listed_while_it_is_under_way(client, stage):
    before, first = [], stage.slack.state.changes

    def look(request):
        assert stage.slack.state.changes > first
        before.extend(client.look()["wire"])

    stage.plane.fail(Fault("plane.me", look))
    key = {"X-Api-Key": PLANE_API_KEY}
    urlopen(Request(f"{stage.plane.origin}/api/v1/users/me/", headers=key)).close()
    after = json.loads(client.ask(f"/state?after={before[0]['stamp']}")[1])["wire"]

    assert (before[0]["status"], before[0]["ms"]) == (None, None)
    assert [(each["number"], each["status"]) for each in after] == [(1, 200)]
    assert after[0]["ms"] is not None
    assert PLANE_API_KEY not in json.dumps(before + after)


def test_a_long_session_keeps_the_latest_calls_and_no_others(client, stage):
    urlopen(f"{stage.slack.origin}/api/api.test").close()
    for _ in range(305):
        stage.slack.wire.on_request(CALL, 0.0)(CALL)

    assert [each["number"] for each in client.look()["wire"]] == [*range(7, 307)]
    assert stage.slack.exchanges() == []


def test_out_of_calls_none_are_left(client):
    client.do("weather", id="throttled", on=True)
    assert client.look()["plane"]["left"] == 0
    client.do("weather", id="throttled", on=False)
    assert client.look()["plane"]["left"] == client.look()["plane"]["limit"]


@pytest.mark.parametrize(
    ("html", "nodes"),
    [
        ("a &lt;b&gt;", ["a <b>"]),
        ("<p>x</p>", [{"tag": "p", "nodes": ["x"]}]),
        ("<script>alert(1)</script>y", ["y"]),
        ("<style>p{}</style><img src=x onerror=alert(1)>z", ["z"]),
        ("<b onclick=a()>x</b>", [{"tag": "strong", "nodes": ["x"]}]),
        (
            "<p><em>x</p>y",
            [{"tag": "p", "nodes": [{"tag": "em", "nodes": ["x"]}]}, "y"],
        ),
        (
            '<a href="javascript:alert(1)">x</a>',
            [{"tag": "a", "url": None, "nodes": ["x"]}],
        ),
        (
            '<a href="https://a.example/?b">x</a>',
            [{"tag": "a", "url": "https://a.example/?b", "nodes": ["x"]}],
        ),
        ("</p>a<br>b", ["a", "\n", "b"]),
    ],
)
def test_of_a_comment_only_harmless_tags_are_left(html, nodes):
    assert read_nodes(html) == nodes
