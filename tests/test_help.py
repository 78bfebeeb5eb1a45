"""The command line tells what it can do, at once and for every command."""

import re
import subprocess
import sys

import pytest

from bot.entrypoints.cli import main

#: They take long to import, and no help needs them.
SLOW = {"alembic", "requests", "slack_bolt", "slack_sdk", "sqlalchemy", "waitress"}

COMMANDS = (
    *("attach", "doctor", "manifest", "migrate", "retry", "run", "sandbox", "status"),
    *("web", "worker"),
)


@pytest.fixture
def show_help(capsys):
    def show(*command):
        with pytest.raises(SystemExit) as left:
            main([*command, "--help"])
        assert left.value.code == 0
        return capsys.readouterr().out

    return show


def listed(text):
    """Return the commands in a help text, with their help."""
    return dict(re.findall(r"^    (\S+)(?: {2,}|\n {10,})(\S.*)$", text, re.MULTILINE))


def options(text):
    """Return the options in a help text, with their help."""
    option = r"^  (-\S.*?)(?: {2,}(\S.*)|\n {10,}(\S.*))?$"
    found = re.findall(option, text, re.MULTILINE)
    return {name: one or two for name, one, two in found}


def test_the_help_lists_every_command(show_help):
    assert sorted(listed(show_help())) == sorted(COMMANDS)


def test_every_command_has_help(show_help):
    assert [name for name, text in listed(show_help()).items() if len(text) < 10] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_what_it_does(show_help, command):
    usage, description = show_help(command).split("\n\n")[:2]

    assert usage.startswith(f"usage: loadmaster {command}")
    assert re.fullmatch(r"[A-Z`].{30,}\.\s*", description, re.DOTALL)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_every_option_has_help(show_help, command):
    found = options(show_help(*command))

    assert "-h, --help" in found
    assert [name for name, text in found.items() if not text] == []


def test_an_option_without_help_would_be_found():
    assert options("options:\n  --once FILE\n  -v, --verbose  say more\n") == {
        "--once FILE": "",
        "-v, --verbose": "say more",
    }


def test_without_a_command_it_says_how_to_use_it(capsys):
    with pytest.raises(SystemExit) as left:
        main([])

    assert left.value.code == 2
    assert "usage: loadmaster" in capsys.readouterr().err


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_comes_at_once(command):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", *command, "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    assert done.stdout.startswith("usage: loadmaster")
    assert "bot.entrypoints.cli" in imported
    assert imported & SLOW == set()
