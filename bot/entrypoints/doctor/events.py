"""Whether events arrive. The running Loadmaster's ledger is the witness.

A socket of the doctor's own would be none: Slack deals events out among sockets, and by
HTTP there is none.
"""

import time
from datetime import UTC, datetime

from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.findings import Check, Finding, fault, ok, skipped
from bot.errors import LedgerUnavailable
from bot.work.ledger.database import Database
from bot.work.ledger.inspection import LatestShare, find_latest_share

_LOOK_SECONDS = 0.25
_APPS = "api.slack.com/apps"
_BY_HTTP = (
    f"At {_APPS}, choose the app, Event Subscriptions: Enable Events has to be on and"
    " the Request URL Verified. `not signed by Slack in time` in the log means a wrong"
    " SLACK_SIGNING_SECRET or clock; nothing there, that the proxy in front does not"
    " pass /slack/events on."
)
_BY_SOCKET = (
    f"At {_APPS}, choose the app, Event Subscriptions: Enable Events has to be on,"
    " with the bot events of manifests/socket-mode.yaml; and SLACK_APP_TOKEN has to be"
    " of the same app as SLACK_BOT_TOKEN."
)


def check_events(chart: Chart) -> list[Finding]:
    """Wait for a message that somebody is asked for, or tell when the last one came."""
    if not chart.neighbour.is_running:
        reason = "no Loadmaster runs on this database, and only a running one hears"
        step = "Start `loadmaster run`, and this again beside it."
        return [skipped(Check.EVENTS, reason, step)]
    database = Database(chart.settings.database_url)
    try:
        latest = find_latest_share(database)
        if chart.options.asks:
            return [_ask(chart, database, latest)]
    except LedgerUnavailable as error:
        return [skipped(Check.EVENTS, f"the ledger cannot be read: {error}")]
    finally:
        database.close()
    return [_tell(latest)]


def _tell(latest: LatestShare | None) -> Finding:
    step = "To try it, run this at a terminal, without --no-events and --json."
    if latest is None:
        reason = "nobody is there to be asked, and nothing came from Slack so far"
        return skipped(Check.EVENTS, reason, step)
    at = datetime.fromtimestamp(latest.received_at, UTC)
    text = f"The latest request from Slack came on {at:%Y-%m-%d at %H:%M} UTC."
    return ok(Check.EVENTS, text, step)


def _ask(chart: Chart, database: Database, before: LatestShare | None) -> Finding:
    seconds = chart.options.event_seconds
    try:
        chart.say(
            "Now write the word help to Loadmaster, in a direct message in Slack. I"
            f" wait for {seconds:.0f} seconds; Ctrl-C leaves this out."
        )
        if _wait(database, before, seconds):
            return ok(Check.EVENTS, "Your message arrived.")
    except KeyboardInterrupt:
        return skipped(Check.EVENTS, "you left it out")
    by_socket = chart.settings.slack.uses_socket_mode
    text = f"Nothing arrived within {seconds:.0f} seconds."
    return fault(Check.EVENTS, text, _BY_SOCKET if by_socket else _BY_HTTP)


def _wait(database: Database, before: LatestShare | None, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while True:
        if find_latest_share(database) != before:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_SECONDS)
