"""Bots that are forked off a process which has the program in it already.

That process serves all workers of a run, and ends with the last of them. A bot of a
scenario is a process of its own, killed and restarted as any; only that its interpreter
need not import everything anew, which takes most of a start. The command `loadmaster`
itself is started in tests/test_sandbox_command.py.
"""

import atexit
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import uuid
from functools import cache
from pathlib import Path

from filelock import FileLock

#: How the server tells a process number, and later an exit status.
NUMBER = struct.Struct("i")
#: What is in the folder of the server.
LOCK, LISTENING = "lock", "listening"


class ForkedProcess:
    """What `subprocess.Popen` would be for it, as far as it is used."""

    def __init__(self, environment, folder, command="run"):
        ours, theirs = os.pipe()
        self._status, status = os.pipe()
        self._reading = threading.Lock()
        request = json.dumps(
            {"command": command, "folder": str(folder), "environment": environment}
        )
        socket.send_fds(_reach_server(), [request.encode()], [theirs, status])
        os.close(theirs)
        os.close(status)
        self.stderr = open(ours, encoding="utf-8", errors="replace")  # noqa: SIM115, PTH123
        (self.pid,) = NUMBER.unpack(os.read(self._status, NUMBER.size))
        self.returncode = None

    def poll(self):
        """Return the exit status, None as long as there is none."""
        return self._look(0)

    def wait(self, timeout=None):
        """Wait for the end and return the exit status."""
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("bot", timeout)
        return status

    def send_signal(self, number):
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout):
        if (
            self.returncode is None
            and select.select([self._status], [], [], timeout)[0]
        ):
            with self._reading:  # several threads may wait for one end
                if self.returncode is None:
                    number = os.read(self._status, NUMBER.size)
                    (self.returncode,) = NUMBER.unpack(number)
        return self.returncode

    def __del__(self):
        os.close(self._status)


@cache
def _reach_server():
    """Return a socket to the process that forks; the first worker starts it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    # A socket's path has room for about 100 bytes.
    folder = Path(tempfile.gettempdir(), f"loadmaster-fork-{run[:16]}")
    ours = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with FileLock(folder / LOCK):
        if not (folder / LISTENING).exists():
            _start_server(folder)
        ours.connect(str(folder / LISTENING))
    atexit.register(ours.close)
    return ours


def _start_server(folder):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(folder / LISTENING))
        listening.listen(64)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.forking", str(listening.fileno())],
            cwd=Path(__file__).parents[1],
            pass_fds=[listening.fileno()],
            start_new_session=True,  # others may need it longer
        )
    server.returncode = 0  # it outlives us: nothing to wait for, nothing to warn of
