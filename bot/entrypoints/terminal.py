"""What commands write for people and programs: whole texts, to stdout or stderr."""

import io
import logging
import sys
from typing import TextIO


def write(text: str, *, to: TextIO | None = None) -> None:
    """Write *text*, to stdout by default; what its encoding lacks is escaped."""
    stream = to or sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    stream.write(text)
    stream.flush()


def keep_quiet() -> None:
    """Have nothing logged: what a command comes to is its own output."""
    logger = logging.getLogger("bot")
    if not logger.handlers:  # without any, warnings would go to stderr
        logger.addHandler(logging.NullHandler())
