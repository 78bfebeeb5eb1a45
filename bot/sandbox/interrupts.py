"""Ctrl-C, SIGTERM and a closed terminal: one way to end, and an undisturbed one."""

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
)
_NUDGE_SECONDS = 0.05

_Handler = Callable[[int, FrameType | None], Any] | signal.Handlers


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt in the main thread, which must call this, for each."""
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    came: list[int] = []  # no lock: a handler may interrupt itself

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    with _nudging(came):
        _handle_all(interrupt)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed_end() -> Iterator[None]:
    """Ignore the signals from the end of the block on: what follows tidies up."""
    try:
        yield
    finally:
        _handle_all(signal.SIG_IGN)


def _handle_all(handler: _Handler) -> None:
    for number in _SIGNALS:
        signal.signal(number, handler)


@contextlib.contextmanager
def _nudging(came: list[int]) -> Iterator[None]:
    """Send a signal again until its handler ran.

    A signal that comes just before the main thread waits for a line is noted, but does
    not end that wait (CPython, Modules/readline.c: select() after the last check).
    """
    inside, outside = socket.socketpair()
    with inside, outside:
        outside.setblocking(False)
        before = signal.set_wakeup_fd(outside.fileno(), warn_on_full_buffer=False)
        main = threading.get_ident()
        thread = threading.Thread(target=_nudge, args=(inside, came, main))
        thread.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            came.append(0)
            outside.close()
            thread.join()


def _nudge(inside: socket.socket, came: list[int], main: int) -> None:
    while number := inside.recv(1):
        while number[0] in _SIGNALS and not came:
            signal.pthread_kill(main, number[0])
            time.sleep(_NUDGE_SECONDS)
