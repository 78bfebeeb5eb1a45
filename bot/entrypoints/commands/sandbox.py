"""`loadmaster sandbox`: try the bot with no account."""

import argparse

from bot.entrypoints.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line's."""
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
    sandbox.add_argument(
        "--open",
        action="store_true",
        help="open the page of the sandbox in a browser, and stay until Ctrl-C",
    )
    sandbox.set_defaults(command=_sandbox)


def _sandbox(options: argparse.Namespace) -> int:
    from bot.sandbox.trial import try_out

    return try_out(options.once or (), opens=options.open)
