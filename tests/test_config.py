"""Settings: what is read, what is refused, and how that is told."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.config import LogFormat, PrivateFiles, Settings
from bot.errors import ConfigError

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "PLANE_API_KEY": "plane_api_0123456789abcdef",
    "PLANE_WORKSPACE": "acme",
}
SECRETS = {**REQUIRED, "SLACK_APP_TOKEN": "xapp-1-A-2-b"}
del SECRETS["PLANE_WORKSPACE"]
EXAMPLE = Path(__file__).parents[1] / ".env.example"


def read(**changes):
    return Settings.from_env({**REQUIRED, **changes})


def faults(environment):
    with pytest.raises(ConfigError) as caught:
        Settings.from_env(environment)
    return list(caught.value.faults)


class Recorder(dict):
    """A mapping that remembers what it was asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def test_the_required_settings_are_enough():
    settings = read()

    assert settings.slack.bot_token == "xoxb-1-2-abc"
    assert settings.slack.app_token is None
    assert settings.slack.signing_secret == "8f742231b10e8888abcd99yyyzzz85a5"
    assert settings.slack.api_url == "https://slack.com/api/"
    assert settings.plane.api_url == "https://api.plane.so"
    assert settings.plane.app_url == "https://app.plane.so"
    assert settings.plane.api_key == "plane_api_0123456789abcdef"
    assert settings.plane.workspace == "acme"
    assert settings.plane.projects is None
    assert settings.plane.rate_limit == 60
    assert settings.plane.comment is True
    assert settings.attach.on_share is True
    assert settings.attach.emoji == "paperclip"
    assert settings.attach.command == "/attach"
    assert settings.attach.external_users is False
    assert settings.attach.private is PrivateFiles.ALLOW
    assert settings.database_url == "sqlite:///loadmaster.db"
    assert settings.retention_days == 90
    assert settings.host == "0.0.0.0"
    assert settings.port == 3000
    assert settings.log_level == "INFO"
    assert settings.log_format is LogFormat.TEXT


@pytest.mark.parametrize(
    ("name", "text", "get", "expected"),
    [
        pytest.param(
            "SLACK_API_URL",
            "http://LOCALHOST:8080/api",
            lambda s: s.slack.api_url,
            "http://localhost:8080/api/",
            id="Slack's address gets its slash",
        ),
        pytest.param(
            "SLACK_API_URL",
            "http://[::1]:8080/api///",
            lambda s: s.slack.api_url,
            "http://[::1]:8080/api/",
            id="Slack's address gets one slash",
        ),
        pytest.param(
            "PLANE_API_URL",
            "HTTPS://Plane.Example.com/Sub/Dir/",
            lambda s: s.plane.api_url,
            "https://plane.example.com/Sub/Dir",
            id="Plane's address loses its slash",
        ),
        pytest.param(
            "PLANE_APP_URL",
            " http://127.0.0.1:8080 ",
            lambda s: s.plane.app_url,
            "http://127.0.0.1:8080",
            id="blanks around a value do not matter",
        ),
        pytest.param(
            "PLANE_PROJECTS",
            "web, OPS,,web,",
            lambda s: s.plane.projects,
            {"WEB", "OPS"},
            id="projects",
        ),
        pytest.param(
            "PLANE_PROJECTS", " ", lambda s: s.plane.projects, None, id="no fence"
        ),
        pytest.param(
            "PLANE_RATE_LIMIT", "1", lambda s: s.plane.rate_limit, 1, id="least rate"
        ),
        pytest.param(
            "PLANE_RATE_LIMIT",
            "100000",
            lambda s: s.plane.rate_limit,
            100_000,
            id="largest rate",
        ),
        pytest.param("PORT", "0", lambda s: s.port, 0, id="any free port"),
        pytest.param("PORT", "65535", lambda s: s.port, 65535, id="largest port"),
        pytest.param("PORT", "", lambda s: s.port, 3000, id="empty is not set"),
        pytest.param("HOST", "::1", lambda s: s.host, "::1", id="host"),
        pytest.param(
            "ATTACH_EMOJI", ":Shipit:", lambda s: s.attach.emoji, "shipit", id="colons"
        ),
        pytest.param("ATTACH_EMOJI", "+1", lambda s: s.attach.emoji, "+1", id="plus"),
        pytest.param(
            "ATTACH_COMMAND", "/file-it", lambda s: s.attach.command, "/file-it", id="/"
        ),
        pytest.param(
            "ATTACH_PRIVATE",
            "Deny",
            lambda s: s.attach.private,
            PrivateFiles.DENY,
            id="private",
        ),
        pytest.param(
            "ATTACH_PRIVATE",
            "ask",
            lambda s: s.attach.private,
            PrivateFiles.ASK,
            id="consent",
        ),
        pytest.param(
            "DATABASE_URL",
            "sqlite:////var/lib/my ledger.db",
            lambda s: s.database_url,
            "sqlite:////var/lib/my ledger.db",
            id="database",
        ),
        *(
            pytest.param(
                "DATABASE_URL", url, lambda s: s.database_url, url, id="postgres"
            )
            for url in (
                "postgresql://u:p%40w@db.example.com:5432/loadmaster?sslmode=require",
                "postgres:///loadmaster?host=/run/postgresql",
                "postgresql://u@a,b/x?target_session_attrs=any",
                "postgresql://?service=loadmaster",
            )
        ),
        pytest.param(
            "TAKEOVER_SECONDS", "30", lambda s: s.takeover_seconds, 30, id="takeover"
        ),
        pytest.param(
            "RETENTION_DAYS", "30", lambda s: s.retention_days, 30, id="retention"
        ),
        pytest.param("LOG_LEVEL", "debug", lambda s: s.log_level, "DEBUG", id="level"),
        pytest.param(
            "LOG_FORMAT", "JSON", lambda s: s.log_format, LogFormat.JSON, id="format"
        ),
    ],
)
def test_a_setting_is_read(name, text, get, expected):
    assert get(read(**{name: text})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, True) for text in ("true", "1", "yes", "on", "TRUE", "Yes")],
        *[(text, False) for text in ("false", "0", "no", "off", "False", "OFF")],
    ],
)
def test_a_yes_or_no_is_written_in_several_ways(text, expected):
    settings = read(
        PLANE_COMMENT=text, ATTACH_ON_SHARE=text, ATTACH_EXTERNAL_USERS=text
    )

    assert settings.plane.comment is expected
    assert settings.attach.on_share is expected
    assert settings.attach.external_users is expected


