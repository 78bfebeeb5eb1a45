"""The command: what it shows, to people and machines, and what never."""

import contextlib
import io
import json

import pytest

from bot.entrypoints.cli import main
from bot.entrypoints.doctor.findings import Check, Finding, Mark, assess, ok
from bot.entrypoints.doctor.printable import clean, show_name
from bot.entrypoints.doctor.report import Lines, show_verdict
from bot.sandbox.wire import Fault, answer

JSON = {"Content-Type": "application/json"}
NASTY = 'evil\x1b]0;owned\x07\u202e\r\n"ok" plane-key: <b>&amp;'


def test_all_well_ends_with_0(command):
    status, out = command()

    assert status == 0
    assert out.startswith("ok       settings: They can be read")
    assert out.endswith("\nAll is well.\n")


def test_a_warning_ends_with_1(installation, command):
    installation.slack.scopes.discard("commands")

    status, out = command()

    assert status == 1
    assert "\nWARNING  slack-scopes: The app lacks commands" in out
    assert out.endswith("\nIt works, but not as it should: see the warnings.\n")


def test_a_fault_ends_with_2(installation, command):
    installation.slack.scopes.clear()
    installation.settings["PLANE_PROJECTS"] = "WEB,WBE"

    status, out = command()

    assert status == 2
    assert "\nFAULT    slack-scopes: The app lacks" in out
    assert out.endswith(
        "\nSomething does not work: see the faults, the first one first.\n"
    )


def test_settings_that_cannot_be_read_end_with_2_and_in_the_same_form(
    installation, report
):
    installation.settings["PLANE_WORKSPACE"] = "not a slug"

    status, told = report()

    assert status == 2
    assert told["checks"][0]["check"] == "settings"
    assert told["checks"][0]["mark"] == "fault"


def test_a_finding_is_wrapped_and_its_next_step_stands_below():
    finding = Finding(Check.DISK, Mark.FAULT, "It is full " * 9, "Make room " * 9)

    assert Lines().add(finding) == [
        "FAULT    disk: It is full It is full It is full It is full It is full It is\n"
        "         full It is full It is full It is full\n"
        "         -> Make room Make room Make room Make room Make room Make room Make\n"
        "         room Make room Make room"
    ]


def test_checks_that_are_skipped_for_one_reason_share_their_lines():
    checks = Check.SLACK_TOKEN, Check.SLACK_SCOPES, Check.PLANE_KEY
    a, b, c = (Finding(check, Mark.SKIPPED, "Skipped because X.") for check in checks)
    well = Finding(Check.CLOCK, Mark.OK, "Fine.")
    lines = Lines()

    assert [lines.add(a), lines.add(b)] == [[], []]
    assert lines.add(well) == [
        "-        slack-token, slack-scopes: Skipped because X.",
        "ok       clock: Fine.",
    ]
    assert lines.add(c) == []
    assert lines.add(Finding(Check.DISK, Mark.SKIPPED, "Skipped because Y.")) == [
        "-        plane-key: Skipped because X."
    ]
    assert lines.finish() == ["-        disk: Skipped because Y."]
    assert lines.finish() == []


@pytest.mark.parametrize(
    ("marks", "status", "verdict"),
    [
        ((), 0, "All is well."),
        ((Mark.OK, Mark.SKIPPED), 0, "All is well."),
        ((Mark.OK, Mark.WARNING), 1, "It works, but"),
        ((Mark.WARNING, Mark.FAULT), 2, "Something does not work"),
    ],
)
def test_the_worst_mark_counts(marks, status, verdict):
    findings = tuple(Finding(Check.DISK, mark, "x") for mark in marks)

    assert assess(findings).exit_status == status
    assert show_verdict(findings).startswith(verdict)


# --- for machines -------------------------------------------------------------------


def test_the_report_for_machines_has_the_form_that_is_promised(report):
    status, told = report()

    assert status == 0
    assert set(told) == {"version", "status", "checks"}
    assert (told["version"], told["status"]) == (1, "ok")
    for check in told["checks"]:
        assert set(check) == {"check", "mark", "finding", "next_step"}
        assert check["check"] in list(Check)
        assert check["mark"] in ("ok", "warning", "fault", "skipped")
        assert isinstance(check["finding"], str)
        assert check["next_step"] is None or check["next_step"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("commands", (1, "warnings")), ("chat:write", (2, "faults"))],
)
def test_the_report_for_machines_says_how_it_is(installation, report, scope, expected):
    installation.slack.scopes.discard(scope)

    status, told = report()

    assert (status, told["status"]) == expected


