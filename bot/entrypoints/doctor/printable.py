"""Keeps what others named short, and secrets out of what is shown. No I/O."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.config import Settings
from bot.domain.terminals import show_plain
from bot.entrypoints.doctor.findings import Finding
from bot.setting_values import find_password

_LONGEST_LINE, _LONGEST_NAME = 800, 60
#: What is shorter would be found in ordinary words.
_SHORTEST_SECRET = 4
#: So much of the beginning of one stands for it: names are cut short.
_KNOWN_BY = 16


def show_name(name: str) -> str:
    """Return a name that somebody else chose, on one line and in quotes."""
    line = _line(name)
    if not line:
        return "without a name"
    shortened = line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
    return f'"{shortened}"'


def show_names(names: Iterable[str]) -> str:
    """Return some of the *names*, each on one line, and how many more there are."""
    ordered = sorted(names)
    shown = [_line(name)[:_LONGEST_NAME] for name in ordered[:12]]
    more = len(ordered) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def find_secrets(settings: Settings | None) -> tuple[str, ...]:
    """Return what must not be shown, whoever sends it back to us."""
    if settings is None:
        return ()
    slack = settings.slack
    found = (
        slack.bot_token,
        slack.app_token,
        slack.signing_secret,
        settings.plane.api_key,
        find_password(settings.database_url),
    )
    return tuple(each for each in found if each and len(each) >= _SHORTEST_SECRET)


def clean(finding: Finding, secrets: Iterable[str]) -> Finding:
    """Return *finding* on one line, without control characters and *secrets*."""
    text, step = finding.text, finding.next_step
    for secret in secrets:
        text, step = _hide(secret, text), _hide(secret, step)
    return replace(finding, text=_line(text), next_step=_line(step))


def _hide(secret: str, text: str) -> str:
    more = r'[^\s"]*' if len(secret) > _KNOWN_BY else ""
    return re.sub(re.escape(secret[:_KNOWN_BY]) + more, "[secret]", text)


def _line(text: str) -> str:
    return show_plain(" ".join(text[:_LONGEST_LINE].split()))