def test_an_app_token_means_socket_mode_and_needs_no_signing_secret():
    settings = read(SLACK_APP_TOKEN="xapp-1", SLACK_SIGNING_SECRET="")

    assert settings.slack.uses_socket_mode
    assert settings.slack.signing_secret is None
    assert not read().slack.uses_socket_mode


ADDRESS = (
    "must be an address such as https://plane.example.com, "
    "without user, query or fragment"
)
TRUTH = "must be true or false"
RATE = "must be a whole number from 1 to 100000"
PORT = "must be a whole number from 0 to 65535"
HOST = "must be an address to listen on, such as 0.0.0.0 or ::1"
UNCLEAN = "holds a blank, a line end or a sign outside ASCII: copy it again"
EMOJI = "must be an emoji's name in Slack, such as paperclip"
COMMAND = "must start with / and have no blanks or capitals, such as /attach"
SLUG = "must be the slug alone: acme for https://app.plane.so/acme/"
FENCE = "must be project identifiers with commas between: WEB,OPS"
DATABASE = "must name a file, such as sqlite:///loadmaster.db"
POSTGRES = (
    "must be an address such as postgresql://user:password@host:5432/name;"
    " in the password, write %40 for @, %2F for / and %25 for %"
)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1", "must be the token that starts with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-", "must be the token that starts with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-1 2", UNCLEAN),
        ("SLACK_BOT_TOKEN", "xoxb-1\n", UNCLEAN),
        ("SLACK_BOT_TOKEN", "xoxb-…", UNCLEAN),
        ("SLACK_APP_TOKEN", "xoxb-1", "must be the token that starts with xapp-"),
        ("SLACK_SIGNING_SECRET", "a\rb", UNCLEAN),
        ("PLANE_API_KEY", " plane_api_1", UNCLEAN),
        ("SLACK_API_URL", "slack.com/api", ADDRESS),
        ("PLANE_API_URL", "ftp://plane.example.com", ADDRESS),
        ("PLANE_API_URL", "https://", ADDRESS),
        ("PLANE_API_URL", "https:///path", ADDRESS),
        ("PLANE_API_URL", "https://plane..example.com", ADDRESS),
        ("PLANE_API_URL", "https://me:pw@plane.example.com", ADDRESS),
        ("PLANE_API_URL", "https://plane.example.com?a=b", ADDRESS),
        ("PLANE_API_URL", "https://plane.example.com/#a", ADDRESS),
        ("PLANE_API_URL", "https://plane.example.com:x", ADDRESS),
        ("PLANE_API_URL", "https://plane.example.com:65536", ADDRESS),
        ("PLANE_API_URL", "https://plane.example.com/a b", ADDRESS),
        ("PLANE_APP_URL", "https://[::1", ADDRESS),
        ("PLANE_APP_URL", "https://plané.example.com", ADDRESS),
        ("PLANE_APP_URL", "https://plane.example.com/é", ADDRESS),
        ("PLANE_WORKSPACE", "https://app.plane.so/acme/", SLUG),
        ("PLANE_WORKSPACE", "a" * 49, SLUG),
        ("PLANE_PROJECTS", ",", FENCE),
        ("PLANE_PROJECTS", "WEB;OPS", FENCE),
        ("PLANE_PROJECTS", "WEB OPS", FENCE),
        ("PLANE_PROJECTS", "WEB,ABCDEFGHIJKLM", FENCE),
        ("PLANE_RATE_LIMIT", "0", RATE),
        ("PLANE_RATE_LIMIT", "100001", RATE),
        ("PLANE_RATE_LIMIT", "60/minute", RATE),
        ("PLANE_RATE_LIMIT", "٦٠", RATE),
        ("PORT", "65536", PORT),
        ("PORT", "-1", PORT),
        pytest.param("PORT", "9" * 5000, PORT, id="PORT-digits"),
        ("PLANE_COMMENT", "maybe", TRUTH),
        ("ATTACH_ON_SHARE", "2", TRUTH),
        ("ATTACH_EXTERNAL_USERS", "y", TRUTH),
        ("ATTACH_EMOJI", "📎", EMOJI),
        ("ATTACH_EMOJI", "paper clip", EMOJI),
        ("ATTACH_EMOJI", "::", EMOJI),
        ("ATTACH_COMMAND", "attach", COMMAND),
        ("ATTACH_COMMAND", "/", COMMAND),
        ("ATTACH_COMMAND", "/attach it", COMMAND),
        ("ATTACH_COMMAND", "/Attach", COMMAND),
        ("ATTACH_COMMAND", "/" + "a" * 32, COMMAND),
        ("ATTACH_PRIVATE", "never", "must be allow, ask or deny"),
        ("HOST", "http://0.0.0.0", HOST),
        ("HOST", "a..b", HOST),
        ("DATABASE_URL", "postgresql://u:pw@host", POSTGRES),
        ("DATABASE_URL", "postgresql://u:pw@host/", POSTGRES),
        ("DATABASE_URL", "postgres:", POSTGRES),
        ("DATABASE_URL", "postgresql://u:50%@host/db", POSTGRES),
        ("DATABASE_URL", "postgresql://u:a b@host/db", POSTGRES),
        ("DATABASE_URL", "postgresql://u:%00@host/db", POSTGRES),
        ("DATABASE_URL", "postgresql://u:pw@host/db?nonsense=1", POSTGRES),
        ("DATABASE_URL", "postgresql://u:pw@a..b/db", POSTGRES),
        ("DATABASE_URL", "postgresql+psycopg://u:pw@host/db", POSTGRES),
        ("DATABASE_URL", "mysql://u:pw@host/db", DATABASE),
        ("DATABASE_URL", "sqlite://", DATABASE),
        ("DATABASE_URL", "sqlite:///", DATABASE),
        ("DATABASE_URL", "sqlite:///:memory:", DATABASE),
        ("DATABASE_URL", "sqlite:///a%00.db", DATABASE),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true", DATABASE),
        ("TAKEOVER_SECONDS", "4", "must be a whole number from 5 to 300"),
        ("RETENTION_DAYS", "0", "must be a whole number from 1 to 36500"),
        ("LOG_LEVEL", "loud", "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("LOG_FORMAT", "xml", "must be text or json"),
    ],
)
def test_a_malformed_setting_is_told_with_what_to_write_instead(name, text, fault):
    told = faults({**REQUIRED, name: text})

    assert told == [f"{name} {fault}"]


