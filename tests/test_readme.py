"""The README tells what is there: every setting, scope, sentence, command, part."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.config import Settings
from bot.domain.sentences import SENTENCES
from bot.entrypoints.cli import main
from tests.slack_needs import MANIFESTS, read_manifest
from tests.test_help import COMMANDS, options

ROOT = Path(__file__).parents[1]
MANIFESTS_FOLDER = ROOT / "manifests"
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRY = (
    "python3 -m venv .venv && .venv/bin/pip install -e ."
    " && .venv/bin/loadmaster sandbox"
)
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
    "PLANE_API_KEY": "k",
    "PLANE_WORKSPACE": "acme",
}


def read_table(text, first):
    """Return the rows, as lists of cells, of the table whose first head is *first*."""
    below = re.split(rf"^\| {re.escape(first)} \|.*\n", text, flags=re.M)[1]
    lines = below.splitlines()[1:]
    end = next((n for n, line in enumerate(lines) if line[:1] != "|"), len(lines))
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[:end]]


def read_fences(text):
    """Return the text of each fenced block."""
    return re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)


def in_code(cell):
    """Return the one thing that a table's cell has in code marks, else None."""
    found = re.fullmatch(r"`([^`]+)`", cell)
    return found and found[1]


class Recorder(dict):
    """A mapping that remembers what it was asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


@pytest.fixture
def asked():
    recorder = Recorder(REQUIRED)
    Settings.from_env(recorder)
    return recorder.names


SETTINGS = {
    re.match(r"`(\w+)`", name)[1]: (name.endswith("†"), default, meaning, example)
    for name, default, meaning, example in read_table(README, "setting")
}


def test_no_setting_is_told_twice():
    assert len(read_table(README, "setting")) == len(SETTINGS)


def test_the_settings_are_those_that_are_read(asked):
    assert set(SETTINGS) == {name for name in asked if not name.endswith("_FILE")}


def test_the_settings_that_may_come_from_a_file_are_marked(asked):
    marked = {f"{name}_FILE" for name, (mark, *_) in SETTINGS.items() if mark}

    assert marked == {name for name in asked if name.endswith("_FILE")}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_has_its_default(name):
    default = in_code(SETTINGS[name][1])

    if default is None:
        assert SETTINGS[name][1]  # in words
    else:
        same = Settings.from_env({**REQUIRED, name: default})
        assert same == Settings.from_env(REQUIRED)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_has_an_example_that_can_be_used(name):
    example = in_code(SETTINGS[name][3])

    Settings.from_env({**REQUIRED, name: example.replace("…", "1")})


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_scopes_are_those_of_the_manifests(name):
    scopes = [in_code(row[0]) for row in read_table(README, "scope")]

    assert scopes == read_manifest(name)["oauth_config"]["scopes"]["bot"]
    assert all(row[1] for row in read_table(README, "scope"))


def test_the_manifests_are_linked():
    linked = set(re.findall(r"\]\((manifests/[^)]+)\)", README))

    assert linked == {f"manifests/{path.name}" for path in MANIFESTS_FOLDER.iterdir()}


#: Each sentence as the table has it: with one sign for all that differs.
TEMPLATES = {
    code: re.sub(r"\{\w+\}", "…", sentence) for code, sentence in SENTENCES.items()
}
SAID = [row[0] for row in read_table(README, "the bot says")]


@pytest.mark.parametrize("code", SENTENCES)
def test_what_the_bot_says_is_explained(code):
    assert len([said for said in SAID if said in TEMPLATES[code]]) == 1


@pytest.mark.parametrize("said", SAID)
def test_what_is_explained_is_what_the_bot_says(said):
    assert len({text for text in TEMPLATES.values() if said in text}) == 1


def test_every_explanation_is_whole():
    rows = read_table(README, "the bot says")

    assert [row for row in rows if len(row) != 4 or not all(row)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_told(command):
    assert f"loadmaster {command}" in README


def test_no_command_is_told_that_is_not_there():
    told = re.findall(r"(?:`|bin/|^)loadmaster ([a-z]+)", README, re.M)

    assert set(told) == set(COMMANDS)


@pytest.mark.parametrize("command", ["attach", "manifest", "retry", "status"])
def test_what_a_command_can_be_told_is_told(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    named = {name.split()[0] for name in options(capsys.readouterr().out)} - {"-h,"}
    (chapter,) = re.findall(r"^## From a terminal\n(.*?)^## ", README, re.M | re.S)
    (told,) = re.findall(
        rf"^\*\*`loadmaster {command}.*?(?=^\*\*|\Z)", chapter, re.M | re.S
    )

    assert set(re.findall(r"--[a-z-]+", told)) == named


@pytest.mark.parametrize("command", [TRY, TEST])
def test_a_command_to_copy_stands_alone_on_its_line(command):
    assert f"{command}\n" in read_fences(README)


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [
        re.match(r"[\w-]+", each)[0] for each in project["project"]["dependencies"]
    ]
    rows = read_table(README, "dependency")

    assert [row[0] for row in rows] == names
    assert [row for row in rows if not row[1]] == []


def test_the_tree_has_every_part_of_the_package():
    (tree,) = [fence for fence in read_fences(README) if fence.startswith("bot/\n")]
    told = re.findall(r"^  (\S+) +\S", tree, re.M)
    parts = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "bot").iterdir()
        if path.suffix in ("", ".py")
    } - {"__init__.py", "__pycache__/"}

    assert set(told) == parts
    assert len(told) == len(parts)


def test_every_link_into_the_project_leads_somewhere():
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_link_within_it_leads_to_a_heading():
    links = set(re.findall(r"\]\(#([^)]+)\)", README))
    heads = re.findall(r"^#+ (.+)$", README, re.M)

    assert links <= set(map(anchor, heads))


def test_every_chapter_is_in_the_list_at_the_top():
    top, *chapters = re.split(r"^## ", README, flags=re.M)

    listed = re.findall(r"\]\(#([^)]+)\)", top)

    assert sorted(listed) == sorted(anchor(each.splitlines()[0]) for each in chapters)


def anchor(head):
    """Return how GitHub names a heading: without signs, with dashes for blanks."""
    return re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")


def test_what_is_folded_is_shown_as_markdown_and_ends():
    folds = re.findall(
        r"^<details>\n<summary>.+</summary>\n\n(?:\|.*\n)+\n</details>\n\n",
        README,
        re.M,
    )

    assert len(folds) == README.count("<details>") == README.count("</details>") > 0


def test_the_transcript_is_what_the_sandbox_shows(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "sandbox"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )

    assert without_ports(read_fences(README)[0]) in without_ports(done.stdout)


def without_ports(text):
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)


def test_its_pictures_are_there_and_small():
    pictures = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README)

    assert {*pictures} == {
        str(path.relative_to(ROOT)) for path in (ROOT / ".github/screenshots").iterdir()
    }
    for picture in pictures:
        assert (ROOT / picture).stat().st_size < 150_000
