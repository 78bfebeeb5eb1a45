"""How `loadmaster attach` shows what it does: a bar at a terminal, else plain lines."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from tqdm import tqdm

from bot.domain.attachings import Result
from bot.domain.escaping import show_code
from bot.domain.outcomes import Outcome
from bot.domain.sentences import tell
from bot.domain.terminals import read_mrkdwn, show_age, show_plain
from bot.entrypoints.terminal import write
from bot.errors import Problem

#: Of a name beside a bar; a terminal has 80 columns.
_LONGEST_LABEL = 24


class Console:
    """Results go to stdout, all else to stderr; *is_quiet* leaves failures only.

    With *is_for_program*, stdout is left to what a program reads.
    """

    def __init__(self, *, is_quiet: bool, is_for_program: bool) -> None:
        self._is_quiet = is_quiet
        self._is_for_program = is_for_program

    def show(self, result: Result) -> None:
        """Tell what became of a file."""
        if not result.is_success:
            write(f"loadmaster: {result.sentence}\n", to=sys.stderr)
        elif not (self._is_quiet or self._is_for_program):
            write(f"{result.sentence}\n")

    def say(self, text: str) -> None:
        """Tell what goes on."""
        if not self._is_quiet:
            with tqdm.external_write_mode(file=sys.stderr):
                write(f"loadmaster: {text}\n", to=sys.stderr)

    def say_waiting(
        self, subject: str
    ) -> Callable[[Problem | Outcome, float | None], None]:
        """Return what tells that *subject* waits, for a problem and so many seconds."""

        def say(problem: Problem | Outcome, seconds: float | None) -> None:
            outcome = Outcome.of(problem) if isinstance(problem, Problem) else problem
            sentence = read_mrkdwn(tell(outcome, it=show_code(subject)))
            when = "" if seconds is None else f" in {show_age(seconds)}"
            self.say(f"{sentence} Trying again{when}.")

        return say

    @contextlib.contextmanager
    def bar(self, label: str, size: int | None) -> Iterator[Callable[[int], None]]:
        """Show a bar, at a terminal; yield what is told of the bytes so far."""
        shown = show_plain(label)
        if len(shown) > _LONGEST_LABEL:
            shown = f"{shown[: _LONGEST_LABEL - 1]}\N{HORIZONTAL ELLIPSIS}"
        with tqdm(
            desc=shown,
            total=size,
            unit="B",
            unit_scale=True,
            unit_divisor=1024,
            leave=False,
            file=sys.stderr,
            disable=self._is_quiet or not sys.stderr.isatty(),
        ) as shown_bar:

            def tell_progress(done: int) -> None:
                shown_bar.update(done - shown_bar.n)

            yield tell_progress
