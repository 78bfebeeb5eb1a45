"""What commands write for people and programs: whole texts, to stdout or stderr."""

import io
import logging
import os
import sys
from pathlib import Path
from typing import TextIO


def open_streams() -> None:
    """Open what the process was started without of stdin, stdout and stderr.

    Python has None for it, and the next file that is opened would get its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)


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
