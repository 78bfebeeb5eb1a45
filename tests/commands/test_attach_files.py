"""`loadmaster attach` puts files of this machine onto a work item, each once."""

import hashlib
import json
import os
import signal

import pytest

from bot.clients.machine_lock import hold
from bot.sandbox import wire


@pytest.fixture
def world(stopped):
    """Slack and Plane, and no bot."""
    return stopped


@pytest.fixture
def attach(world, run):
    """Run the command with what it needs of the world's settings."""
    settings = {
        name: value
        for name, value in world.environment().items()
        if name.startswith("PLANE_")
    }

    def attach(*arguments):
        return run("attach", *arguments, **settings)

    return attach


@pytest.fixture
def put(tmp_path):
    """Put a file on the disk; return its path."""

    def put(content=b"hello", name="plan.pdf"):
        path = tmp_path / "elsewhere" / name
        path.write_bytes(content)
        return path

    return put


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_attached_with_its_bytes_its_name_and_its_type(world, attach, put):
    content = os.urandom(700_000)
    path = put(content)

    ran = attach("WEB-1", path)

    assert (ran.status, ran.out, ran.err) == (0, "plan.pdf is attached.\n", "")
    assert world.attached("WEB-1") == [("plan.pdf", sha256(content))]
    (record,) = world.plane.state.attachments("WEB-1")
    assert (record.type, record.external_source) == (
        "application/pdf",
        "loadmaster",
    )
    assert record.external_id == f"sha256-{sha256(content)}"


def test_a_second_time_it_is_there_already_under_whatever_name(world, attach, put):
    attach("WEB-1", put())

    ran = attach("WEB-1", put(name="copy.pdf"))

    assert (ran.status, ran.out) == (0, "copy.pdf was attached already.\n")
    assert len(world.plane.state.attachments("WEB-1")) == 1


def test_the_item_may_be_written_small_or_as_a_link(world, attach, put):
    put()
    link = "https://plane.example.com/acme/browse/WEB-2/"

    assert attach("web-1", "plan.pdf").status == 0
    assert attach(link, "plan.pdf").status == 0
    assert len(world.attached("WEB-1")) == len(world.attached("WEB-2")) == 1


def test_a_script_is_told_as_json_and_nothing_else(world, attach, put):
    put(b"one", "one.txt")
    put(b"", "empty.txt")

    ran = attach("WEB-1", "one.txt", "empty.txt", "--json")

    assert ran.status == 1
    told = json.loads(ran.out)
    assert told["item"] == "WEB-1"
    assert [each["attached"] for each in told["files"]] == [True, False]
    assert [each["source"] for each in told["files"]] == ["one.txt", "empty.txt"]
    assert told["files"][1]["outcome"] == "FileEmpty"
    assert "empty.txt is empty" in told["files"][1]["sentence"]


def test_quietly_it_tells_failures_only(attach, put):
    put(b"one", "one.txt")
    put(b"", "empty.txt")

    ran = attach("WEB-1", "one.txt", "empty.txt", "--quiet")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("loadmaster: empty.txt is empty, and Plane takes no")
    assert len(ran.err.splitlines()) == 1


def test_a_file_over_planes_limit_is_refused_before_anything_is_made(
    world, attach, put
):
    put(bytes(6 * 1024 * 1024), "big.bin")
    put(b"one", "one.txt")

    ran = attach("WEB-1", "big.bin", "one.txt")

    assert ran.status == 1
    assert "big.bin is 6 MB; Plane takes files up to 5 MB here." in ran.err
    assert ran.out == "one.txt is attached.\n"
    assert [each.name for each in world.plane.state.attachments("WEB-1")] == ["one.txt"]


def test_hostile_names_are_made_safe_for_plane_and_for_the_terminal(world, attach, put):
    path = put(name="\x1b[31m`a`\u202e\n${filename}.txt")

    ran = attach("WEB-1", path, "--json")
    plain = attach("WEB-1", path)

    assert ran.status == plain.status == 0
    assert [c for c in plain.out[:-1] if not c.isprintable()] == []
    assert [c for c in ran.out if not " " <= c <= "~" and c != "\n"] == []
    assert world.attached("WEB-1")[0][0] == "[31m`a` $_{filename}.txt"


