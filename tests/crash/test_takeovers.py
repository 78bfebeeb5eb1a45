"""Nothing lost, nothing twice: workers that are killed, frozen or told to end.

Each time one holds a file that comes slowly; another takes it over.
"""

import signal
import threading

import pytest

from bot.sandbox.wire import Fault
from tests.crash.striking import strike

CONTENT = bytes(range(256)) * 1500
#: What is struck with two processes on PostgreSQL; the way there is that of a kill in
#: one process (test_kill_points.py), where every call is.
CALLS = [
    ("plane.create_attachment", "after"),
    ("storage.post", "after"),
    ("plane.complete_attachment", "after"),
    ("slack.chat.postMessage", "after"),
]


def share(fleet, *, rate=None):
    file = fleet.slack.add_file(name="plan.bin", content=CONTENT)
    file.rate = rate
    return file, fleet.slack.share([file], text="for WEB-1")


def assert_attached_once(fleet, file, message, *, timeout=40):
    assert "`plan.bin` is attached." in fleet.reply(message, timeout=timeout)
    fleet.settle()
    assert fleet.attached("WEB-1") == [("plan.bin", file.content.sha256)]
    assert fleet.half_made("WEB-1") == []
    assert len(fleet.replies(message)) == 1


def start(fleet):
    """Start a worker alone, then what else there is to be; return the worker."""
    fleet.settings["TAKEOVER_SECONDS"] = "5"
    worker, _ = fleet.start("worker", "web")
    return worker


@pytest.mark.parametrize(("operation", "phase"), CALLS)
def test_what_a_killed_worker_had_in_hand_another_does(fleet, operation, phase):
    worker = start(fleet)
    struck = strike(fleet, operation, phase, worker.kill)

    file, message = share(fleet)
    assert struck.wait(20)
    fleet.start("worker")

    assert_attached_once(fleet, file, message)


def test_a_worker_that_was_frozen_does_nothing_more_for_what_others_took_over(fleet):
    worker = start(fleet)
    file, message = share(fleet, rate=len(CONTENT) // 4)
    fleet.wait(lambda: file.downloads)
    worker.process.send_signal(signal.SIGSTOP)
    file.rate = None
    fleet.start("worker")
    fleet.reply(message, timeout=40)

    worker.process.send_signal(signal.SIGCONT)

    assert_attached_once(fleet, file, message)
    fleet.wait(lambda: "by now" in worker.log or "too old" in worker.log)
    assert_attached_once(fleet, file, message)
    assert worker.get("/readyz")[0] in (200, 503)
    fleet.wait(lambda: worker.get("/readyz")[0] == 200)


def test_a_worker_that_is_told_to_end_gives_back_what_it_has_in_hand(fleet):
    fleet.settings["TAKEOVER_SECONDS"] = "300"
    worker, _ = fleet.start("worker", "web")
    go = threading.Event()
    hold = fleet.store.server.fail(
        Fault("storage.post", lambda request: go.wait(100) and None)
    )
    file, message = share(fleet)
    fleet.wait(lambda: hold.times == 0)
    fleet.start("worker")

    assert worker.terminate(timeout=30) == 0

    assert "is attached." in fleet.reply(message, timeout=40)  # far from a takeover
    go.set()
    assert_attached_once(fleet, file, message)


def test_what_could_not_be_handed_over_is_swept_up(fleet):
    fleet.start("web")
    file, message = share(fleet)
    fleet.slack.wait_idle()
    fleet.ask("DELETE FROM procrastinate_jobs RETURNING id")

    fleet.start("worker")

    assert_attached_once(fleet, file, message)
