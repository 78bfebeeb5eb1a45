"""The README's chapter on the doctor is what the doctor does."""

import re
from dataclasses import replace
from pathlib import Path

from bot.domain.references import WorkItemKey
from bot.entrypoints.doctor.findings import Check, Mark, Status
from bot.entrypoints.doctor.report import VERSION, Lines, show_verdict

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CHAPTER = README.partition("\n## If something is wrong: `loadmaster doctor`\n")[2]
CHAPTER = CHAPTER.partition("\n## ")[0]


def table(first):
    """Return the first cells of the table whose first head is *first*."""
    below = CHAPTER.partition(f"| {first} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", below, re.MULTILINE)


def test_the_checks_are_told_in_their_order():
    assert table("check") == list(Check)


def test_the_sample_is_what_is_shown(installation):
    installation.use_socket_mode()
    installation.slack.scopes.discard("files:read")
    installation.settings["PLANE_PROJECTS"] = "WEB,WBE"

    def as_elsewhere(text):
        text = text.replace(installation.plane.origin, "https://plane.example.com")
        text = text.replace(str(installation.folder), "/var/lib/loadmaster")
        return re.sub(r"^\S+ GB are free", "6.8 GB are free", text)

    found = [
        replace(each, text=as_elsewhere(each.text))
        for each in installation.examine(upload=WorkItemKey("WEB", 1))
    ]
    lines = Lines()
    told = [line for each in found for line in lines.add(each)] + lines.finish()
    shown = "\n".join([*told, "", show_verdict(found), ""])

    assert f"```text\n$ loadmaster doctor --upload WEB-1\n{shown}```\n" in CHAPTER


def test_the_form_for_machines_is_told():
    for name in (
        "version",
        "status",
        "checks",
        "check",
        "mark",
        "finding",
        "next_step",
    ):
        assert f"`{name}`" in CHAPTER
    for value in (*Mark, *Status):
        assert f'`"{value}"`' in CHAPTER
    assert f"`version` is {VERSION}" in CHAPTER
