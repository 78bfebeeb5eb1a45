"""What `loadmaster attach` shows: a bar at a terminal, lines elsewhere."""

import contextlib
import io

import pytest

from bot.domain.attachings import Result
from bot.domain.outcomes import ATTACHED, Outcome
from bot.entrypoints.console import Console
from bot.errors import FileEmpty, PlaneUnavailable


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def upload(err, *, is_quiet=False, label="plan.pdf"):
    """Show the upload of a file on *err*; return what stdout got."""
    out = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
        console = Console(is_quiet=is_quiet, is_for_program=False)
        with console.bar(label, 2048) as progress:
            progress(1024)
            console.say_waiting(label)(PlaneUnavailable(), 3.0)
            progress(512)  # from the start again
            progress(2048)
        console.show(Result(label, label, ATTACHED))
    return out.getvalue()


def test_at_a_terminal_there_is_a_bar_that_goes_away():
    err = Terminal()

    assert upload(err) == "plan.pdf is attached.\n"

    assert "plan.pdf:" in err.getvalue()
    assert "2.00k" in err.getvalue()
    assert "about plan.pdf. Trying again in 3 s.\n" in err.getvalue()
    assert err.getvalue().endswith("\r")


def test_elsewhere_there_are_plain_lines():
    err = io.StringIO()

    assert upload(err) == "plan.pdf is attached.\n"

    assert err.getvalue() == (
        "loadmaster: Plane does not answer me about plan.pdf. Trying again in 3 s.\n"
    )


@pytest.mark.parametrize("err", [Terminal(), io.StringIO()])
def test_quietly_there_is_nothing(err):
    assert upload(err, is_quiet=True) == ""
    assert err.getvalue() == ""


def test_a_hostile_name_does_nothing_to_the_bar():
    err = Terminal()

    upload(err, label="\x1b[31m\u202e\n" + "x" * 100)

    assert "\x1b[31m" not in err.getvalue()
    assert "\u202e" not in err.getvalue()
    assert "\\x1b[31m\\u202e\\nxxxxxxx…" in err.getvalue()


def test_failures_go_to_stderr_however_quiet(capsys):
    for is_quiet, is_for_program in ((True, False), (False, True), (True, True)):
        console = Console(is_quiet=is_quiet, is_for_program=is_for_program)
        console.show(Result("a", "a.pdf", Outcome.of(FileEmpty())))
        console.show(Result("b", "b.pdf", ATTACHED))

        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("loadmaster: a.pdf is empty")
        assert len(said.err.splitlines()) == 1
