"""The project's files: what lies where, and what tests may not do."""

import ast
import os
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {
    "LICENSE", "Procfile", "README.md", "bot", "manifests", "pyproject.toml",
    "requirements.lock", "tests",
}  # fmt: skip

#: The Plane emulator's contract also runs against a real Plane, whose limit of calls a
#: minute is kept by waiting.
MAY_SLEEP = {"tests/conformance/conftest.py"}


def project_files():
    """Return the paths of all files that are or may be committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [path for path in listed.stdout.split("\0") if path]


def test_the_top_level_holds_only_what_belongs_there():
    names = {path.partition("/")[0] for path in project_files()}

    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_the_process_file_runs_the_command():
    assert (ROOT / "Procfile").read_text() == (
        "web: loadmaster web\nworker: loadmaster worker\n"
    )


def test_the_lock_has_a_version_and_hashes_for_each_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["postgres"]
    wanted = re.findall(
        r"^[a-z0-9-]+", "\n".join(project["dependencies"] + extra), re.M
    )
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)==\S+.*\\\n    --hash=sha256:", lock, re.M)

    assert set(wanted) - set(pinned) == set()
    assert len(pinned) == len(re.findall(r"^[a-z]", lock, re.M))


def test_the_lock_names_no_place_to_fetch_from():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert re.findall(r".*(?:://|index|find-links|@ ).*", lock) == []


def test_ci_can_be_run_and_stops_at_the_first_fault():
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8").splitlines()


def workflow():
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    return text, yaml.safe_load(text)


def test_the_public_workflow_pins_each_action_to_a_commit():
    text, _ = workflow()
    uses = re.findall(r"uses: (\S+)(.*)", text)

    assert uses
    for action, comment in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_the_public_workflow_may_do_no_more_than_it_must():
    _, flow = workflow()

    assert flow["permissions"] == {}
    for name, job in flow["jobs"].items():
        assert job.get("permissions") == {"contents": "read"}, name
        assert job["timeout-minutes"] <= 15, name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name


#: What stands in each text where PATCH or SLEEP finds a name.
WORDS = re.compile(r"mock|sleep|Event\(\)\.wait|\b(?:set|del)(?:attr|item)\b")
PATCH = re.compile(
    r"^unittest\.mock\b|^mock\b|^pytest_mock\b"
    r"|\bmonkeypatch\.(?:setattr|delattr|setitem|delitem)$"
)
SLEEP = re.compile(r"^time\.sleep$|^asyncio\.sleep$|^gevent\.sleep$")


def find_names(tree, pattern):
    """Yield the dotted names in *tree*, used or imported, that *pattern* finds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names = [ast.unparse(node)]
        else:
            continue
        yield from filter(pattern.search, names)


def find_pauses(tree):
    """Yield where *tree* waits on an event of nobody's for a number of seconds.

    A loop that looks for something may do so between its looks. Else the time has a
    name that says what it is: how slow the other side is, how long one watches.
    """
    looks = {
        id(node)
        for loop in ast.walk(tree)
        if isinstance(loop, ast.While)
        for node in ast.walk(loop)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=event), attr="wait"),
                args=[ast.Constant(value=int() | float())],
            ) if id(node) not in looks and ast.unparse(event).endswith("Event"):
                yield ast.unparse(node)


@cache
def suspects():
    """Return the syntax trees of the tests' modules that are worth a closer look."""
    texts = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("*.py")
    }
    return {name: ast.parse(text) for name, text in texts.items() if WORDS.search(text)}


def find_in_tests(pattern):
    trees = suspects().items()
    return {name for name, tree in trees if any(find_names(tree, pattern))}


def test_no_test_replaces_a_part_of_the_program():
    assert find_in_tests(PATCH) == set()


def test_no_test_sleeps():
    assert find_in_tests(SLEEP) <= MAY_SLEEP
    assert [name for name, tree in suspects().items() if any(find_pauses(tree))] == []


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("from unittest import mock", PATCH),
        ("from unittest.mock import patch", PATCH),
        ("import unittest.mock", PATCH),
        ("monkeypatch.setattr(time, 'time', f)", PATCH),
        ("import time\ntime.sleep(1)", SLEEP),
        ("from time import sleep", SLEEP),
    ],
)
def test_what_tests_may_not_do_is_found(line, pattern):
    assert WORDS.search(line)
    assert list(find_names(ast.parse(line), pattern)) != []


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("monkeypatch.setenv('PORT', '0')", PATCH),
        ("monkeypatch.chdir(tmp_path)", PATCH),
        ("import time\ntime.monotonic()", SLEEP),
    ],
)
def test_what_tests_may_do_is_left_alone(line, pattern):
    assert list(find_names(ast.parse(line), pattern)) == []


def test_a_sleep_by_another_name_is_found():
    pause = "threading.Event().wait(0.3)"

    assert list(find_pauses(ast.parse(pause))) == [pause]
    assert list(find_pauses(ast.parse("Event().wait(timeout)"))) == []
    assert list(find_pauses(ast.parse("struck.wait(20)"))) == []
    assert list(find_pauses(ast.parse(f"while not is_so():\n    {pause}"))) == []
