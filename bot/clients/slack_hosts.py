"""Which addresses are Slack's own: the only ones that may get the bot token."""

import re
from urllib.parse import SplitResult, urlsplit

from bot.errors import DownloadMisled

#: files.slack.com and slack-files.com are documented, files-origin.slack.com was seen
#: on Enterprise Grid, slack-gov.com is GovSlack's; Slack owns all of these domains.
_DOMAINS = ("slack.com", "slack-files.com", "slack-edge.com", "slack-gov.com")
_HTTPS_PORTS = (None, 443)
#: For urllib3 a host ends at a backslash, for urllib it does not: evil.com\.slack.com.
_HOST = re.compile(r"[a-z0-9.-]+", re.ASCII)


class SlackHosts:
    """Knows Slack's hosts, and the one of *api_url* where that is another Slack."""

    def __init__(self, api_url: str) -> None:
        self._api = _origin(urlsplit(api_url))

    def check(self, url: str) -> None:
        """Raise unless *url* is at Slack and the way there is safe.

        Raises:
            DownloadMisled: it is not; the token must not go there.
        """
        try:
            parts = urlsplit(url)
            is_trusted = _origin(parts) == self._api or _is_slack(parts)
            has_user = parts.username is not None
        except ValueError as error:
            raise DownloadMisled("") from error
        if not is_trusted or has_user:
            raise DownloadMisled((parts.hostname or "")[:255])


def _is_slack(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    at_slack = any(host == name or host.endswith(f".{name}") for name in _DOMAINS)
    is_plain = _HOST.fullmatch(host) is not None
    is_safe = parts.scheme == "https" and parts.port in _HTTPS_PORTS
    return at_slack and is_plain and is_safe


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default
