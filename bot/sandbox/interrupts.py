"""Ctrl-C, SIGTERM and a closed terminal: one way to end, and an undisturbed one."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_Handler = Callable[[int, FrameType | None], Any] | signal.Handlers

_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt for each of the signals."""
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    _handle_all(signal.default_int_handler)
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
