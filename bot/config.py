"""Settings: read once from the environment; every fault is reported at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from bot.environment import Environment
from bot.errors import ConfigError
from bot.setting_values import (
    LARGEST_PORT,
    choice_parser,
    number_parser,
    parse_boolean,
    parse_command,
    parse_database_url,
    parse_emoji,
    parse_host,
    parse_log_level,
    parse_projects,
    parse_slug,
    parse_url,
    token_parser,
)

_DATABASE = "sqlite:///loadmaster.db"
_MOST_DAYS = 100 * 365
_EVERY_HOST = "0.0.0.0"  # noqa: S104 - in a container there is no other that works


class PrivateFiles(StrEnum):
    """What happens to files from private channels and direct messages."""

    ALLOW = "allow"
    #: Whoever shared a file is asked before it goes anywhere.
    ASK = "ask"
    DENY = "deny"


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How to reach Slack, and as whom; *api_url* ends in a slash."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(repr=False)
    signing_secret: str | None = field(repr=False)
    api_url: str

    @property
    def uses_socket_mode(self) -> bool:
        """Tell whether events come over a WebSocket instead of by HTTP."""
        return self.app_token is not None


@dataclass(frozen=True, slots=True)
class PlaneSettings:
    """How to reach Plane, as whom and how often; *projects* is the fence, if any."""

    api_url: str
    app_url: str
    api_key: str = field(repr=False)
    workspace: str
    projects: frozenset[str] | None
    rate_limit: int
    comment: bool


@dataclass(frozen=True, slots=True)
class AttachSettings:
    """What makes the bot attach files, and whose."""

    on_share: bool
    emoji: str
    command: str
    external_users: bool
    private: PrivateFiles


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an administrator can set."""

    slack: SlackSettings
    plane: PlaneSettings
    attach: AttachSettings
    database_url: str = field(repr=False)
    takeover_seconds: int
    retention_days: int
    host: str
    port: int
    log_level: str
    log_format: LogFormat

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Self:
        """Read all settings from *environment* and from the files that it names.

        Raises:
            ConfigError: with a line for everything that is missing or malformed.
        """
        read = Environment(environment)
        settings = cls(
            slack=_read_slack(read),
            plane=read_plane(read),
            attach=read_attach(read),
            database_url=read_database_url(read),
            takeover_seconds=read.value(
                "TAKEOVER_SECONDS", number_parser(5, 300), "15"
            ),
            retention_days=read.value(
                "RETENTION_DAYS", number_parser(1, _MOST_DAYS), "90"
            ),
            host=read.value("HOST", parse_host, _EVERY_HOST),
            port=read.value("PORT", number_parser(0, LARGEST_PORT), "3000"),
            log_level=read.value("LOG_LEVEL", parse_log_level, "INFO"),
            log_format=read.value("LOG_FORMAT", choice_parser(LogFormat), "text"),
        )
        if read.faults:
            raise ConfigError(tuple(read.faults))
        return settings


def _read_slack(read: Environment) -> SlackSettings:
    no_events = (
        "copy it from the Slack app's Basic Information page, "
        "or set SLACK_APP_TOKEN to use Socket Mode"
    )
    return SlackSettings(
        bot_token=read.secret(
            "SLACK_BOT_TOKEN",
            token_parser("xoxb-"),
            missing="copy it from the Slack app's OAuth & Permissions page",
        ),
        app_token=read.secret("SLACK_APP_TOKEN", token_parser("xapp-")) or None,
        signing_secret=read.secret(
            "SLACK_SIGNING_SECRET",
            token_parser(),
            missing="" if read.has("SLACK_APP_TOKEN") else no_events,
        )
        or None,
        api_url=read.value("SLACK_API_URL", parse_url, "https://slack.com/api") + "/",
    )


def read_plane(read: Environment) -> PlaneSettings:
    """Read how to reach Plane; *read* gathers the faults."""
    return PlaneSettings(
        api_url=read.value("PLANE_API_URL", parse_url, "https://api.plane.so"),
        app_url=read.value("PLANE_APP_URL", parse_url, "https://app.plane.so"),
        api_key=read.secret(
            "PLANE_API_KEY",
            token_parser(),
            missing="make one in Plane's profile settings, Personal Access Tokens",
        ),
        workspace=read.required(
            "PLANE_WORKSPACE",
            parse_slug,
            missing="write its slug: acme for https://app.plane.so/acme/",
        ),
        projects=read.value("PLANE_PROJECTS", parse_projects, ""),
        rate_limit=read.value("PLANE_RATE_LIMIT", number_parser(1, 100_000), "60"),
        comment=read.value("PLANE_COMMENT", parse_boolean, "true"),
    )


def read_database_url(read: Environment) -> str:
    """Read where the ledger is; *read* gathers the faults."""
    return read.secret("DATABASE_URL", parse_database_url) or _DATABASE


def read_attach(read: Environment) -> AttachSettings:
    """Read what makes the bot attach files; *read* gathers the faults."""
    return AttachSettings(
        on_share=read.value("ATTACH_ON_SHARE", parse_boolean, "true"),
        emoji=read.value("ATTACH_EMOJI", parse_emoji, "paperclip"),
        command=read.value("ATTACH_COMMAND", parse_command, "/attach"),
        external_users=read.value("ATTACH_EXTERNAL_USERS", parse_boolean, "false"),
        private=read.value("ATTACH_PRIVATE", choice_parser(PrivateFiles), "allow"),
    )
