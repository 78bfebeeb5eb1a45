"""Plane, its store and Slack on loopback, and clients that talk to them."""

import contextlib

import pytest

from bot.clients.plane import PlaneClient
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_links import WorkItemLinks
from bot.clients.slack_api import SlackApi
from bot.clients.slack_clients import build_reader, build_writer
from bot.clients.slack_files import SlackFiles
from bot.clients.storage import Storage
from bot.domain.files import SharedFile
from bot.domain.references import WorkItemKey
from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.store import StoreServer
from tests.work.values import Clock

KEY = "plane_api_alice"


class CountingGate:
    """Lets everybody through and counts; keeps what it was told of Plane's limit."""

    def __init__(self):
        self.passed = 0
        self.pushed = []
        self.patience = []
        self.remaining = []

    @contextlib.contextmanager
    def passage(self, *, patience=None):
        self.passed += 1
        self.patience.append(patience)
        yield self.remaining.append

    def push_back(self, seconds):
        self.pushed.append(seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Keep the environment's proxies out of the way to loopback."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def store():
    with StoreServer() as store:
        yield store


@pytest.fixture
def plane(store):
    with PlaneServer(store=store, rate_limit=None) as plane:
        yield plane


@pytest.fixture
def slack():
    with SlackServer() as slack:
        yield slack


@pytest.fixture
def gate():
    return CountingGate()


@pytest.fixture
def open_client(plane, gate):
    """How to open a client of Plane; *options* replace what it would get."""

    return lambda **options: PlaneClient(_calls(plane, gate, options))


@pytest.fixture
def open_links(plane, gate):
    """How to open a client of Plane's links; *options* replace what it would get."""
    return lambda **options: WorkItemLinks(_calls(plane, gate, options))


def _calls(plane, gate, options):
    known = {"api_url": plane.origin, "api_key": KEY, "workspace": "acme"}
    return PlaneCalls(**{**known, "gate": gate, "threads": 4, **options})


@pytest.fixture
def client(open_client):
    return open_client()


@pytest.fixture
def item(client, plane):
    """The work item WEB-1, found by one call."""
    return client.get_work_item(WorkItemKey("WEB", 1))


@pytest.fixture
def reader(slack):
    return build_reader(token=slack.bot_token, api_url=slack.api_url)


@pytest.fixture
def open_api(slack):
    """How to open the Web API with a token."""

    def open_(token):
        known = {"token": token, "api_url": slack.api_url}
        return SlackApi(reader=build_reader(**known), writer=build_writer(**known))

    return open_


@pytest.fixture
def api(slack, open_api):
    return open_api(slack.bot_token)


@pytest.fixture
def files(slack):
    return SlackFiles(token=slack.bot_token, api_url=slack.api_url, threads=4)


@pytest.fixture
def storage():
    return Storage(threads=4)


@pytest.fixture
def upload(slack):
    """How to upload a file to Slack and get what an event tells of it."""

    def upload_(content=b"%PDF-1.7 what is in the file\n" * 100, **options):
        file = slack.add_file(content=content, **options)
        shown = slack.events.show_file(file)
        shared = SharedFile(
            file.id,
            name=file.name,
            mimetype=file.mimetype,
            mode=file.mode,
            size=file.size,
            url=shown.get("url_private_download"),
        )
        return file, shared

    return upload_
