"""Fuzzes the way of a request: signature, body, routing, listeners, ledger.

Whatever comes is answered, and never with an error of the bot's; what is not signed
changes nothing.
"""

import io
import json
import tempfile
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import text

from bot.config import AttachSettings, PrivateFiles
from bot.entrypoints.requests_from_slack import Verifier
from bot.entrypoints.web import WebApp
from bot.sandbox.slack.signing import sign
from bot.work.ledger.database import Database
from tests.entrypoints.bolt import build_bolt
from tests.fuzz.bodies import COMMAND, EVENTS, PAYLOADS
from tests.fuzz.draws import Draws
from tests.migrated import put_database

SECRET = "a-signing-secret"
ATTACH = AttachSettings(
    on_share=True,
    emoji="paperclip",
    command="/attach",
    external_users=False,
    private=PrivateFiles.ASK,
)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
#: Of each sort one, unchanged and changed: sort, body, changes.
SEEDS = [
    bytes([0, sort, 0, body, 0, changes, *range(40)])
    for sort in range(4)
    for body in range(14)
    for changes in range(3)
]


class Runner:
    """Takes work and forgets it."""

    def submit(self, job, *, at=0.0):
        """Take it."""


class Ready:
    """Always ready."""

    def faults(self):
        return []


@cache
def build():
    """Build the web app on a database of its own."""
    folder = tempfile.TemporaryDirectory(prefix="fuzz-")
    put_database(Path(folder.name, "loadmaster.db"))
    database = Database(f"sqlite:///{folder.name}/loadmaster.db")
    app = build_bolt(database, Runner(), ATTACH, patience=0.0)
    return WebApp(Ready(), app=app, verifier=Verifier(SECRET)), database, folder


def target(data):
    """Post what *data* comes to: nothing may be an error, nothing unsigned stored."""
    draws = Draws(data)
    web, database, _ = build()
    body, content_type = draw_body(draws)
    headers = _signed(body)
    is_signed = draws.number(8) != 1
    if not is_signed:
        headers[draws.pick(list(headers))] = draws.text()
        before = count(database)
    status = post(web, body, content_type, headers)
    assert status < 500, (status, body)
    if not is_signed:
        assert status == 401, (status, headers)
        assert count(database) == before


def draw_body(draws):
    match draws.number(4):
        case 0:
            return json.dumps(draws.changed(*EVENTS)).encode(), JSON
        case 1:
            payload = json.dumps(draws.changed(*PAYLOADS))
            return urlencode({"payload": payload}).encode(), FORM
        case 2:
            form = {k: str(v) for k, v in draws.changed(COMMAND).items()}
            return urlencode(form, errors="surrogatepass").encode(), FORM
    return draws.rest(), draws.pick([JSON, FORM, "", "text/plain"])


def _signed(body):
    """Return the headers of Slack's signature as WSGI has them."""
    headers = sign(SECRET, int(time.time()), body)
    return {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in headers.items()
    }


def post(web, body, content_type, headers):
    statuses = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/slack/events",
        "CONTENT_TYPE": content_type,
        "wsgi.input": io.BytesIO(body),
        **headers,
    }
    answer = web(environ, lambda status, headers: statuses.append(status))
    assert b"".join(answer) is not None
    return int(statuses[0].split()[0])


def count(database):
    with database.read() as connection:
        return connection.execute(text("SELECT count(*) FROM shares")).scalar_one()
