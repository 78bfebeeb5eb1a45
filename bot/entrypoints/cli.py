"""The command line: `loadmaster`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import dotenv

from bot.errors import ConfigError, StartError

_Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; 2 if it cannot be begun."""
    options = _build_parser().parse_args(arguments)
    command: _Command = options.command
    try:
        return command(options)
    except ConfigError as error:
        _complain(*error.faults)
    except StartError as error:
        _complain(str(error))
    return 2


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loadmaster",
        description="Puts files shared in Slack onto Plane work items.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run",
        help="receive from Slack and do the work, in one process",
        description="Receive from Slack and do the work, in one process. Events come"
        " through Socket Mode if SLACK_APP_TOKEN is set, else by HTTP to"
        " /slack/events on HOST:PORT. The README has all settings.",
    )
    run.set_defaults(command=_run)

    migrate = commands.add_parser(
        "migrate",
        help="bring the database's schema up to date, and end",
        description="Bring the database's schema up to date, and end. `run` does it"
        " by itself.",
    )
    migrate.set_defaults(command=_migrate)

    sandbox = commands.add_parser(
        "sandbox",
        help="try it with no account: a Slack and a Plane on this machine",
        description="Start a Slack and a Plane on this machine and the bot between"
        " them, share a file and show what happens. Needs no account or network.",
    )
    sandbox.add_argument(
        "--once",
        nargs="+",
        metavar="FILE",
        help="share these files with a work item's key, and end with 0 if they arrived",
    )
    sandbox.set_defaults(command=_sandbox)
    return parser


# Each command imports what it needs: the help appears at once.


def _run(options: argparse.Namespace) -> int:
    import logging

    from bot.config import Settings
    from bot.entrypoints.logs import set_up_logs
    from bot.entrypoints.run import run

    settings = Settings.from_env(_environment())
    set_up_logs(settings.log_level, settings.log_format)
    run(settings)
    # What is left of the libraries' threads has nothing that the ledger has not, and
    # the interpreter would wait for them.
    logging.shutdown()
    os._exit(0)


def _migrate(options: argparse.Namespace) -> int:
    from bot.config import Settings
    from bot.work.ledger.database import Database, sole_use

    settings = Settings.from_env(_environment())
    with sole_use(settings.database_url):
        Database(settings.database_url).migrate()
    return 0


def _sandbox(options: argparse.Namespace) -> int:
    from bot.sandbox.trial import try_out

    return try_out(options.once or ())


def _environment() -> dict[str, str]:
    """Return the environment; a `.env` file adds what it lacks."""
    path = dotenv.find_dotenv(usecwd=True)
    try:
        file = dotenv.dotenv_values(path)
    except (OSError, UnicodeError) as error:
        raise ConfigError((f"{path} cannot be read: {error}",)) from error
    given = {name: value for name, value in file.items() if value is not None}
    for name in os.environ:  # a secret's two forms are one setting
        given.pop(name.removesuffix("_FILE"), None)
        given.pop(f"{name}_FILE", None)
    return given | dict(os.environ)


def _complain(*lines: str) -> None:
    for line in lines:
        print(f"loadmaster: {line}", file=sys.stderr)