def test_the_checks_come_in_their_order(report):
    _, told = report("--upload", "web-1")
    order = [check.value for check in Check]

    found = [check["check"] for check in told["checks"]]

    assert found == [name for name in order if name != "slack-socket"]


def test_what_is_uploaded_is_told_by_the_command_too(installation, report):
    _, told = report("--upload", "WEB-2")

    (found,) = [each for each in told["checks"] if each["check"] == "upload"]
    assert found["mark"] == "ok"
    assert installation.plane.state.attachments() == []


@pytest.mark.parametrize("key", ["WEB", "WEB-0", "https://x/WEB-1", "a/b", ""])
def test_what_is_no_key_is_refused_at_once(capsys, key):
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--upload", key])

    assert left.value.code == 2
    assert "give a work item's key, such as WEB-1" in capsys.readouterr().err


# --- what is never shown --------------------------------------------------------------


def all_secrets(installation):
    known = "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PLANE_API_KEY"
    return [installation.settings[name] for name in known] + ["xapp-sandbox"]


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--upload", "WEB-1")])
def test_no_secret_is_shown_by_a_good_installation(installation, command, arguments):
    installation.use_socket_mode()

    _, out = command(*arguments)

    assert [each for each in all_secrets(installation) if each in out] == []


def test_no_secret_is_shown_that_somebody_sends_back(installation, command):
    token = installation.settings["SLACK_BOT_TOKEN"]
    key = installation.settings["PLANE_API_KEY"]
    told = {"ok": True, "team": f"the {token} team", "user": key}
    installation.slack.fail(
        Fault("slack.auth.test", answer(200, json.dumps(told).encode(), JSON))
    )
    me = json.dumps({"display_name": key, "email": token}).encode()
    installation.plane.fail(Fault("plane.me", answer(200, me, JSON)))

    _, out = command()

    assert [each for each in all_secrets(installation) if each in out] == []
    assert 'in the workspace "the [secret] team"' in " ".join(out.split())


@pytest.mark.parametrize("before", [0, 30, 50])
def test_no_secret_is_shown_in_part_where_a_name_is_cut_short(before):
    secret = "plane_api_0123456789abcdef0123456789abcdef"
    name = show_name("x" * before + secret)

    shown = clean(ok(Check.PLANE_KEY, f"It is the key of {name}."), [secret])

    assert secret[:20] not in shown.text


@pytest.mark.parametrize(
    "name", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PLANE_API_KEY", "DATABASE_URL"]
)
def test_a_secret_in_a_wrong_place_is_not_shown(installation, command, name):
    installation.settings[name] = "hunter2 hunter2"

    _, out = command()

    assert "hunter2" not in out


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_names_that_others_chose_do_nothing_to_a_terminal(
    installation, command, arguments
):
    told = json.dumps({"ok": True, "team": NASTY, "user": NASTY * 99}).encode()
    installation.slack.fail(Fault("slack.auth.test", answer(200, told, JSON)))
    me = json.dumps({"display_name": NASTY, "email": NASTY}).encode()
    installation.plane.fail(Fault("plane.me", answer(200, me, JSON)))
    state = installation.plane.state
    state.change_identifier(state.project("OPS"), NASTY)

    _, out = command(*arguments)

    assert [c for c in out if not c.isprintable() and c != "\n"] == []
    assert len(out.splitlines()) == len(out.split("\n")) - 1
    assert "x1b]0;owned" in out  # as an escape
    assert len(out) < 9000


@pytest.mark.parametrize("raw", [b"[]", b"null", b'{"ok": true, "team": 5}', b"\xff"])
def test_answers_of_any_shape_end_in_findings(installation, report, raw):
    installation.slack.fail(Fault("slack.auth.test", answer(200, raw, JSON), times=2))
    for operation in ("plane.me", "plane.projects", "plane.instances"):
        installation.plane.fail(Fault(operation, answer(200, raw, JSON)))

    _, told = report()

    assert "in the doctor itself" not in json.dumps(told)


def test_a_terminal_of_another_encoding_gets_what_it_can_show(installation, command):
    told = json.dumps({"ok": True, "team": "Größe \N{PAPERCLIP}", "user": "x"}).encode()
    installation.slack.fail(Fault("slack.auth.test", answer(200, told, JSON)))
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    with contextlib.redirect_stdout(ascii_only):
        command()

    shown = ascii_only.buffer.getvalue().decode("ascii")
    assert '"Gr\\xf6\\xdfe \\U0001f4ce"' in " ".join(shown.split())
