"""The database and its disk, and the Loadmaster that may be running on it."""

import shutil
from pathlib import Path

from sqlalchemy import make_url

from bot.domain.amounts import show_size
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.filesystems import find_risk
from bot.entrypoints.doctor.findings import Check, Finding, fault, ok, skipped, warning
from bot.entrypoints.doctor.neighbour import Neighbour
from bot.errors import LedgerInUse, LedgerUnavailable, StartError
from bot.work.ledger.database import Database, is_shared, sole_use
from bot.work.ledger.inspection import Version, compare_version

_MB = 1024 * 1024
#: A share takes some kilobytes, and SQLite as much again while it writes.
_TOO_LITTLE, _LITTLE = 20 * _MB, 200 * _MB
_SERVER = (
    "Look whether the server runs, whether this machine may connect there, and whether"
    " the user of DATABASE_URL may write to the tables."
)
_BACKUP = (
    "Stop Loadmaster and put a backup in its place or, to start with an empty one, move"
    " it away."
)


def find_file(chart: Chart) -> Path | None:
    """Return the path of the SQLite file; None where the database is none."""
    url = chart.settings.database_url
    if is_shared(url):
        return None
    return Path(make_url(url).database or "").resolve()


def check_database(chart: Chart) -> list[Finding]:
    """Open the database, read its version and write what changes nothing."""
    file = find_file(chart)
    if file is not None and not file.exists():
        return [_tell_missing(chart, file)]
    database = Database(chart.settings.database_url)
    try:
        return [_tell_version(chart, database, _name(file))]
    except LedgerUnavailable as error:
        text = f"{_name(file)} cannot be used: {error}."
        step = _advise(str(error)) if file else _SERVER
        return [fault(Check.DATABASE, text, step)]
    finally:
        database.close()


def _tell_missing(chart: Chart, file: Path) -> Finding:
    try:
        with sole_use(chart.settings.database_url):
            text = f"There is no {file} yet, and it can be made: `loadmaster run` does."
            return ok(Check.DATABASE, text)
    except StartError:
        text = f"There is no {file}, and it cannot be made: its folder is not writable."
        step = "Make the folder, for the user who runs this, or change DATABASE_URL."
        return fault(Check.DATABASE, text, step)


def _tell_version(chart: Chart, database: Database, name: str) -> Finding:
    version = compare_version(database)
    if version is Version.LATER:
        text = f"A later version of Loadmaster made {name}."
        return fault(Check.DATABASE, text, "Run that version, or a later one.")
    if version is Version.NONE:
        text = f"{name} is empty: `loadmaster run` fills it."
        return ok(Check.DATABASE, text)
    is_written = _write(chart, database)
    left = "" if is_written else " For whether it can be written, see running."
    if version is Version.OLDER:
        text = f"{name} is of an earlier version; `loadmaster run` brings it up to date"
        return ok(Check.DATABASE, f"{text}.{left}")
    can = "read and written" if is_written else "read"
    return ok(Check.DATABASE, f"{name} can be {can}, and is of this version.{left}")


def _write(chart: Chart, database: Database) -> bool:
    """Try to write, unless somebody else has the database: one writes at a time.

    Raises:
        LedgerUnavailable: nothing can be stored.
    """
    try:
        with sole_use(chart.settings.database_url):
            database.check()
    except LedgerInUse:
        return False
    except StartError as error:
        raise LedgerUnavailable(str(error)) from error
    return True


def _advise(error: str) -> str:
    if "locked" in error:
        return "Another program is writing to it: end that one."
    if "readonly" in error or "read-only" in error or "written" in error:
        return "Let the user who runs this write to the file and its folder."
    if "full" in error:
        return "Make room on its disk."
    return _BACKUP


def check_disk(chart: Chart) -> list[Finding]:
    """Look at the disk of the database's file."""
    file = find_file(chart)
    if file is None or not file.parent.is_dir():
        return []
    findings = [_tell_space(file)]
    risk = find_risk(
        file.parent, environment=chart.environment, mounts=chart.options.mounts
    )
    if risk:
        text = f"{file} is {risk}: with it goes what is under way, and what may be"
        step = (
            "Put it on a volume that stays, or use PostgreSQL: DATABASE_URL names it."
        )
        text += " undone and tried again."
        findings.append(warning(Check.DISK, text, step))
    return findings


def _tell_space(file: Path) -> Finding:
    free = shutil.disk_usage(file.parent).free
    text = f"{show_size(free)} are free on the disk of {file}."
    step = "Make room on it: a full disk keeps Loadmaster from taking anything in."
    if free < _TOO_LITTLE:
        return fault(Check.DISK, text, step)
    return warning(Check.DISK, text, step) if free < _LITTLE else ok(Check.DISK, text)


def check_running(chart: Chart) -> list[Finding]:
    """Tell whether a Loadmaster runs on the database, and how it is."""
    neighbour = chart.neighbour
    if not neighbour.is_known:
        return [skipped(Check.RUNNING, "the database does not tell who runs on it")]
    if not neighbour.is_running:
        text = "No Loadmaster runs on this database."
        return [ok(Check.RUNNING, text, "Start it: `loadmaster run`.")]
    if neighbour.is_ready:
        text = f"A Loadmaster runs on this database, and is ready ({neighbour.url})."
        return [ok(Check.RUNNING, text)]
    if neighbour.faults is None:
        return [_tell_silent(neighbour)]
    text = f"A Loadmaster runs on this database, and is not ready: {neighbour.url} says"
    said = "; ".join(neighbour.faults)
    return [fault(Check.RUNNING, f"{text} {said}.", "Its log tells more.")]


def _tell_silent(neighbour: Neighbour) -> Finding:
    place = f" at {neighbour.url}" if neighbour.url else ""
    text = (
        f"A Loadmaster runs on this database, but does not answer{place}: whether it is"
        " ready, and can write, is left out."
    )
    step = "Ask it at its own HOST and PORT: GET /readyz."
    return ok(Check.RUNNING, text, step)


def _name(file: Path | None) -> str:
    return str(file) if file else "The database"
