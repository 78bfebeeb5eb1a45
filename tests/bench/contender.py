"""One way to get files from Slack onto a work item, measured from within its process.

    python -m tests.bench.contender NAME

The task comes as JSON on standard input, what it took goes to standard output as JSON.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import requests

TOKEN = "xoxb-bench"
KEY = "plane_api_alice"
TYPE = "application/octet-stream"


def ours(task):
    """What the bot does with a file, without the rest of the bot."""
    return build_relay(task)


def session_per_call(task):
    """The same with new connections for each file."""
    return lambda number, size: build_relay(task)(number, size)


def build_relay(task):
    from bot.clients.plane import PlaneClient, WorkItem
    from bot.clients.plane_calls import PlaneCalls
    from bot.clients.slack_files import SlackFiles
    from bot.clients.storage import Storage
    from bot.domain.files import SharedFile
    from bot.domain.references import WorkItemKey
    from bot.work.budgets import LocalBudget
    from bot.work.rate_gate import RateGate

    threads = task["threads"]
    calls = PlaneCalls(
        api_url=task["plane"],
        api_key=KEY,
        workspace="acme",
        gate=RateGate(LocalBudget(1_000_000)),
        threads=threads,
    )
    plane, storage = PlaneClient(calls), Storage(threads=threads)
    api_url = f"{task['source']}/api/"
    files = SlackFiles(token=TOKEN, api_url=api_url, threads=threads)
    item = WorkItem(WorkItemKey("WEB", 1), task["item"], task["project"])

    def relay(number, size):
        file = SharedFile(
            f"F{uuid4().hex}", url=f"{task['source']}/{size}/x.bin", size=size
        )
        ticket = plane.create_attachment(
            item, name="x.bin", mimetype=TYPE, size=size, external_id=file.file_id
        )
        with files.open(file) as download:
            storage.relay(download, ticket, progress=lambda relayed: None)
        plane.complete_attachment(item, ticket.asset_id)

    return relay


def sdk(task):
    """Plane's own Python SDK, which takes the bytes of a file."""
    from plane.client import PlaneClient

    client = PlaneClient(base_url=task["plane"], api_key=KEY)

    def relay(number, size):
        client.work_items.attachments.upload_from_bytes(
            "acme", task["project"], task["item"], download(task, size), "x.bin", TYPE
        )

    return relay


def script(task):
    """What the public examples do, with requests."""
    item = f"projects/{task['project']}/work-items/{task['item']}"
    url = f"{task['plane']}/api/v1/workspaces/acme/{item}/attachments/"
    key = {"X-API-Key": KEY}

    def relay(number, size):
        content = download(task, size)
        wanted = {"name": "x.bin", "type": TYPE, "size": size}
        made = requests.post(url, json=wanted, headers=key, timeout=60).json()
        upload = made["upload_data"]
        requests.post(
            upload["url"],
            data=upload["fields"],
            files={"file": ("x.bin", content, TYPE)},
            timeout=600,
        ).raise_for_status()
        done = {"is_uploaded": True}
        requests.patch(f"{url}{made['asset_id']}/", json=done, headers=key, timeout=60)

    return relay


def download(task, size):
    authorization = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{task['source']}/{size}/x.bin"
    answer = requests.get(url, headers=authorization, timeout=600)
    answer.raise_for_status()
    return answer.content


def memory(name):
    """Return a figure of /proc/self/status in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def measure(relay, task):
    """Relay once to warm up, then all of the task; return what that took."""
    relay(0, 1000)
    idle = memory("VmRSS:")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(task["threads"]) as pool:
        numbers = range(1, task["count"] + 1)
        list(pool.map(lambda number: relay(number, task["size"]), numbers))
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": memory("VmHWM:") - idle,
    }


CONTENDERS = {
    "ours": ours,
    "session per call": session_per_call,
    "sdk": sdk,
    "script": script,
}


def main():
    task = json.load(sys.stdin)
    relay = CONTENDERS[sys.argv[1]](task)
    json.dump(measure(relay, task), sys.stdout)


if __name__ == "__main__":
    main()
