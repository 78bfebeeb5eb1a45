"""The command line: `loadmaster`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from bot.entrypoints.commands import (
    attaching,
    doctor,
    looking,
    manifest,
    running,
    sandbox,
)
from bot.entrypoints.terminal import open_streams
from bot.errors import ConfigError, DatabaseAway, LedgerUnavailable, StartError

_Command = Callable[[argparse.Namespace], int]

#: As shells tell it of what SIGINT ended.
_INTERRUPTED = 130
#: It may go through later: EX_TEMPFAIL (man.openbsd.org/sysexits.3).
_TRY_AGAIN = 75

#: In the order of the help.
_MODULES = (running, attaching, looking, doctor, manifest, sandbox)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    2 if it cannot be begun; 75 if that may change by itself.
    """
    open_streams()
    options = _build_parser().parse_args(arguments)
    command: _Command = options.command
    try:
        return command(options)
    except ConfigError as error:
        _complain(*error.faults)
    except DatabaseAway as error:
        _complain(str(error))
        return _TRY_AGAIN
    except StartError as error:
        _complain(str(error))
    except LedgerUnavailable as error:
        _complain(
            f"The ledger cannot be used now: {str(error).rstrip('.')}. {error.advice}"
        )
    except BrokenPipeError:  # nobody reads on: `loadmaster status | head`
        # docs.python.org/3/library/signal.html, "Note on SIGPIPE"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 2


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loadmaster",
        description="Puts files shared in Slack onto Plane work items.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in _MODULES:
        module.add(commands)
    return parser


def _complain(*lines: str) -> None:
    for line in lines:
        print(f"loadmaster: {line}", file=sys.stderr)
