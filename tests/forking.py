"""The process that bots are forked off: it has played the program through once.

Started by tests/forked_bot.py, with the number of the socket that it listens on.
"""

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
from pathlib import Path

from filelock import FileLock

from bot.entrypoints.cli import main
from bot.work.distributed import runner  # noqa: F401 - what takes the time
from tests.compiled_once import compile_once
from tests.forked_bot import LOCK, NUMBER
from tests.rehearsal import rehearse

_LONGEST_REQUEST = 1 << 20


def _serve(listening):
    """Fork a bot for each request until nobody can ask for one any more."""
    compile_once()
    rehearse()
    gc.freeze()
    ended, statuses, channels = _hear_of_ends(), {}, []
    while channels or not _is_over(listening):
        ready, _, _ = select.select([listening, ended, *channels], [], [])
        if ended in ready:
            ended.recv(_LONGEST_REQUEST)
            _tell_ends(statuses)
        if listening in ready:
            channels.append(listening.accept()[0])
        for channel in set(channels) & set(ready):
            if not _answer(channel, statuses):
                channels.remove(channel)
                channel.close()


def _answer(channel, statuses):
    """Fork the bot that is asked for; return whether any may be."""
    data, fds, _, _ = socket.recv_fds(channel, _LONGEST_REQUEST, 2)
    if data:
        _fork(json.loads(data), *fds, statuses)
    return bool(data)


def _is_over(listening):
    """Go away unless somebody comes just now, who is served."""
    folder = Path(listening.getsockname()).parent
    with FileLock(folder / LOCK):
        if select.select([listening], [], [], 0)[0]:
            return False
        shutil.rmtree(folder)
    return True


def _hear_of_ends():
    """Return a socket that can be read from when a bot has ended."""
    ended, signals = socket.socketpair()
    signals.setblocking(False)
    signal.set_wakeup_fd(signals.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    return ended


def _fork(request, stderr, status, statuses):
    """Fork the bot and tell its number."""
    bot = os.fork()
    if bot == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _become_bot(request, stderr)
    os.close(stderr)
    os.write(status, NUMBER.pack(bot))
    statuses[bot] = status


def _tell_ends(statuses):
    """Tell the exit status of each bot that has ended."""
    for bot in list(statuses):
        number, ended = os.waitpid(bot, os.WNOHANG)
        if number:
            status = statuses.pop(bot)
            with contextlib.suppress(BrokenPipeError):  # nobody wants to know
                os.write(status, NUMBER.pack(os.waitstatus_to_exitcode(ended)))
            os.close(status)


def _become_bot(request, stderr):
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd, number in ((null, 0), (null, 1), (stderr, 2)):
        os.dup2(fd, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    status = 1
    try:
        status = main([request["command"]])
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
