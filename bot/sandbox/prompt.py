"""The prompt at which a person goes on trying: one small method for each command."""

import cmd
import shlex
from collections.abc import Iterator
from pathlib import Path

from bot.sandbox.bot_process import BotEnded
from bot.sandbox.local_file import UnusableFiles, offer_paths
from bot.sandbox.screen import Row, Screen
from bot.sandbox.slack import Message
from bot.sandbox.stage import Stage
from bot.sandbox.transcript import show_item, show_thread

#: The bot answers at once or, when there is much to do, says so after two seconds.
_FIRST_SECONDS = 4.0
_FURTHER_SECONDS = 30.0


class Mistaken(Exception):
    """What was typed cannot be done; the message says what can."""


class Prompt(cmd.Cmd):
    """Reads commands until `quit`.

    A new command is a method `do_…`; its docstring is its line in the help.
    """

    prompt = "sandbox> "

    def __init__(self, stage: Stage, screen: Screen, last: Message) -> None:
        super().__init__(stdout=screen.out)
        self._stage = stage
        self._screen = screen
        self._last = last

    def onecmd(self, line: str) -> bool:
        """Carry out one line; what was wrong with it is said, not raised."""
        try:
            return bool(super().onecmd(line))
        except (Mistaken, BotEnded) as error:
            self._screen.say(f"{error}.")
        except UnusableFiles as error:
            for fault in error.faults:
                self._screen.say(fault)
        return False

    def emptyline(self) -> bool:
        """Do nothing; cmd would repeat the last command."""
        return False

    def default(self, line: str) -> None:
        """Tell that there is no such command."""
        raise Mistaken(f"There is no command {line.split()[0]}; try help")

    def do_share(self, rest: str) -> None:
        """share FILE... "TEXT": share files with a message, such as "see WEB-2"."""
        *paths, text = _words(rest) or [""]
        if not paths:
            raise Mistaken('Write the files, then the text: share a.pdf "see WEB-2"')
        offers = offer_paths([str(Path(path).expanduser()) for path in paths])
        self._last = self._stage.share(offers, text)
        self._show_answer()

    def do_thread(self, rest: str) -> None:
        """thread: show the last message and the answers to it."""
        show_thread(self._stage, self._last, self._screen)

    def do_item(self, rest: str) -> None:
        """item [KEY]: show a work item, such as WEB-1, or which there are."""
        items = self._stage.work_items()
        key = rest.strip().upper()
        if not key:
            self._screen.show(Row(each, row.name) for each, row in items.items())
        elif key in items:
            show_item(self._stage, key, self._screen)
        else:
            raise Mistaken(f"Plane has no {key}; there are {', '.join(items)}")

    def do_help(self, rest: str) -> None:
        """help: show the commands."""
        for usage, purpose in self._commands():
            self._screen.say(f"  {usage:<24}{purpose}")

    def do_quit(self, rest: str) -> bool:
        """quit: end the sandbox; Ctrl-C and Ctrl-D do so too."""
        return True

    def do_EOF(self, rest: str) -> bool:  # noqa: N802 - cmd's name for Ctrl-D
        """Leave the line that the prompt stands on, and end."""
        self._screen.say("")
        return True

    def _show_answer(self) -> None:
        answer = self._stage.wait_for_answer(
            self._last, first=_FIRST_SECONDS, further=_FURTHER_SECONDS
        )
        show_thread(self._stage, self._last, self._screen)
        for key in self._stage.destinations(self._last):
            show_item(self._stage, key, self._screen)
        if answer is None:
            self._screen.say(
                "No answer yet; thread looks again. Loadmaster is silent where a text"
                " has no key of a project in Plane: item shows which there are."
            )

    def _commands(self) -> Iterator[tuple[str, str]]:
        for name in self.get_names():
            if name.startswith("do_") and name.islower():
                usage, _, purpose = str(getattr(self, name).__doc__).partition(": ")
                yield usage, purpose


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError as error:
        raise Mistaken("A quotation mark is not closed") from error
