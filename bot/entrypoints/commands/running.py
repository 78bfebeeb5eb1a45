"""`loadmaster run`, `web`, `worker` and `migrate`: what an installation consists of."""

import argparse
import os

from bot.entrypoints.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add the commands to the command line's."""
    run = commands.add_parser(
        "run",
        help="receive from Slack and do the work, in one process",
        description="Receive from Slack and do the work, in one process. Events come"
        " through Socket Mode if SLACK_APP_TOKEN is set, else by HTTP to"
        " /slack/events on HOST:PORT. The README has all settings.",
    )
    run.set_defaults(command=_run, role="run")

    web = commands.add_parser(
        "web",
        help="receive from Slack and store; `worker` does the work",
        description="Receive from Slack as `run` does, store it, and leave the work to"
        " `worker`, on this machine or others. Needs PostgreSQL (DATABASE_URL).",
    )
    web.set_defaults(command=_run, role="web")

    worker = commands.add_parser(
        "worker",
        help="do the work that `web` stored",
        description="Do the work that `web` or `run` stored. Any number of them share"
        " it. Needs PostgreSQL (DATABASE_URL). HOST:PORT has its health.",
    )
    worker.set_defaults(command=_run, role="worker")

    migrate = commands.add_parser(
        "migrate",
        help="bring the database's schema up to date, and end",
        description="Bring the database's schema up to date, and end. `run`, `web`"
        " and `worker` do it by themselves.",
    )
    migrate.set_defaults(command=_migrate)


def _run(options: argparse.Namespace) -> int:
    import logging

    from bot.config import Settings
    from bot.entrypoints.composition import Role
    from bot.entrypoints.logs import set_up_logs
    from bot.entrypoints.run import run
    from bot.entrypoints.surroundings import read_environment, warn_of_lost_files

    environment = read_environment()
    settings = Settings.from_env(environment)
    set_up_logs(settings.log_level, settings.log_format)
    warn_of_lost_files(environment, settings.database_url)
    run(settings, Role(options.role))
    # What is left of the libraries' threads has nothing that the ledger has not, and
    # the interpreter would wait for them.
    logging.shutdown()
    os._exit(0)


def _migrate(options: argparse.Namespace) -> int:
    from bot.entrypoints.surroundings import find_ledger, read_environment
    from bot.work.ledger.database import Database, sole_use

    url = find_ledger(read_environment())
    with sole_use(url):
        Database(url).migrate()
    return 0
