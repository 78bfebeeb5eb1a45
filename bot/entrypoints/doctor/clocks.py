"""The clocks: this machine's against Slack's and Plane's, by their answers' Date."""

from bot.domain.amounts import show_duration
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.findings import Check, Finding, fault, ok, skipped, warning

#: A Date has whole seconds, and an answer is under way for some.
_LIKELY = 30
#: Slack's requests are refused five minutes after they were signed
#: (docs.slack.dev/authentication/verifying-requests-from-slack).
_REFUSED = 240
_SET = "Let this machine keep the time by NTP: `timedatectl set-ntp true`."


def check_clock(chart: Chart) -> list[Finding]:
    """Compare this machine's time with the others'."""
    slack = chart.identity.skew if chart.identity else None
    plane = chart.account.skew if chart.account else None
    if slack is None and plane is None:
        return [skipped(Check.CLOCK, "neither Slack nor Plane tells its time")]
    if slack is not None and abs(slack) > _LIKELY:
        return [_tell_slack(slack, by_http=not chart.settings.slack.uses_socket_mode)]
    if plane is not None and abs(plane) > _LIKELY:
        return [_tell_plane(plane, is_ours=slack is None)]
    skews = {"Slack": slack, "Plane": plane}
    others = [name for name, skew in skews.items() if skew is not None]
    return [ok(Check.CLOCK, f"This machine agrees with {' and '.join(others)}.")]


def _tell_slack(skew: float, *, by_http: bool) -> Finding:
    text = f"This machine's clock is {_show(skew)} Slack's"
    if by_http and abs(skew) > _REFUSED:
        text += ": requests from Slack are taken for old ones, and refused"
        return fault(Check.CLOCK, f"{text}.", _SET)
    return warning(Check.CLOCK, f"{text}.", _SET)


def _tell_plane(skew: float, *, is_ours: bool) -> Finding:
    text = f"This machine's clock is {_show(skew)} Plane's"
    if is_ours:
        return warning(Check.CLOCK, f"{text}.", _SET)
    text += ", and agrees with Slack's: storage may refuse what Plane's clock permits"
    step = "Let the machines of Plane and its storage keep the time by NTP."
    return warning(Check.CLOCK, f"{text}.", step)


def _show(skew: float) -> str:
    """Tell how far we are from somebody who is *skew* seconds ahead of us."""
    seconds = round(abs(skew))
    whole = seconds if seconds < 120 else round(seconds / 60) * 60
    return f"{show_duration(whole)} {'behind' if skew > 0 else 'ahead of'}"
