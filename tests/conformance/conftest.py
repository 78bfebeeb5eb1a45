"""The Plane that the contract is held against: the sandbox's, or a real one.

A real one takes part when PLANE_LIVE_URL, PLANE_LIVE_KEY, PLANE_LIVE_WORKSPACE and
PLANE_LIVE_ITEM (a key such as WEB-1, in a project the key may write to) are set. What
the tests make there they delete again, and they stay below its 60 calls a minute.
"""

import os
import time
from urllib.parse import urljoin

import pytest
import requests

from bot.sandbox.plane import PlaneServer
from bot.sandbox.store import StoreServer

LIVE = ("PLANE_LIVE_URL", "PLANE_LIVE_KEY", "PLANE_LIVE_WORKSPACE", "PLANE_LIVE_ITEM")
PLANES = ["sandbox", "live"] if all(map(os.environ.get, LIVE)) else ["sandbox"]


class Plane:
    """Raw calls to one Plane, and a list of what is to be deleted afterwards."""

    def __init__(self, *, url, key, workspace, item, pause):
        self.url, self.key, self.workspace, self.item = url, key, workspace, item
        self.anonymous = requests.Session()
        self.made = []
        self._pause = pause
        self._session = requests.Session()
        self._session.headers["X-API-Key"] = key
        self._found = None

    def ask(self, method, path, **options):
        """Call Plane; *path* is below the workspace unless it starts with a slash."""
        base = f"{self.url}/api/v1/workspaces/{self.workspace}/"
        options.setdefault("timeout", 30)
        options.setdefault("allow_redirects", False)
        time.sleep(self._pause)
        answer = self._session.request(method, urljoin(base, path), **options)
        if answer.status_code == 429 and self._pause:
            time.sleep(int(answer.headers["Retry-After"]))
            answer = self._session.request(method, urljoin(base, path), **options)
        return answer

    def found(self):
        """Return the work item."""
        if self._found is None:
            self._found = self.ask("GET", f"work-items/{self.item}/").json()
        return self._found

    def below(self, tail):
        """Return the path of something that hangs on the work item."""
        found = self.found()
        return f"projects/{found['project']}/work-items/{found['id']}/{tail}"

    def create(self, **body):
        """Create an attachment."""
        wish = {"name": "shot.png", "type": "image/png", "size": 12, **body}
        answer = self.ask("POST", self.below("attachments/"), json=wish)
        if answer.status_code == 200:
            self.made.append(f"attachments/{answer.json()['asset_id']}/")
        return answer

    def add(self, tail, **body):
        """Create a comment or a link."""
        answer = self.ask("POST", self.below(tail), json=body)
        if answer.status_code == 201:
            self.made.append(f"{tail}{answer.json()['id']}/")
        return answer

    def upload(self, upload_data, content, **changed):
        """Post *content* with the presigned form: its fields, then the file."""
        fields = {**upload_data["fields"], **changed}
        files = {"file": ("a", content)}
        url = upload_data["url"]
        return self.anonymous.post(url, data=fields, files=files, timeout=30)

    def clean(self):
        """Delete what was made."""
        for tail in self.made:
            self.ask("DELETE", self.below(tail))
        self._session.close()
        self.anonymous.close()


@pytest.fixture(params=PLANES)
def plane(request):
    if request.param == "sandbox":
        with (
            StoreServer() as store,
            PlaneServer(store=store, rate_limit=None) as server,
        ):
            yield from serve(server.origin, "plane_api_alice", "acme", "WEB-1", 0)
    else:
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        facts = (os.environ[name].rstrip("/") for name in LIVE)
        yield from serve(*facts, workers * 1.05)


def serve(url, key, workspace, item, pause):
    plane = Plane(url=url, key=key, workspace=workspace, item=item, pause=pause)
    yield plane
    plane.clean()


@pytest.fixture
def unique():
    """A name that no earlier run used."""
    return f"conformance-{time.time_ns()}-{os.getpid()}"
