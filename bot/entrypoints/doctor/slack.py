"""Slack: the bot token and its scopes, and the way on which events come."""

import re

from bot.clients.slack_sockets import SlackSockets
from bot.domain.scopes import BOT_SCOPES, VITAL_SCOPES, find_missing
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.findings import (
    Check,
    Finding,
    Mark,
    fault,
    ok,
    skipped,
    warning,
)
from bot.entrypoints.doctor.printable import show_name, show_names
from bot.errors import Problem, SlackRejected, SlackTokenRefused
from bot.work.ledger.database import is_shared

NO_ANSWER = (
    "Check SLACK_API_URL, and that this machine may connect there (proxies, firewalls)."
)
_APPS = "api.slack.com/apps"
#: Copied from Basic Information, it has 32 of these (seen in Slack's own examples:
#: docs.slack.dev/authentication/verifying-requests-from-slack).
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_HELLO_SECONDS = 5.0


def check_token(chart: Chart) -> list[Finding]:
    """Ask Slack whose token it is."""
    try:
        chart.identity = identity = chart.clients.slack.identity.look_up()
    except SlackTokenRefused as problem:
        step = (
            f"At {_APPS}, choose the app, OAuth & Permissions, and copy the Bot User"
            " OAuth Token into SLACK_BOT_TOKEN; without one, Install to Workspace."
        )
        return [chart.fail(Check.SLACK_TOKEN, problem, it="messages", next_step=step)]
    except Problem as problem:
        return [
            chart.fail(
                Check.SLACK_TOKEN,
                problem,
                it="the bot token",
                at="SLACK_API_URL",
                next_step=NO_ANSWER,
            )
        ]
    text = f"It is {show_name(identity.user)} in the workspace"
    return [ok(Check.SLACK_TOKEN, f"{text} {show_name(identity.team)}.")]


def check_scopes(chart: Chart) -> list[Finding]:
    """Compare what was granted with what is needed."""
    granted = chart.identity.scopes if chart.identity else None
    if granted is None:
        return [skipped(Check.SLACK_SCOPES, "Slack did not tell them")]
    missing = find_missing(granted)
    if not missing:
        return [ok(Check.SLACK_SCOPES, _tell_all(granted))]
    lost = "; ".join(f"{scope}: {BOT_SCOPES[scope]}" for scope in missing)
    step = (
        f"At {_APPS}, choose the app, OAuth & Permissions, Bot Token Scopes, add"
        f" {', '.join(missing)}, then Reinstall to Workspace: added scopes count only"
        " after that."
    )
    mark = Mark.FAULT if VITAL_SCOPES & set(missing) else Mark.WARNING
    return [Finding(Check.SLACK_SCOPES, mark, f"The app lacks {lost}.", step)]


def _tell_all(granted: frozenset[str]) -> str:
    more = granted - BOT_SCOPES.keys()
    text = f"All {len(BOT_SCOPES)} that are needed are granted"
    return f"{text}; not needed are {show_names(more)}." if more else f"{text}."


def check_signing(chart: Chart) -> list[Finding]:
    """Look at the signing secret, which no call can try."""
    step = (
        f"At {_APPS}, choose the app, Event Subscriptions: the Request URL has to be"
        " your address with /slack/events, marked Verified; the same address stands"
        " under Interactivity & Shortcuts and Slash Commands. No call can ask for it."
    )
    if _SIGNING_SECRET.fullmatch(chart.settings.slack.signing_secret or ""):
        text = "The signing secret looks like one."
        return [ok(Check.SLACK_SIGNING, text, step)]
    text = (
        "SLACK_SIGNING_SECRET does not look like Slack's, which are 32 digits and"
        " letters from a to f: with a wrong one, every request is refused."
    )
    copy = f"At {_APPS}, choose the app, Basic Information, and copy Signing Secret."
    return [warning(Check.SLACK_SIGNING, text, copy)]


def check_socket(chart: Chart) -> list[Finding]:
    """Try the app token and, where that takes no event from anybody, a socket."""
    slack = chart.settings.slack
    assert slack.app_token is not None, "this is for Socket Mode alone"
    sockets = SlackSockets(app_token=slack.app_token, api_url=slack.api_url)
    try:
        url = sockets.request_url()
        # Slack deals events out: what came on this socket, a bot would hear later, and
        # of commands and buttons, nobody.
        if chart.neighbour.is_running or not chart.neighbour.is_known:
            return [_tell_neighbours(chart)]
        return [_greet(sockets, url)]
    except (SlackTokenRefused, SlackRejected) as problem:
        chart.unanswered.add(Check.SLACK_SOCKET)
        text = f"Slack gives no socket for SLACK_APP_TOKEN ({problem.error})."
        return [fault(Check.SLACK_SOCKET, text, _APP_TOKEN)]
    except Problem as problem:
        return [
            chart.fail(
                Check.SLACK_SOCKET,
                problem,
                it="a socket",
                next_step=_SOCKETS,
            )
        ]


_APP_TOKEN = (
    f"At {_APPS}, choose the app, Socket Mode: Enable Socket Mode has to be on. Then"
    " Basic Information, App-Level Tokens: generate one with the scope"
    " connections:write and set SLACK_APP_TOKEN to it."
)
_SOCKETS = (
    "Check that this machine may open WebSockets to wss-primary.slack.com and other"
    " hosts of Slack's (proxies, firewalls)."
)


def _tell_neighbours(chart: Chart) -> Finding:
    # Of several, the one that answers may be one that only works.
    if chart.neighbour.is_ready and not is_shared(chart.settings.database_url):
        text = "Slack takes the app token, and the running Loadmaster has its socket."
        return ok(Check.SLACK_SOCKET, text)
    text = (
        "Slack takes the app token. No socket was tried: it would take events from a"
        " Loadmaster that is running."
    )
    return ok(Check.SLACK_SOCKET, text)


def _greet(sockets: SlackSockets, url: str) -> Finding:
    socket = sockets.connect(url)
    try:
        hello = socket.hear(seconds=_HELLO_SECONDS) or {}
    finally:
        socket.close()
    if hello.get("type") != "hello":
        text = "Slack takes the app token, but says no hello on the socket"
        reason = hello.get("reason")
        shown = f" ({show_name(reason)})" if isinstance(reason, str) else ""
        return fault(Check.SLACK_SOCKET, f"{text}{shown}.", _APP_TOKEN)
    return _count(hello.get("num_connections"))


def _count(connections: object) -> Finding:
    text = "Slack takes the app token and said hello on a socket."
    if not isinstance(connections, int) or connections < 2:
        return ok(Check.SLACK_SOCKET, text)
    more = (
        f" It counts {connections - 1} more for this app, though no Loadmaster runs on"
        " this database: each event goes to only one of them."
    )
    step = (
        "If another Loadmaster runs with this app elsewhere, stop it or give it an app"
        " of its own. Sockets that were just cut count for a few minutes."
    )
    return warning(Check.SLACK_SOCKET, text + more, step)
