"""What `loadmaster manifest` prints: one of manifests/, with what was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.config import read_attach
from bot.domain.manifests import write_manifest
from bot.environment import Environment, Malformed
from bot.errors import ConfigError
from bot.setting_values import parse_command, parse_emoji, parse_url

#: In a checkout, a link to the folder beside the package; installed, a copy.
_MANIFESTS = Path(bot.__file__).parent / "manifests"
_PATH = "/slack/events"
#: docs.slack.dev/reference/app-manifest: of a request URL.
_LONGEST_URL = 3000
#: The settings that options take the place of.
_HIDDEN = {"--command": "ATTACH_COMMAND", "--emoji": "ATTACH_EMOJI"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options say; "" where one was not given."""

    url: str
    uses_socket: bool
    command: str
    emoji: str


def make_manifest(wishes: Wishes, environment: Mapping[str, str]) -> str:
    """Return the manifest; *environment* has what *wishes* do not say.

    Raises:
        ConfigError: an option is malformed, or it is not told how Slack reaches the
            bot.
    """
    given = {"--command": wishes.command, "--emoji": wishes.emoji, "--url": wishes.url}
    hidden = {_HIDDEN[name] for name in _HIDDEN if given[name]}
    kept = {name: text for name, text in environment.items() if name not in hidden}
    read = Environment(kept | given)
    url = _read_url(read, uses_socket=wishes.uses_socket)
    attach = read_attach(read)
    command = read.value("--command", parse_command, attach.command)
    emoji = read.value("--emoji", parse_emoji, attach.emoji)
    if read.faults:
        raise ConfigError(tuple(read.faults))
    path = _MANIFESTS / ("http.yaml" if url else "socket-mode.yaml")
    template = path.read_text(encoding="utf-8")
    return write_manifest(template, request_url=url, command=command, emoji=emoji)


def _read_url(read: Environment, *, uses_socket: bool) -> str | None:
    """Return the address for Slack's requests; None for Socket Mode."""
    if uses_socket and read.has("--url"):
        read.faults.append("--url and --socket-mode exclude each other: give one")
    if read.has("--url"):
        return read.value("--url", _parse_request_url, "https://x")
    if not uses_socket and not read.has("SLACK_APP_TOKEN"):
        read.faults.append(
            "How Slack reaches the bot is not told: give --socket-mode, or the address"
            " with --url https://…"
        )
    return None


def _parse_request_url(text: str) -> str:
    """Read the bot's address; Slack's requests go to a path below it."""
    url = parse_url(text).removesuffix(_PATH) + _PATH
    if not url.startswith("https://") or len(url) > _LONGEST_URL:
        raise Malformed("must begin with https://, as Slack sends nothing to others")
    return url
