"""The loop that reads commands and says what was wrong with one."""

import cmd
from collections.abc import Iterator

from bot.sandbox.bot_process import BotEnded
from bot.sandbox.local_file import UnusableFiles
from bot.sandbox.prompt.arguments import Mistaken
from bot.sandbox.prompt.looking import Looking
from bot.sandbox.prompt.modals import Modals
from bot.sandbox.prompt.pressing import Pressing
from bot.sandbox.prompt.session import Session
from bot.sandbox.prompt.writing import SLASH_COMMAND, Writing
from bot.sandbox.screen import Row, Screen
from bot.sandbox.slack import Message, Refused
from bot.sandbox.stage import Stage

_HELP_COLUMN = 28
#: After these, nobody wants to see more.
_LAST = frozenset({"quit", "EOF"})


class Ending:
    """How a person learns what there is, and leaves."""

    _screen: Screen

    def do_help(self, rest: str) -> None:
        """help: show the commands."""
        self._screen.show(_commands(), column=_HELP_COLUMN)

    def do_quit(self, rest: str) -> bool:
        """quit: end the sandbox; Ctrl-C and Ctrl-D do so too."""
        return True

    def do_EOF(self, rest: str) -> bool:  # noqa: N802 - cmd's name for Ctrl-D
        """Leave the line that the prompt stands on, and end."""
        self._screen.say("")
        return True


#: In the order of the help.
_FAMILIES = (Writing, Modals, Pressing, Looking, Ending)


class Prompt(Writing, Modals, Pressing, Looking, Ending, cmd.Cmd):
    """Reads commands until `quit`.

    A new command is a method `do_…` of one of the families; its docstring is its line
    in the help.
    """

    prompt = "sandbox> "

    def __init__(self, stage: Stage, screen: Screen, last: Message) -> None:
        super().__init__(stdout=screen.out)
        self._screen = screen
        self._session = Session(stage, screen, last)

    def onecmd(self, line: str) -> bool:
        """Carry out one line; what was wrong with it is said, not raised."""
        if line.strip() not in _LAST:
            self._session.catch_up()
        try:
            return bool(super().onecmd(line))
        except (Mistaken, BotEnded) as error:
            self._screen.say(f"{error}.")
        except Refused as error:
            self._screen.say(f"Slack does not let you do that: {error}.")
        except UnusableFiles as error:
            for fault in error.faults:
                self._screen.say(fault)
        return False

    def emptyline(self) -> bool:
        """Do nothing but catch up; cmd would repeat the last command."""
        return False

    def default(self, line: str) -> None:
        """Type a slash command, or tell that there is no such command."""
        name, _, text = line.partition(" ")
        if name == SLASH_COMMAND:
            self.do_attach(text)
        elif name.startswith("/"):
            raise Mistaken(f"Slack knows no {name} here; there is {SLASH_COMMAND}")
        else:
            raise Mistaken(f"There is no command {line.split()[0]}; try help")


def _commands() -> Iterator[Row]:
    for family in _FAMILIES:
        for name, method in vars(family).items():
            if name.startswith("do_") and name.islower():
                usage, _, purpose = str(method.__doc__).partition(": ")
                yield Row(usage, purpose)
