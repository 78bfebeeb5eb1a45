"""`loadmaster attach`: files onto a work item, from a terminal or a script."""

import argparse

from bot.entrypoints.commands.parsers import Commands

#: Five minutes: a restart of Plane, or its budget of a few minutes.
_PATIENCE = 300.0


def add(commands: Commands) -> None:
    """Add the command to the command line's."""
    attach = commands.add_parser(
        "attach",
        help="attach files of this machine, or of a message in Slack, to a work item",
        description="Attach files to a work item. A link to a message in Slack stands"
        " for its files. Status 0 if all are attached now, 1 if one is not, 2 if it"
        " cannot be begun. Doing it again attaches nothing twice.",
    )
    attach.add_argument("item", metavar="ITEM", help="a key such as WEB-12, or a link")
    attach.add_argument(
        "sources",
        nargs="+",
        metavar="FILE|LINK",
        help="a file, or the link to a message in Slack",
    )
    attach.add_argument(
        "--patience",
        type=_parse_seconds,
        default=_PATIENCE,
        metavar="SECONDS",
        help="how long to try again where Plane or Slack fails for now (default: 300)",
    )
    attach.add_argument("--quiet", action="store_true", help="tell failures only")
    attach.add_argument(
        "--json", action="store_true", help="print the results for programs, as JSON"
    )
    attach.set_defaults(command=_attach)


def _parse_seconds(text: str) -> float:
    if not text.isdecimal() or not text.isascii() or len(text) > 6:
        raise argparse.ArgumentTypeError("must be a whole number of seconds")
    return float(text)


def _attach(options: argparse.Namespace) -> int:
    from bot.entrypoints.attach import Order, attach
    from bot.entrypoints.surroundings import read_environment
    from bot.entrypoints.terminal import keep_quiet

    keep_quiet()
    order = Order(
        item=options.item,
        sources=tuple(options.sources),
        patience=options.patience,
        is_quiet=options.quiet,
        is_for_program=options.json,
    )
    return attach(order, read_environment())
