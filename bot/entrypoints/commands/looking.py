"""`loadmaster status` and `retry`: what is not done, and what to do about it."""

import argparse

from bot.entrypoints.commands.parsers import Commands

#: Of each kind that `status` lists.
_MOST = 50


def add(commands: Commands) -> None:
    """Add the commands to the command line's."""
    status = commands.add_parser(
        "status",
        help="show what waits, runs and failed, and why",
        description="Show what waits, runs and failed, since when and why. It only"
        " reads the ledger, also while a bot runs on it.",
    )
    status.add_argument(
        "--json", action="store_true", help="print it for programs, as JSON"
    )
    status.add_argument(
        "--most",
        type=int,
        default=_MOST,
        metavar="NUMBER",
        help=f"list so many of each at most, the newest (default: {_MOST})",
    )
    status.set_defaults(command=_status)

    retry = commands.add_parser(
        "retry",
        help="have what failed tried again",
        description="Have what failed of these requests tried again, as the button"
        " Retry does. A running bot begins at once, else the next one that starts."
        " Status 0 if each is tried again, 1 if one is not.",
    )
    retry.add_argument(
        "numbers", nargs="+", metavar="ID", help="a request, as status shows it"
    )
    retry.set_defaults(command=_retry)


def _status(options: argparse.Namespace) -> int:
    from bot.entrypoints.status import show_status
    from bot.entrypoints.surroundings import find_ledger, read_environment
    from bot.entrypoints.terminal import keep_quiet, write

    keep_quiet()
    url = find_ledger(read_environment())
    write(show_status(url, most=max(0, options.most), as_json=options.json))
    return 0


def _retry(options: argparse.Namespace) -> int:
    from bot.entrypoints.retry import retry
    from bot.entrypoints.surroundings import find_ledger, read_environment
    from bot.entrypoints.terminal import keep_quiet, write

    keep_quiet()
    retried = retry(find_ledger(read_environment()), options.numbers)
    write("".join(f"{line}\n" for line in retried.lines))
    return 0 if retried.is_whole else 1
