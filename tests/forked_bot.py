"""Bots that are forked off a process which has imported the program already.

A bot of a scenario is a process of its own, killed and restarted as any; only that its
interpreter need not import everything anew, which takes most of a start. The command
`loadmaster` itself is started in tests/test_sandbox_command.py.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

_NUMBER = struct.Struct("i")
_LONGEST_REQUEST = 1 << 20


class ForkedProcess:
    """What `subprocess.Popen` would be for it, as far as it is used."""

    def __init__(self, environment, folder):
        ours, theirs = os.pipe()
        self._status, status = os.pipe()
        self._reading = threading.Lock()
        request = json.dumps({"environment": dict(environment), "folder": str(folder)})
        socket.send_fds(_start_server(), [request.encode()], [theirs, status])
        os.close(theirs)
        os.close(status)
        self.stderr = open(ours, encoding="utf-8", errors="replace")  # noqa: SIM115, PTH123
        (self.pid,) = _NUMBER.unpack(os.read(self._status, _NUMBER.size))
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
                    number = os.read(self._status, _NUMBER.size)
                    (self.returncode,) = _NUMBER.unpack(number)
        return self.returncode

    def __del__(self):
        os.close(self._status)


@cache
def _start_server():
    """Start the process that forks, once, and return the socket to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_bot", str(theirs.fileno())],
            cwd=Path(__file__).parents[1],
            pass_fds=[theirs.fileno()],
        )
    atexit.register(_end, ours, server)
    return ours


def _end(ours, server):
    ours.close()
    server.wait()


def _serve(channel):
    """Fork a bot for each request until nobody can ask for one any more."""
    from bot.entrypoints import run  # noqa: F401 - what takes the time

    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        data, fds, _, _ = socket.recv_fds(channel, _LONGEST_REQUEST, 2)
        if not data:
            return
        if os.fork() == 0:
            channel.close()
            _supervise(json.loads(data), *fds)
        for fd in fds:
            os.close(fd)


def _supervise(request, stderr, status):
    """Fork the bot, tell its number, and at the end its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    bot = os.fork()
    if bot == 0:
        os.close(status)
        _become_bot(request, stderr)
    os.close(stderr)
    os.write(status, _NUMBER.pack(bot))
    _, ended = os.waitpid(bot, 0)
    os.write(status, _NUMBER.pack(os.waitstatus_to_exitcode(ended)))
    os._exit(0)


def _become_bot(request, stderr):
    from bot.entrypoints.cli import main

    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd, number in ((null, 0), (null, 1), (stderr, 2)):
        os.dup2(fd, number)
    os.closerange(3, max(null, stderr) + 1)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    status = 1
    try:
        status = main(["run"])
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
