"""`loadmaster doctor`: what is wrong with an installation, and what to do."""

import argparse
import sys
from typing import TYPE_CHECKING

from bot.entrypoints.commands.parsers import Commands

if TYPE_CHECKING:
    from bot.domain.references import WorkItemKey


def add(commands: Commands) -> None:
    """Add the command to the command line's."""
    doctor = commands.add_parser(
        "doctor",
        help="find what is wrong with an installation, and what to do",
        description="Find what is wrong with an installation, and tell what to do."
        " Settings, Slack, Plane, clock, database and the running Loadmaster are"
        " looked at, in half a minute at most; nothing is changed. It ends with 0 if"
        " all is well, 1 if there are warnings, 2 if there are faults.",
    )
    doctor.add_argument(
        "--upload",
        metavar="KEY",
        type=_read_key,
        help="attach a test file of 1 MB to this work item, such as WEB-1, read it"
        " back and delete it; both are in the work item's activity",
    )
    doctor.add_argument(
        "--no-events",
        action="store_true",
        help="do not ask for a message in Slack, to see whether it arrives",
    )
    doctor.add_argument(
        "--json",
        action="store_true",
        help="tell it for machines; nobody is asked for anything",
    )
    doctor.set_defaults(command=_doctor)


def _read_key(text: str) -> "WorkItemKey":
    from bot.domain.references import parse_key
    from bot.errors import MalformedReference

    try:
        return parse_key(text.upper())
    except MalformedReference as error:
        expected = "give a work item's key, such as WEB-1"
        raise argparse.ArgumentTypeError(expected) from error


def _doctor(options: argparse.Namespace) -> int:
    import logging

    from bot.entrypoints.doctor.chart import Chart, Options
    from bot.entrypoints.doctor.examination import Examination
    from bot.entrypoints.doctor.findings import assess
    from bot.entrypoints.doctor.report import Lines, show_verdict, write_json
    from bot.entrypoints.doctor.steps import STEPS
    from bot.entrypoints.surroundings import read_environment

    # What the parts would log is told in findings.
    logging.getLogger().addHandler(logging.NullHandler())
    is_there = sys.stdin.isatty() and sys.stdout.isatty()
    asks = is_there and not options.json and not options.no_events
    chart = Chart(read_environment, Options(options.upload, asks), say=_say)
    findings, lines = [], Lines()
    for finding in Examination(chart).run(STEPS):
        findings.append(finding)
        if not options.json:
            _say(*lines.add(finding))
    if options.json:
        _say(write_json(findings))
    else:
        _say(*lines.finish(), "", show_verdict(findings))
    return assess(tuple(findings)).exit_status


def _say(*texts: str) -> None:
    from bot.entrypoints.terminal import write

    write("".join(f"{text}\n" for text in texts))
