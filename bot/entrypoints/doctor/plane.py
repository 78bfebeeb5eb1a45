"""Plane: the key and whose it is, what it may do, and the server's limit for files."""

from bot.domain.amounts import show_size
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.findings import Check, Finding, fault, ok, skipped, warning
from bot.entrypoints.doctor.printable import show_name, show_names
from bot.errors import PlaneKeyRefused, PlaneWorkspaceRefused, Problem

NO_ANSWER = (
    "Check PLANE_API_URL: the address of Plane's API without /api/v1, and that Plane"
    " runs; a proxy in front of it may answer in its place."
)
_NEW_KEY = (
    "In Plane, as the user whom the bot is to act as, open the profile settings,"
    " Personal Access Tokens, make one and set PLANE_API_KEY to it."
)
_JOIN = "make the owner of PLANE_API_KEY a member of"
#: With fewer calls left the bot waits soon, if it is not the bot that makes them.
_FEW = 10


def check_key(chart: Chart) -> list[Finding]:
    """Ask Plane whose key it is."""
    try:
        chart.account = account = chart.clients.plane.account.look_up()
    except PlaneKeyRefused as problem:
        return [
            chart.fail(Check.PLANE_KEY, problem, it="files", next_step=_NEW_KEY),
        ]
    except Problem as problem:
        return [_fail(chart, Check.PLANE_KEY, problem, "the API key")]
    email = f" <{account.email}>" if account.email else ""
    text = f"It is the key of {show_name(account.name + email)}: attachments appear as"
    return [ok(Check.PLANE_KEY, f"{text} made by this user.")]


def check_rate(chart: Chart) -> list[Finding]:
    """Compare what the key has left with what the bot is told that it may use."""
    left = chart.account.remaining if chart.account else None
    limit = chart.settings.plane.rate_limit
    if left is None:
        text = "Plane does not tell how many calls the key has left"
        return [
            ok(Check.PLANE_RATE, f"{text}; the bot makes {limit} a minute at most.")
        ]
    text = f"The key has {left} calls left in this minute; PLANE_RATE_LIMIT is {limit}."
    if left >= limit:  # one was just made
        step = f"Plane allows more: set PLANE_RATE_LIMIT to {left + 1}, for speed."
        return [ok(Check.PLANE_RATE, text, step)]
    is_alone = chart.neighbour.is_known and not chart.neighbour.is_running
    if left < _FEW and is_alone:
        step = (
            "Something else uses this key, though no Loadmaster runs on this database:"
            " give each program a key of its own."
        )
        return [warning(Check.PLANE_RATE, text, step)]
    return [ok(Check.PLANE_RATE, text)]


def check_workspace(chart: Chart) -> list[Finding]:
    """List the projects of the workspace."""
    workspace = chart.settings.plane.workspace
    try:
        chart.projects = chart.clients.plane.client.list_projects()
    except PlaneWorkspaceRefused as problem:
        step = (
            f"Check PLANE_WORKSPACE: the slug, which is the part after the host when"
            f" Plane is open. If it is right, {_JOIN} that workspace."
        )
        return [
            chart.fail(Check.PLANE_WORKSPACE, problem, it="files", next_step=step),
        ]
    except Problem as problem:
        what = "the list of its projects"
        return [_fail(chart, Check.PLANE_WORKSPACE, problem, what)]
    text = f"The key's user is in the workspace {workspace}."
    return [ok(Check.PLANE_WORKSPACE, text)]


def check_projects(chart: Chart) -> list[Finding]:
    """Compare the projects with those that the bot is to work in."""
    found = frozenset(project.identifier for project in chart.projects)
    fence = chart.settings.plane.projects
    inside = found if fence is None else found & fence
    missing = frozenset() if fence is None else fence - found
    if not inside:
        return [_tell_none(found, missing)]
    text = f"The bot works in {show_names(inside)}"
    if missing:
        more = f", but {show_names(missing)} of PLANE_PROJECTS is not found."
        return [warning(Check.PLANE_PROJECTS, text + more, _find(missing))]
    fenced = f"; PLANE_PROJECTS leaves out {show_names(found - inside)}"
    return [
        ok(Check.PLANE_PROJECTS, text + (fenced if found - inside else "") + "."),
    ]


def check_size(chart: Chart) -> list[Finding]:
    """Ask Plane how large a file may be."""
    try:
        chart.size_limit = limit = chart.clients.plane.client.get_file_size_limit()
    except Problem as problem:
        return [_fail(chart, Check.PLANE_SIZE, problem, "its limit for files")]
    if limit is None:
        reason = "Plane does not tell its limit for files"
        return [skipped(Check.PLANE_SIZE, reason)]
    text = f"Plane takes files of up to {show_size(limit)}."
    return [ok(Check.PLANE_SIZE, text, "FILE_SIZE_LIMIT in Plane changes that.")]


def _fail(chart: Chart, check: Check, problem: Problem, it: str) -> Finding:
    return chart.fail(check, problem, it=it, at="PLANE_API_URL", next_step=NO_ANSWER)


def _tell_none(found: frozenset[str], missing: frozenset[str]) -> Finding:
    if missing:
        text = f"No project of PLANE_PROJECTS is found: {show_names(missing)}."
        return fault(Check.PLANE_PROJECTS, text, _find(missing, found))
    text = "The key's user is a member of no project, so the bot knows no key."
    return fault(Check.PLANE_PROJECTS, text, f"In Plane, {_JOIN} a project.")


def _find(missing: frozenset[str], found: frozenset[str] = frozenset()) -> str:
    there = f" Found are {show_names(found)}." if found else ""
    return (
        f"Check the spelling of {show_names(missing)} in PLANE_PROJECTS; if it is"
        f" right, in Plane, {_JOIN} it.{there}"
    )
