"""Shows findings: as text for people, as JSON for machines. No I/O."""

import json
import textwrap
from collections.abc import Sequence

from bot.entrypoints.doctor.findings import Finding, Mark, Status, assess

#: Of the JSON's form; a new one where what was there changes its meaning, or goes.
VERSION = 1

_WIDTH = 79
_SHOWN = {
    Mark.OK: "ok",
    Mark.WARNING: "WARNING",
    Mark.FAULT: "FAULT",
    Mark.SKIPPED: "-",
}
_INDENT = " " * 9
_VERDICTS = {
    Status.WELL: "All is well.",
    Status.WARNINGS: "It works, but not as it should: see the warnings.",
    Status.FAULTS: "Something does not work: see the faults, the first one first.",
}


class Lines:
    """Shows findings for people, one after the other.

    Checks that are skipped for the same reason share their lines.
    """

    def __init__(self) -> None:
        self._alike: list[Finding] = []

    def add(self, finding: Finding) -> list[str]:
        """Return what can be shown now that there is *finding*, too."""
        is_mute = finding.mark is Mark.SKIPPED and not finding.next_step
        if is_mute and self._alike and self._alike[0].text == finding.text:
            self._alike.append(finding)
            return []
        shown = self.finish()
        if not is_mute:
            return [*shown, _show([finding])]
        self._alike = [finding]
        return shown

    def finish(self) -> list[str]:
        """Return what was not shown yet."""
        shown = [_show(self._alike)] if self._alike else []
        self._alike = []
        return shown


def _show(findings: Sequence[Finding]) -> str:
    """Return *findings*, which differ in their checks alone."""
    first = findings[0]
    checks = ", ".join(finding.check for finding in findings)
    text = _wrap(f"{checks}: {first.text}", _SHOWN[first.mark].ljust(9))
    if not first.next_step:
        return text
    return f"{text}\n{_wrap(f'-> {first.next_step}', _INDENT)}"


def show_verdict(findings: Sequence[Finding]) -> str:
    """Return what the *findings* come to, in a line."""
    return _VERDICTS[assess(tuple(findings))]


def write_json(findings: Sequence[Finding]) -> str:
    """Return all *findings* for machines, in the form that the README promises."""
    status = assess(tuple(findings))
    checks = [
        {
            "check": finding.check.value,
            "mark": finding.mark.value,
            "finding": finding.text,
            "next_step": finding.next_step or None,
        }
        for finding in findings
    ]
    report = {"version": VERSION, "status": status.value, "checks": checks}
    return json.dumps(report, indent=2)


def _wrap(text: str, start: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
