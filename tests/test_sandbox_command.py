"""`loadmaster sandbox`, as a person and as a script run it."""

import hashlib
import os
import pty
import select
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

_SANDBOX = (sys.executable, "-m", "bot", "sandbox")
_PROMPT = "sandbox> "
_SECONDS = 30
#: A regular file that not even root can read from its beginning.
_UNREADABLE = Path("/proc/self/mem")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def run(folder, *arguments, **environment):
    """Run the command in *folder*; its temporary files go below it."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    done = subprocess.run(
        [*_SANDBOX, *arguments],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(temporary)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=_SECONDS,
        check=False,
    )
    assert list(temporary.iterdir()) == []
    return done


class Terminal:
    """The command at a pseudo-terminal."""

    def __init__(self, folder, **environment):
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            _SANDBOX,
            cwd=folder,
            env=os.environ | {"TMPDIR": str(folder), "TERM": "dumb"} | environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.terminate()  # so that its bot ends, too
        self.process.wait()
        os.close(self._master)

    def read(self, until=None):
        """Return what is shown up to *until*, or up to the end."""
        shown, deadline = b"", time.monotonic() + _SECONDS
        while until is None or until.encode() not in shown:
            left = max(0.0, deadline - time.monotonic())
            assert select.select([self._master], [], [], left)[0], shown.decode()
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # Linux: the other side is closed
                piece = b""
            if not piece:
                assert until is None, shown.decode()
                break
            shown += piece
        return shown.decode().replace("\r\n", "\n")

    def type(self, line):
        """Type one command and return all that it shows."""
        os.write(self._master, f"{line}\n".encode())
        return self.read(_PROMPT)

    def press_ctrl_d(self):
        os.write(self._master, b"\x04")

    def wait(self):
        return self.process.wait(_SECONDS)


def test_without_a_terminal_it_shows_one_share_and_ends(tmp_path):
    done = run(tmp_path)

    lines = done.stdout.splitlines()
    digests = [line.split()[1] for line in lines if line.startswith("  SHA-256")]
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0].startswith("A Slack (http://127.0.0.1:")
    assert "Slack, #general" in lines
    assert "  anna        Please put this file on WEB-1" in lines
    assert any(line.startswith("  loadmaster  WEB-1 (http://") for line in lines)
    assert "              ✅ hello.txt is attached." in lines
    assert "              [Undo] [Move]" in lines
    assert 'Plane, WEB-1 "Login page returns 500 on empty password"' in lines
    assert len(digests) == 2
    assert len(set(digests)) == 1
    assert lines[-2:] == [
        "              the same bytes as in Slack",
        "  comment     anna shared hello.txt in #general (Slack).",
    ]
    assert "\033" not in done.stdout


def test_the_callers_settings_proxies_and_env_file_do_not_reach_the_bot(tmp_path):
    (tmp_path / ".env").write_text("ATTACH_ON_SHARE=false\nPLANE_PROJECTS=OPS\n")
    nowhere = "http://127.0.0.1:9"
    caller = {
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), nowhere),
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), nowhere),
        "SLACK_APP_TOKEN": "xapp-real",
        "SLACK_BOT_TOKEN_FILE": "/nowhere",
        "PLANE_PROJECTS": "OPS",
        "DATABASE_URL": "postgresql://nowhere/real",
    }

    done = run(tmp_path, **caller)

    assert (done.returncode, done.stderr) == (0, "")


def test_given_files_arrive_with_their_bytes_whatever_they_are_called(tmp_path):
    data = {
        "notes.txt": b"two\nlines\n",
        "photo.jpg": os.urandom(3_000_000),
        "\033[31m*WEB-2* <!channel>\n`${filename}`.txt": b"hostile",
    }
    for name, content in data.items():
        (tmp_path / name).write_bytes(content)

    done = run(tmp_path, "--once", *data)

    assert (done.returncode, done.stderr) == (0, "")
    for content in data.values():
        assert done.stdout.count(sha256(content)) == 2
    assert done.stdout.count("the same bytes as in Slack") == 3
    assert "photo.jpg, 2.9 MB, image/jpeg" in done.stdout
    assert r"\x1b[31m*WEB-2* <!channel>\n`${filename}`.txt" in done.stdout
    assert "\033" not in done.stdout


def test_files_that_do_not_arrive_make_it_fail_and_the_reasons_are_shown(tmp_path):
    (tmp_path / "empty.txt").touch()
    (tmp_path / "big.bin").write_bytes(bytes(6 * 1024 * 1024))
    (tmp_path / "good.txt").write_text("good")

    done = run(tmp_path, "--once", "empty.txt", "big.bin", "good.txt")

    assert done.returncode == 1
    assert "❌ empty.txt is empty, and Plane takes no empty files." in done.stdout
    assert "❌ big.bin is 6 MB; Plane takes files up to 5 MB here." in done.stdout
    assert "✅ good.txt is attached." in done.stdout
    assert done.stderr.splitlines() == [
        "loadmaster: empty.txt is not on WEB-1.",
        "loadmaster: big.bin is not on WEB-1.",
        "loadmaster: The reply does not say that every file is attached.",
    ]


def test_paths_that_name_no_file_are_told_before_anything_starts(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    done = run(tmp_path, "--once", "missing.txt", "temporary", "pipe")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "loadmaster: missing.txt is not there.",
        "loadmaster: temporary is a folder; name the files in it.",
        "loadmaster: pipe is not a regular file.",
    ]


@pytest.mark.skipif(not _UNREADABLE.exists(), reason="Linux has such a file")
def test_a_file_that_cannot_be_read_is_told_before_anything_starts(tmp_path):
    done = run(tmp_path, "--once", str(_UNREADABLE))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"loadmaster: {_UNREADABLE} cannot be read: Input/output error.\n"
    )


def test_at_a_terminal_one_can_go_on_until_ctrl_d(tmp_path):
    (tmp_path / "my plan.txt").write_text("plan")
    with Terminal(tmp_path) as terminal:
        start = terminal.read(_PROMPT)
        shown = terminal.type("share 'my plan.txt' 'a < b, see web-2 and OPS-1'")
        item = terminal.type("item web-2")
        thread = terminal.type("thread")
        terminal.press_ctrl_d()
        terminal.read()

        assert terminal.wait() == 0

    assert start.startswith("See and try it in a browser: http://127.0.0.1:")
    assert "✅ hello.txt is attached." in start
    assert "  anna        a < b, see web-2 and OPS-1\n" in shown
    assert shown.count("✅ my plan.txt is attached.") == 2
    assert shown.count(sha256(b"plan")) == 3
    assert 'Plane, OPS-1 "Renew the TLS certificates"' in shown
    assert 'Plane, WEB-2 "Footer overlaps the cookie banner"' in item
    assert item.count(sha256(b"plan")) == 1
    assert item.count("comment     anna shared my plan.txt in #general (Slack).") == 1
    assert thread.count("✅ my plan.txt is attached.") == 2
    assert [each.name for each in tmp_path.iterdir()] == ["my plan.txt"]


def test_at_a_terminal_one_can_try_each_way_in(tmp_path):
    (tmp_path / "plan.txt").write_text("plan")
    attached, nothing = (
        "✅ plan.txt is attached.",
        "              nothing is attached\n",
    )
    with Terminal(tmp_path) as terminal:
        terminal.read(_PROMPT)
        terminal.type("share plan.txt 'see WEB-2'")
        buttons = terminal.type("press")
        undone = terminal.type("press Undo")
        reaction = terminal.type("react as Ben")
        command = terminal.type("/attach OPS-1")
        mention = terminal.type("mention put it on OPS-2, too")
        direct = terminal.type("dm plan.txt WEB-3")
        usage = terminal.type("dm help")
        terminal.type("shortcut global")
        terminal.type("upload plan.txt")
        terminal.type("choose WEB-4")
        form = terminal.type("submit")

    assert "  reply       [Undo]" in buttons
    assert "↩ plan.txt was removed again." in undone
    assert undone.partition("Plane, WEB-2")[2].endswith(f'"\n{nothing}{_PROMPT}')
    assert ":paperclip: ben\n" in reaction
    assert attached in reaction.partition(":paperclip: ben")[2]
    assert reaction.partition("Plane, WEB-2")[2].count(sha256(b"plan")) == 1
    assert "(only you see this)\n" in command
    assert command.partition("Plane, OPS-1")[2].count(sha256(b"plan")) == 1
    assert "  anna        @loadmaster put it on OPS-2, too\n" in mention
    assert mention.partition("Plane, OPS-2")[2].count(sha256(b"plan")) == 1
    assert "Slack, direct messages\n" in direct
    assert direct.partition("Plane, WEB-3")[2].count(sha256(b"plan")) == 1
    assert "/attach WEB-12" in usage
    assert form.partition("Plane, WEB-4")[2].count(sha256(b"plan")) == 1


def test_help_has_a_line_for_each_command_and_a_wrong_one_an_answer(tmp_path):
    with Terminal(tmp_path) as terminal:
        terminal.read(_PROMPT)

        shown = terminal.type("help")
        assert 'share FILE... "TEXT"' in shown
        assert "There is no command fly; try help." in terminal.type("fly")
        assert "missing.txt is not there." in terminal.type("share missing.txt WEB-1")
        assert 'share a.pdf "see WEB-2"' in terminal.type("share missing.txt")
        assert "A quotation mark is not closed." in terminal.type("share 'a")
        assert "Plane has no WEB-99; there are WEB-1" in terminal.type("item WEB-99")
        assert "OPS-2       Disk of db-2" in terminal.type("item")
        assert terminal.type("").split() == [_PROMPT.strip()]
        os.write(terminal._master, b"quit\n")
        terminal.read()
        assert terminal.wait() == 0

    lines = shown.splitlines()[1:-1]
    first = [line.split()[0] for line in lines]
    assert (first[0], first[-1]) == ("share", "quit")
    assert {"react", "/attach", "mention", "shortcut", "press", "home"} < {*first}
    assert [line for line in lines if line[29:30] != " " or not line[30].strip()] == []


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, "A Slack ("),
        (signal.SIGTERM, "A Slack ("),
        (signal.SIGINT, _PROMPT),
        (signal.SIGHUP, _PROMPT),
    ],
)
def test_an_interrupt_ends_it_quietly_and_leaves_nothing(tmp_path, number, moment):
    with Terminal(tmp_path) as terminal:
        shown = terminal.read(moment)
        terminal.process.send_signal(number)
        shown += terminal.read()

        assert terminal.wait() == 0

    assert "Traceback" not in shown
    assert shown.endswith("\n")
    assert list(Path(tmp_path).iterdir()) == []


def test_with_open_a_browser_is_told_to_show_the_page(tmp_path):
    told = tmp_path / "told"
    os.mkfifo(told)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >{told}\n')
    browser.chmod(0o700)
    with subprocess.Popen(
        [*_SANDBOX, "--open"],
        cwd=tmp_path,
        env=os.environ | {"BROWSER": f"{browser} %s", "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        address = told.read_text().strip()
        shown = process.stdout.readline()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(address, timeout=10) as answer:
            page = answer.read().decode()
        for line in process.stdout:
            if "(Slack)." in line:
                break
        process.send_signal(signal.SIGTERM)

    assert shown == f"See and try it in a browser: {address}\n"
    assert "<title>Loadmaster sandbox</title>" in page
    assert process.returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"told", "browser"}
