"""What commands write for people and programs: whole texts, to stdout or stderr."""

import io
import sys
from typing import TextIO


def write(text: str, *, to: TextIO | None = None) -> None:
    """Write *text*, to stdout by default; what its encoding lacks is escaped."""
    stream = to or sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    stream.write(text)
    stream.flush()
