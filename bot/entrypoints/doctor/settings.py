"""The settings: whether they can be read, and what in them is likely a mistake."""

from urllib.parse import urlsplit

from bot.config import PlaneSettings, Settings
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.findings import Check, Finding, fault, ok, warning
from bot.errors import ConfigError

_MEND = (
    "Set it in the environment or in the file .env; the README's chapter Configure has"
    " all settings."
)
_CLOUD_API, _CLOUD_APP = "https://api.plane.so", "https://app.plane.so"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_settings(chart: Chart) -> list[Finding]:
    """Read the settings, and tell all that is wrong with them."""
    try:
        chart.environment = chart.read_environment()
        chart.loaded = Settings.from_env(chart.environment)
    except ConfigError as error:
        return [fault(Check.SETTINGS, f"{line}.", _MEND) for line in error.faults]
    return _find_mistakes(chart.loaded.plane) or [
        ok(Check.SETTINGS, _describe(chart.loaded))
    ]


def _describe(settings: Settings) -> str:
    way = "Socket Mode" if settings.slack.uses_socket_mode else "HTTP"
    plane = settings.plane
    return (
        f"They can be read: Slack by {way}, Plane at {plane.api_url}, workspace"
        f" {plane.workspace}."
    )


def _find_mistakes(plane: PlaneSettings) -> list[Finding]:
    found = []
    if plane.app_url == _CLOUD_APP and plane.api_url != _CLOUD_API:
        text = (
            "PLANE_API_URL is a Plane of your own, but PLANE_APP_URL is not set: links"
            " in replies lead to Plane Cloud, and links to your Plane are not known."
        )
        step = "Set PLANE_APP_URL to the address at which people open Plane."
        found.append(warning(Check.SETTINGS, text, step))
    path = urlsplit(plane.api_url).path
    if path.endswith(("/api", "/api/v1")):
        text = "PLANE_API_URL ends in the path of the API, which is added to it."
        step = f"Set it to {plane.api_url.removesuffix('/v1').removesuffix('/api')}."
        found.append(warning(Check.SETTINGS, text, step))
    if _is_open(plane.api_url):
        text = "PLANE_API_URL is http: key and names go through the network unencrypted"
        step = "Set it to the address with https, if Plane has one."
        found.append(warning(Check.SETTINGS, f"{text}.", step))
    return found


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in _LOOPBACK