def test_a_name_that_is_no_text_is_attached_all_the_same(world, attach, tmp_path):
    path = os.fsencode(tmp_path / "elsewhere") + b"/\xff\xfe.txt"
    with open(path, "wb") as file:  # noqa: PTH123 - no Path is made of bytes
        file.write(b"x")

    ran = attach("WEB-1", os.fsdecode(path))

    assert ran.status == 0
    assert len(world.attached("WEB-1")) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["WEB", "plan.pdf"], "WEB names no work item: give the key of one, such"),
        (["WEB-1 WEB-2", "plan.pdf"], "names more than one work item"),
        (["", "plan.pdf"], '"" names no work item'),
        (["\x1b[31m", "plan.pdf"], "\\x1b[31m names no work item"),
        (["WEB-1", "missing.pdf"], "missing.pdf is not there"),
        (["WEB-1", "\x1b[31m"], "\\x1b[31m is not there"),
        (["WEB-1", ""], '"" is a folder'),
        (["WEB-1", "."], ". is a folder; name the files in it"),
        (["WEB-1", "pipe"], "pipe is no regular file"),
        (["WEB-1", "n" * 300], "cannot be read: File name too long"),
        (["WEB-1", "a\0b"], "a\\x00b "),
        (["WEB-1", "https://example.com/x"], "leads to no message in Slack"),
        (["WEB-1", "https://acme.slack.com/files/U1/F123/x"], "leads to no message"),
        (["NOPE-1", "plan.pdf"], "I know no project NOPE in Plane."),
        (["WEB-999", "plan.pdf"], "do nothing about the files for WEB-999."),
    ],
)
def test_what_cannot_be_begun_is_told_in_one_sentence(
    world, attach, put, tmp_path, arguments, complaint
):
    put()
    os.mkfifo(tmp_path / "elsewhere/pipe")

    ran = attach(*arguments)

    assert (ran.status, ran.out) == (2, "")
    assert complaint in ran.err
    assert len(ran.err.splitlines()) == 1
    assert world.plane.state.attachments() == []


def test_settings_of_slack_are_not_needed_but_planes_are(run, put):
    put()

    ran = run("attach", "WEB-1", "plan.pdf")

    assert ran.status == 2
    assert "PLANE_API_KEY is not set" in ran.err
    assert "SLACK" not in ran.err


@pytest.mark.parametrize("patience", ["-1", "x", "nan", "1e9", "1" * 9, ""])
def test_a_malformed_patience_is_told(attach, put, patience, capsys):
    put()

    with pytest.raises(SystemExit) as left:
        attach("WEB-1", "plan.pdf", f"--patience={patience}")

    assert left.value.code == 2
    assert "must be a whole number of seconds" in capsys.readouterr().err


def unavailable(request):
    return wire.Response(503, {}, b"")


@pytest.mark.parametrize(
    ("server", "operation", "said"),
    [
        ("plane", "plane.work_item", "Plane does not answer me about WEB-1."),
        ("plane", "plane.create_attachment", "Plane does not answer me about plan.pdf"),
        ("plane", "plane.complete_attachment", "Plane does not answer me about plan"),
        ("store", "storage.post", "does not take plan.pdf now."),
    ],
)
def test_what_passes_by_itself_is_waited_out_with_a_line(
    world, attach, put, server, operation, said
):
    content = os.urandom(600_000)
    put(content)
    getattr(world, server).fail(wire.Fault(operation, unavailable))

    ran = attach("WEB-1", "plan.pdf")

    assert (ran.status, ran.out) == (0, "plan.pdf is attached.\n")
    assert said in ran.err
    assert "Trying again in" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert world.attached("WEB-1") == [("plan.pdf", sha256(content))]
    assert world.half_made("WEB-1") == []


def test_an_answer_that_was_lost_makes_no_second_record(world, attach, put):
    put()
    for operation in ("plane.create_attachment", "plane.complete_attachment"):
        world.plane.fail(wire.Fault(operation, wire.cut, "after"))

    ran = attach("WEB-1", "plan.pdf")

    assert (ran.status, ran.out) == (0, "plan.pdf is attached.\n")
    assert len(world.plane.state.attachments("WEB-1")) == 1


def test_what_lasts_longer_than_the_patience_fails_and_leaves_no_record(
    world, attach, put
):
    put()
    fault = wire.Fault("storage.post", unavailable, times=100)
    world.store.fail(fault)

    ran = attach("WEB-1", "plan.pdf", "--patience", "0")

    assert (ran.status, ran.out) == (1, "")
    assert "does not take plan.pdf now." in ran.err
    assert world.plane.state.attachments("WEB-1") == []
    world.store.mend()
    assert attach("WEB-1", "plan.pdf").out == "plan.pdf is attached.\n"
    assert len(world.plane.state.attachments("WEB-1")) == 1


def test_what_may_be_finished_is_not_removed_when_it_gives_up(world, attach, put):
    """Its record may be marked as uploaded: another command told so, perhaps."""
    put()
    world.plane.fail(wire.Fault("plane.complete_attachment", wire.cut, "after"))

    assert attach("WEB-1", "plan.pdf", "--patience", "0").status == 1

    assert world.attached("WEB-1") == [("plan.pdf", sha256(b"hello"))]