@pytest.mark.parametrize("empty", [{}, dict.fromkeys(REQUIRED, "")])
def test_everything_missing_is_told_at_once(empty):
    told = faults(empty)

    assert [line.partition(":")[0] for line in told] == [
        f"{name} is not set" for name in REQUIRED
    ]
    assert "or set SLACK_APP_TOKEN to use Socket Mode" in told[1]


def test_missing_and_malformed_are_told_together_in_one_error():
    environment = {**REQUIRED, "PORT": "x", "SLACK_BOT_TOKEN": "", "LOG_FORMAT": "x"}

    with pytest.raises(ConfigError) as caught:
        Settings.from_env(environment)

    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "SLACK_BOT_TOKEN",
        "PORT",
        "LOG_FORMAT",
    ]


def test_a_malformed_app_token_does_not_ask_for_a_signing_secret():
    told = faults(
        {**REQUIRED, "SLACK_APP_TOKEN": "nonsense", "SLACK_SIGNING_SECRET": ""}
    )

    assert [line.split()[0] for line in told] == ["SLACK_APP_TOKEN"]


def test_without_its_driver_postgres_is_a_fault_with_what_to_install():
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from bot.setting_values import parse_database_url\n"
        "try: parse_database_url('postgresql://u:pw@host/db')\n"
        "except Exception as fault: print(fault)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == (
        "needs the driver of PostgreSQL: pip install 'loadmaster[postgres]'\n"
    )


