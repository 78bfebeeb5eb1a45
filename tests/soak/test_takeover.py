"""How long it takes until another worker does what a dead one had in hand."""

import threading
import time

from bot.sandbox.wire import Fault


def test_a_dead_worker_s_file_is_attached_within_30_seconds(fleet):
    worker, _ = fleet.start("worker", "web")
    go = threading.Event()
    hold = fleet.store.server.fail(
        Fault("storage.post", lambda request: go.wait(60) and None)
    )
    message = fleet.slack.share([fleet.slack.add_file()], text="WEB-1")
    fleet.wait(lambda: hold.times == 0)
    fleet.start("worker")

    worker.kill()
    died = time.monotonic()

    assert "is attached." in fleet.reply(message, timeout=40)
    assert time.monotonic() - died < 30
    go.set()
    fleet.settle()
    assert len(fleet.replies(message)) == 1