def test_a_record_that_is_deleted_amid_the_upload_is_made_anew(world, attach, put):
    put()

    def delete(request):
        (record,) = world.plane.state.attachments("WEB-1")
        world.plane.state.attachment_rows.delete(record)

    world.plane.fail(wire.Fault("plane.complete_attachment", delete))

    ran = attach("WEB-1", "plan.pdf")

    assert (ran.status, ran.out) == (0, "plan.pdf is attached.\n")
    assert world.attached("WEB-1") == [("plan.pdf", sha256(b"hello"))]


def test_what_plane_does_not_let_finish_leaves_no_record(world, attach, put):
    put()
    refuse = wire.answer(403, b'{"error": "You do not have permission"}')
    world.plane.fail(wire.Fault("plane.complete_attachment", refuse))

    ran = attach("WEB-1", "plan.pdf")

    assert ran.status == 1
    assert world.plane.state.attachments("WEB-1") == []


def test_what_plane_refuses_leaves_no_record(world, attach, put):
    put()
    refuse = wire.Response(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
    world.store.fail(wire.Fault("storage.post", lambda _: refuse))

    ran = attach("WEB-1", "plan.pdf")

    assert ran.status == 1
    assert world.plane.state.attachments("WEB-1") == []


@pytest.mark.parametrize("change", ["longer", "shorter", "other", "gone"])
def test_a_file_that_changes_while_it_is_read_is_not_attached(
    world, attach, put, change
):
    content = os.urandom(2_000_000)
    path = put(content)

    def do_change(request):
        if change == "gone":
            path.unlink()
        elif change == "longer":
            path.write_bytes(content + b"x")
        elif change == "shorter":
            path.write_bytes(content[:-1])
        else:
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    world.plane.fail(wire.Fault("plane.create_attachment", do_change, "after"))

    ran = attach("WEB-1", "plan.pdf")

    assert (ran.status, ran.out) == (1, "")
    told = "could not be read" if change == "gone" else "changed while I read it"
    assert f"plan.pdf {told}" in ran.err
    assert world.plane.state.attachments("WEB-1") == []


def test_ctrl_c_leaves_no_record_and_no_traceback(world, attach, put):
    put(os.urandom(2_000_000))

    def interrupt(request):
        os.kill(os.getpid(), signal.SIGINT)

    world.store.fail(wire.Fault("storage.post", interrupt))

    ran = attach("WEB-1", "plan.pdf")

    assert (ran.status, ran.out) == (130, "")
    assert ran.err == (
        "loadmaster: Interrupted. Run the same command again for what is left.\n"
    )
    assert world.attached("WEB-1") == []
    assert attach("WEB-1", "plan.pdf").status == 0
    assert len(world.plane.state.attachments("WEB-1")) == 1


@pytest.mark.parametrize(("key", "status"), [("WEB-1", 1), ("WEB-2", 0)])
def test_two_commands_do_not_send_one_content_to_one_item_at_once(
    world, attach, put, key, status
):
    """Under whatever names: Plane would make two records of it."""
    put(name="copy.pdf")
    item_id = world.plane.state.work_item("WEB-1").id

    with hold(item_id, sha256(b"hello")):
        ran = attach(key, "copy.pdf", "--patience", "0")

    assert ran.status == status
    told = "Another command on this machine is attaching copy.pdf just now."
    assert (told in ran.err) == bool(status)
    assert len(world.plane.state.attachments(key)) == 1 - status


def test_the_same_content_as_two_files_is_attached_once(world, attach, put):
    put(name="a.txt")
    put(name="b.txt")

    ran = attach("WEB-1", "a.txt", "b.txt", "a.txt")

    assert ran.out == "a.txt is attached.\nb.txt was attached already.\n"
    assert len(world.attached("WEB-1")) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    "operation",
    ["plane.create_attachment", "storage.post", "plane.complete_attachment"],
)
def test_wherever_it_is_cut_off_a_repeat_leaves_one(
    world, attach, put, operation, phase
):
    put()
    server = world.store if operation == "storage.post" else world.plane
    server.fail(wire.Fault(operation, wire.cut, phase))

    assert attach("WEB-1", "plan.pdf", "--patience", "0").status == 1

    ran = attach("WEB-1", "plan.pdf")
    assert ran.status == 0
    assert world.attached("WEB-1") == [("plan.pdf", sha256(b"hello"))]
    assert len(world.plane.state.attachments("WEB-1")) == 1