@pytest.mark.parametrize("name", [*SECRETS, "DATABASE_URL"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_comes_from_a_file(name, end, tmp_path):
    value = SECRETS.get(name, "sqlite:///other.db")
    (tmp_path / "secret").write_text(value + end, newline="")
    environment = {**REQUIRED, name: "", f"{name}_FILE": str(tmp_path / "secret")}

    assert Settings.from_env(environment) == Settings.from_env(
        {**REQUIRED, name: value}
    )


def test_socket_mode_is_known_by_the_file_too(tmp_path):
    (tmp_path / "token").write_text("xapp-1")

    settings = read(
        SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN_FILE=str(tmp_path / "token")
    )

    assert settings.slack.uses_socket_mode


def test_a_secret_given_twice_is_a_fault():
    assert faults({**REQUIRED, "PLANE_API_KEY_FILE": "/run/key"}) == [
        "PLANE_API_KEY and PLANE_API_KEY_FILE are both set: keep one of them"
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(None, ": No such file or directory", id="no file"),
        pytest.param(b"", ": put the value into the file", id="empty"),
        pytest.param(b"\n", ": put the value into the file", id="a line end alone"),
        pytest.param(b"\xff\xfe", ": write it in UTF-8", id="no UTF-8"),
    ],
)
def test_an_unreadable_file_is_told_with_its_path(content, fault, tmp_path):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)

    told = faults({**REQUIRED, "PLANE_API_KEY": "", "PLANE_API_KEY_FILE": str(path)})

    assert told == [
        f"PLANE_API_KEY cannot be read from PLANE_API_KEY_FILE='{path}'{fault}"
    ]


def test_a_folder_is_no_file(tmp_path):
    environment = {
        **REQUIRED,
        "PLANE_API_KEY": "",
        "PLANE_API_KEY_FILE": str(tmp_path),
    }

    assert str(tmp_path) in faults(environment)[0]


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-1-2-abc"),
        ("DATABASE_URL", "postgresql://u:pw@host/db"),
    ],
)
def test_a_secret_put_where_its_path_belongs_is_not_told(name, secret):
    told = faults({**REQUIRED, name: "", f"{name}_FILE": secret})

    assert len(told) == 1
    assert secret not in told[0]


@given(
    st.fixed_dictionaries(
        {name: st.text(min_size=1) for name in [*SECRETS, "DATABASE_URL"]}
    )
)
def test_no_secret_is_ever_told(values):
    marked = {name: f"s3cr3t{value}s3cr3t" for name, value in values.items()}

    told = faults({**REQUIRED, **marked})

    assert "s3cr3t" not in "\n".join(told)
    assert all(re.match(r"[A-Z_]+ ", line) and line.isprintable() for line in told)


def test_no_secret_is_shown_in_the_settings_text():
    settings = Settings.from_env({**SECRETS, "PLANE_WORKSPACE": "acme"})

    shown = repr(settings) + str(settings)

    assert [value for value in SECRETS.values() if value in shown] == []
    assert "loadmaster.db" not in shown


def test_settings_cannot_be_changed():
    with pytest.raises(AttributeError):
        read().port = 1


def test_the_example_names_exactly_the_settings_there_are():
    asked = Recorder(REQUIRED)
    Settings.from_env(asked)
    secrets_in_files = {f"{name}_FILE" for name in [*SECRETS, "DATABASE_URL"]}

    named = dotenv_values(EXAMPLE)

    assert set(named) == asked.names - secrets_in_files
    assert secrets_in_files < asked.names


def test_the_example_has_the_defaults():
    example = {name: value for name, value in dotenv_values(EXAMPLE).items() if value}

    assert Settings.from_env({**example, **REQUIRED}) == read()
    assert set(example).isdisjoint({*SECRETS, "PLANE_WORKSPACE", "PLANE_PROJECTS"})


def test_the_example_has_a_comment_above_each_setting():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    settings = [number for number, line in enumerate(lines) if re.match("[A-Z]", line)]

    assert [lines[n] for n in settings if not lines[n - 1].startswith("# ")] == []
