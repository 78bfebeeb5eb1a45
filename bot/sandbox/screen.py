"""Write for the person at the terminal: headings, rows, complaints."""

import io
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

_INDENT = 2
_COLUMN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text beside the name of what it is about."""

    label: str
    text: str


class Screen:
    """Two streams; lines are wrapped, and headings bold, at a terminal only."""

    def __init__(
        self, out: TextIO, err: TextIO, environment: Mapping[str, str]
    ) -> None:
        self.out = out
        self._err = err
        self._width = shutil.get_terminal_size().columns if out.isatty() else 0
        # no-color.org: any value counts, but an empty one
        plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
        self._is_bold = out.isatty() and not plain
        for stream in (out, err):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")

    def say(self, text: str) -> None:
        """Write a paragraph."""
        self._write(self._wrap(visible(text), 0))

    def head(self, text: str) -> None:
        """Write a heading below an empty line."""
        text = self._wrap(visible(text), 0)
        self._write(f"\n\033[1m{text}\033[0m" if self._is_bold else f"\n{text}")

    def show(self, rows: Iterable[Row], *, column: int = _COLUMN) -> None:
        """Write *rows*, their texts below one another after *column* characters."""
        for row in rows:
            label = visible(row.label)
            for line in row.text.split("\n"):
                start = " " * _INDENT + label.ljust(column)
                line = self._wrap(start + visible(line), len(start))
                self._write(line.rstrip())
                label = ""

    def draw(self, text: str) -> None:
        """Write the lines of *text*, each wrapped below its own beginning."""
        for line in text.split("\n"):
            line = " " * _INDENT + visible(line)
            self._write(self._wrap(line, len(line) - len(line.lstrip())).rstrip())

    def complain(self, *lines: str) -> None:
        """Write *lines* to the error stream."""
        self.out.flush()
        for line in lines:
            self._err.write(f"loadmaster: {visible(line)}\n")
        self._err.flush()

    def _wrap(self, text: str, indent: int) -> str:
        if not self._width:
            return text
        return textwrap.fill(
            text,
            max(self._width, 4 * indent),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _write(self, text: str) -> None:
        self.out.write(f"{text}\n")
        self.out.flush()


def visible(text: str) -> str:
    """Return *text* with an escape for whatever could play tricks on a terminal."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in text
    )
