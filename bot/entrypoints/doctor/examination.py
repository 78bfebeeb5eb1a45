"""Does the checks in order, each within its time, and skips what cannot be done."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.findings import Check, Finding, Mark, fault, skipped
from bot.entrypoints.doctor.printable import clean, find_secrets

Findings = Sequence[Finding]
Result = TypeVar("Result")

_LEAST_SECONDS = 0.1


class TimeUp(Exception):
    """What was begun is not done yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """How one *check* is made.

    It is left out unless it *applies*. It is skipped unless all that it *needs* went
    well, or if one of *hears*, whose remote side it would ask, too, got no answer.
    Without *is_bounded* it minds its time
    by itself. *on_time_up* is what to do where it gets none.
    """

    check: Check
    examine: Callable[[Chart], Findings]
    needs: tuple[Check, ...] = (Check.SETTINGS,)
    hears: tuple[Check, ...] = ()
    on_time_up: str = ""
    is_bounded: bool = True
    applies: Callable[[Chart], bool] = lambda chart: True


class Examination:
    """Examines one installation, once."""

    def __init__(
        self, chart: Chart, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._chart = chart
        self._clock = clock
        self._marks: dict[Check, set[Mark]] = {}
        #: Why what follows from a check cannot be done: the check that is at fault.
        self._causes: dict[Check, Check] = {}
        self._end = clock() + chart.options.total_seconds

    def run(self, steps: Sequence[Step]) -> Iterator[Finding]:
        """Yield what is found, as it is found."""
        for step in steps:
            if not step.applies(self._chart):
                continue
            for finding in self._take(step):
                self._marks.setdefault(step.check, set()).add(finding.mark)
                yield clean(finding, find_secrets(self._chart.loaded))

    def _take(self, step: Step) -> Findings:
        cause = self._find_cause(step)
        if cause is not None:
            self._causes[step.check] = cause
            return [skipped(step.check, f"{cause} did not go well")]
        if not step.is_bounded:
            return self._examine(step)
        left = self._end - self._clock()
        if left < _LEAST_SECONDS:
            self._chart.unanswered.add(step.check)
            return [skipped(step.check, "the time of the whole examination is up")]
        return self._examine_within(step, min(left, self._chart.options.check_seconds))

    def _examine_within(self, step: Step, seconds: float) -> Findings:
        try:
            return within(seconds, lambda: self._examine(step))
        except TimeUp:
            self._chart.unanswered.add(step.check)
            self._chart.silent.add(step.check)
            text = f"There was no answer within {seconds:.0f} seconds."
            return [fault(step.check, text, step.on_time_up)]

    def _examine(self, step: Step) -> Findings:
        try:
            return step.examine(self._chart)
        except Exception as error:  # noqa: BLE001 - what it is, is told; others go on
            self._chart.unanswered.add(step.check)
            text = f"Something went wrong in the doctor itself: {type(error).__name__}."
            return [fault(step.check, text, "Report it, with the version and this.")]

    def _find_cause(self, step: Step) -> Check | None:
        for check in step.needs:
            if not self._went_well(check):
                return self._causes.get(check, check)
        return next((each for each in step.hears if each in self._chart.silent), None)

    def _went_well(self, check: Check) -> bool:
        marks = self._marks.get(check, set())
        is_sound = not marks & {Mark.FAULT, Mark.SKIPPED}
        return is_sound and check not in self._chart.unanswered


def within(seconds: float, do: Callable[[], Result]) -> Result:
    """Do something and return its result; what it raises is raised here.

    Raises:
        TimeUp: it takes longer, on a thread of its own, which nobody hears of again.
    """
    work = _Work(do)
    thread = threading.Thread(target=work.run, name="doctor", daemon=True)
    thread.start()
    thread.join(seconds)
    return work.collect()


class _Work(Generic[Result]):
    """Something that is done on a thread, and what came of it."""

    def __init__(self, do: Callable[[], Result]) -> None:
        self._do = do
        self._results: list[Result] = []
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._results.append(self._do())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error

    def collect(self) -> Result:
        if self._error is not None:
            raise self._error
        if not self._results:
            raise TimeUp
        return self._results[0]
