"""A platform that reads the Procfile runs the bot."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_the_procfile_runs_is_the_bot(fleet):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = fleet.environment() | {"PATH": path}
    environment.pop("PORT")
    log = fleet.folder / "log"
    with log.open("w") as out, run_procfile(environment, fleet.folder, out):
        fleet.wait(lambda: log.read_text().count("Listening on") == 2, timeout=60)
        web = re.search(r"web.* Listening on (http://\S+)", log.read_text())
        fleet.slack.request_url = f"{web[1]}/slack/events"

        message = fleet.slack.share([fleet.slack.add_file()], text="WEB-1")

        reply = fleet.slack.wait_for_reply(
            "CGENERAL", message.ts, lambda reply: "is attached." in reply.text
        )
        assert reply


@contextlib.contextmanager
def run_procfile(environment, folder, out):
    """Run it as `honcho start` does, on two free ports, and end it."""
    command = [sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile")]
    command += ["-d", str(folder), "start", "--port", str(free_port())]
    honcho = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=out, stderr=out
    )
    try:
        yield
    finally:
        honcho.terminate()
        assert honcho.wait(20) in (0, 143, -15)


def free_port():
    """Return a port such that it and the one 100 after it were free just now."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                other.bind(("127.0.0.1", port + 100))
                return port
