"""One small file: the bot against the same calls made by hand, one after the other."""

import threading
import time
from functools import partial
from uuid import uuid4

import pytest
import requests

from bot.sandbox.wire import Fault
from tests.bench.figures import Rounds

LATENCY = 0.02
ROUNDS = 20
CONTENT = b"x" * 10_000


@pytest.fixture
def far(world):
    """A world in which each call takes 20 ms more, and the bot knows its projects."""
    world.reply(world.slack.share([world.slack.add_file()], text="WEB-1"))
    world.settle()

    def pause(request):
        threading.Event().wait(LATENCY)

    for server in (world.plane.server, world.store.server, world.slack):
        for operation in OPERATIONS:
            server.fail(Fault(operation, pause, times=1_000_000))
    return world


OPERATIONS = (
    "plane.work_item",
    "plane.create_attachment",
    "plane.complete_attachment",
    "plane.create_comment",
    "slack.files.download",
    "slack.chat.postMessage",
    "storage.post",
)


def by_bot(world):
    """Share a file; return the seconds until it is attached, and until the reply."""
    operation = "plane.complete_attachment"
    number = len(world.plane.exchanges(operation))
    answered = len(world.slack.exchanges("slack.chat.postMessage"))
    file = world.slack.add_file(content=CONTENT)
    item = world.plane.state.add_work_item(world.plane.state.project("WEB"), "New")
    began = time.time()
    world.slack.share([file], text=f"WEB-{item.sequence_id}")
    world.wait(lambda: len(world.plane.exchanges(operation)) > number)
    done = world.plane.exchanges(operation)[-1]
    world.wait(lambda: len(world.slack.exchanges("slack.chat.postMessage")) > answered)
    reply = world.slack.exchanges("slack.chat.postMessage")[-1]
    world.settle()
    attached = done.started + done.seconds
    return {
        "wall": attached - began,
        "reply": reply.started - attached,
    }


def by_hand(world, plane, slack, storage):
    """Do what has to be done, one call after the other, with connections kept."""
    file = world.slack.add_file(content=CONTENT)
    item = world.plane.state.add_work_item(world.plane.state.project("WEB"), "New")
    base = f"{world.plane.origin}/api/v1/workspaces/acme"
    address = world.slack.events.show_file(file)["url_private_download"]
    authorization = {"Authorization": f"Bearer {world.slack.bot_token}"}
    began = time.time()
    found = plane.get(f"{base}/work-items/WEB-{item.sequence_id}/").json()
    url = f"{base}/projects/{found['project']}/work-items/{found['id']}/attachments/"
    wanted = {"name": file.name, "type": "text/plain", "size": len(CONTENT)}
    made = plane.post(url, json={**wanted, "external_id": uuid4().hex}).json()
    content = slack.get(address, headers=authorization).content
    upload = made["upload_data"]
    storage.post(
        upload["url"], data=upload["fields"], files={"file": content}
    ).raise_for_status()
    plane.patch(f"{url}{made['asset_id']}/", json={"is_uploaded": True})
    return {"wall": time.time() - began}


def test_a_small_file_takes_hardly_longer_than_its_calls(far, tell):
    sessions = [requests.Session() for _ in range(3)]
    sessions[0].headers["X-API-Key"] = "plane_api_alice"
    contenders = {
        "bot": partial(by_bot, far),
        "by hand": partial(by_hand, far, *sessions),
    }

    Rounds.play(contenders, number=2)  # to warm up
    rounds = Rounds.play(contenders, number=ROUNDS)

    ratio = rounds.ratio("bot", "by hand", "wall")
    reply = rounds.median("bot", "reply")
    took = ", ".join(f"{name} {rounds.show(name, 'wall', 3)} s" for name in contenders)
    tell(
        "event to file on the work item / the calls by hand",
        "≤ 1.3",
        f"{ratio:.2f}; {took}",
    )
    tell("file on the work item to reply", "≤ 50 ms", f"{reply * 1000:.0f} ms")
    assert ratio <= 1.3
    assert reply <= 0.05
