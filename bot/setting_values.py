"""What a setting's text may be: each parser returns its value or says what is wrong."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from bot.environment import Malformed

Choice = TypeVar("Choice", bound=StrEnum)

_PRINTABLE = re.compile(r"[!-~]+")
_URL = re.compile(
    r"(?P<origin>https?://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?)"
    r"(?P<path>(?:/[^\s/?#\\]+)*)/*",
    re.ASCII | re.IGNORECASE,
)
#: plane/db/models/workspace.py: `slug = SlugField(max_length=48)`.
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,48}")
#: plane/db/models/project.py: at most 12, and none of a list of signs.
_IDENTIFIER = re.compile(r"\w{1,12}")
_NUMBER = re.compile(r"[0-9]{1,6}")
_EMOJI = re.compile(r"[\w+'-]{1,100}")
#: docs.slack.dev/interactivity/implementing-slash-commands: 32 at most, no capitals.
_COMMAND = re.compile(r"/[^\s/A-Z]{1,31}")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
LARGEST_PORT = 65535
#: No parameters: with them SQLAlchemy could be told to keep the file in memory. What is
#: written with % is decoded, and no path has a NUL.
_SQLITE = re.compile(r"sqlite:///(?!.*%00)[^\s?][^\r\n?]*")

#: postgresql.org/docs/current/libpq-connect.html, "Connection URIs".
_POSTGRES = re.compile(r"postgres(ql)?://")
#: There, what begins so is no host but the folder of a Unix socket.
_SOCKETS = ("/", "@")

_BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def token_parser(prefix: str = "") -> Callable[[str], str]:
    """Make a parser of secrets that start with *prefix*.

    They end in HTTP headers, where nothing but printable ASCII may stand.
    """

    def parse(text: str) -> str:
        if not _PRINTABLE.fullmatch(text):
            raise Malformed(
                "holds a blank, a line end or a sign outside ASCII: copy it again"
            )
        if not text.startswith(prefix) or text == prefix:
            raise Malformed(f"must be the token that starts with {prefix}")
        return text

    return parse


def parse_url(text: str) -> str:
    """Read an address; it comes back without a slash at its end."""
    url = _URL.fullmatch(text) if _PRINTABLE.fullmatch(text) else None
    if url is None or not _is_host(url["host"]) or int(url["port"] or 0) > LARGEST_PORT:
        raise Malformed(
            "must be an address such as https://plane.example.com, "
            "without user, query or fragment"
        )
    return url["origin"].lower() + url["path"]


def parse_slug(text: str) -> str:
    """Read a workspace's slug."""
    if not _SLUG.fullmatch(text):
        raise Malformed("must be the slug alone: acme for https://app.plane.so/acme/")
    return text


def parse_projects(text: str) -> frozenset[str] | None:
    """Read identifiers with commas between; None for no text."""
    if not text:
        return None
    identifiers = {part.strip() for part in text.split(",")} - {""}
    if not identifiers or not all(map(_IDENTIFIER.fullmatch, identifiers)):
        raise Malformed("must be project identifiers with commas between: WEB,OPS")
    return frozenset(map(str.upper, identifiers))


def number_parser(least: int, most: int) -> Callable[[str], int]:
    """Make a parser of whole numbers from *least* to *most*."""

    def parse(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
            raise Malformed(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def parse_boolean(text: str) -> bool:
    """Read a yes or no."""
    if text.lower() not in _BOOLEANS:
        raise Malformed("must be true or false")
    return _BOOLEANS[text.lower()]


def parse_emoji(text: str) -> str:
    """Read an emoji's name, with or without its colons."""
    name = text.removeprefix(":").removesuffix(":").lower()
    if not _EMOJI.fullmatch(name):
        raise Malformed("must be an emoji's name in Slack, such as paperclip")
    return name


def parse_command(text: str) -> str:
    """Read the name of a slash command."""
    if not _COMMAND.fullmatch(text) or not text.isprintable():
        raise Malformed(
            "must start with / and have no blanks or capitals, such as /attach"
        )
    return text


def choice_parser(choices: type[Choice]) -> Callable[[str], Choice]:
    """Make a parser of one of *choices*."""

    *others, last = choices

    def parse(text: str) -> Choice:
        try:
            return choices(text.lower())
        except ValueError:
            raise Malformed(f"must be {', '.join(others)} or {last}") from None

    return parse


def parse_log_level(text: str) -> str:
    """Read the name of one of logging's levels."""
    if text.upper() not in _LOG_LEVELS:
        raise Malformed(f"must be one of {', '.join(_LOG_LEVELS)}")
    return text.upper()


def parse_host(text: str) -> str:
    """Read an address to listen on."""
    if not _HOST.fullmatch(text) or not _is_host(text):
        raise Malformed("must be an address to listen on, such as 0.0.0.0 or ::1")
    return text


def _is_host(name: str) -> bool:
    """Tell whether *name* can be looked up: sockets raise no OSError for others."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return True


def parse_database_url(text: str) -> str:
    """Read the address of a SQLite file, or of a PostgreSQL database."""
    if text.startswith("postgres"):
        return _parse_postgres_url(text)
    if not _SQLITE.fullmatch(text) or text.endswith(":memory:"):
        raise Malformed("must name a file, such as sqlite:///loadmaster.db")
    return text


def _parse_postgres_url(text: str) -> str:
    """Have the driver read the address; what it says of one may hold the password."""
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise Malformed(
            "needs the driver of PostgreSQL: pip install 'loadmaster[postgres]'"
        ) from None
    try:
        parameters = conninfo_to_dict(text) if _POSTGRES.match(text) else {}
    except (ProgrammingError, UnicodeError):
        parameters = {}
    if not _is_whole(parameters):
        raise Malformed(
            "must be an address such as postgresql://user:password@host:5432/name;"
            " in the password, write %40 for @, %2F for / and %25 for %"
        )
    return text


def _is_whole(parameters: Mapping[str, str | int | None]) -> bool:
    """Tell whether it names a database; a password with a slash ends up as a port."""
    ports = str(parameters.get("port") or "").split(",")
    hosts = str(parameters.get("host") or "").split(",")
    has_name = bool(parameters.get("dbname") or parameters.get("service"))
    return (
        has_name
        and all(not port or port.isdecimal() for port in ports)
        and all(host.startswith(_SOCKETS) or _is_host(host) for host in hosts)
    )


def find_password(url: str) -> str | None:
    """Return the password in the address of a database."""
    if not url.startswith("postgres"):
        return None
    from psycopg.conninfo import conninfo_to_dict  # an extra of the installation

    password = conninfo_to_dict(url).get("password")
    return None if password is None else str(password)
