"""A proxy in the environment: it is used, and gets no token to anywhere else."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ASK = """
import sys
from bot.clients.slack_calls import call
from bot.clients.slack_clients import build_reader, refuse_redirects
from bot.errors import Problem

refuse_redirects()
reader = build_reader(token="xoxb-secret", api_url=sys.argv[1])
try:
    print(call(reader.auth_test)["ok"])
except Problem as problem:
    print(problem)
"""


class Proxy(BaseHTTPRequestHandler):
    """Sends whoever asks for Slack to another host, and notes what it is asked for."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer()

    def do_GET(self):
        self._answer()

    def _answer(self):
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        self.send_response(302)
        self.send_header("Location", "http://elsewhere.test/collect")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def proxy():
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.seen = []
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def ask(proxy, api_url):
    """Call auth.test in a process with that proxy; return what came of it."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, api_url],
        env={
            "PATH": os.environ.get("PATH", ""),
            "http_proxy": f"http://127.0.0.1:{proxy.server_port}",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_a_redirect_by_a_proxy_gets_no_token(proxy):
    told = ask(proxy, "http://slack.test/api/")

    assert told == "SlackUnavailable()"
    assert proxy.seen == [("http://slack.test/api/auth.test", "Bearer xoxb-secret")]
