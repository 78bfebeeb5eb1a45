"""What the doctor finds: checks, marks, findings, and what they come to."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


class Check(StrEnum):
    """What is checked, in order; the names are part of what `--json` promises."""

    SETTINGS = "settings"
    SLACK_TOKEN = "slack-token"  # noqa: S105 - names of checks
    SLACK_SCOPES = "slack-scopes"
    SLACK_SOCKET = "slack-socket"
    SLACK_SIGNING = "slack-signing"
    PLANE_KEY = "plane-key"
    PLANE_RATE = "plane-rate"
    PLANE_WORKSPACE = "plane-workspace"
    PLANE_PROJECTS = "plane-projects"
    PLANE_SIZE = "plane-size"
    UPLOAD = "upload"
    CLOCK = "clock"
    DATABASE = "database"
    DISK = "disk"
    RUNNING = "running"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in plain text; *next_step* is "" where nothing is to do."""

    check: Check
    mark: Mark
    text: str
    next_step: str = ""


def ok(check: Check, text: str, next_step: str = "") -> Finding:
    """Return that all is well."""
    return Finding(check, Mark.OK, text, next_step)


def warning(check: Check, text: str, next_step: str) -> Finding:
    """Return that something works, but not as it should."""
    return Finding(check, Mark.WARNING, text, next_step)


def fault(check: Check, text: str, next_step: str) -> Finding:
    """Return that something does not work."""
    return Finding(check, Mark.FAULT, text, next_step)


def skipped(check: Check, reason: str, next_step: str = "") -> Finding:
    """Return that it was not looked into, for this *reason*."""
    return Finding(check, Mark.SKIPPED, f"Skipped because {reason}.", next_step)


class Status(StrEnum):
    """How an installation is, all in all."""

    WELL = "ok"
    WARNINGS = "warnings"
    FAULTS = "faults"

    @property
    def exit_status(self) -> int:
        """What the command ends with."""
        return list(Status).index(self)


def assess(findings: tuple[Finding, ...]) -> Status:
    """Return how an installation with these *findings* is."""
    marks = {finding.mark for finding in findings}
    if Mark.FAULT in marks:
        return Status.FAULTS
    return Status.WARNINGS if Mark.WARNING in marks else Status.WELL
