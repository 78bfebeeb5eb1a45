"""`loadmaster attach` with a link: a message's files, through the ledger, each once."""

import json
import os
import signal
import threading

import pytest

from bot.domain.permalinks import write_permalink
from bot.sandbox import wire
from bot.work.ledger.database import sole_use
from tests.crash.striking import start_later
from tests.world import open_world


def link_to(message):
    workspace = "https://acme.slack.com"
    return write_permalink(workspace, message.channel_id, message.ts, None)


@pytest.fixture
def attach(run):
    """Run the command with all of a world's settings."""

    def attach(world, *arguments, **settings):
        return run("attach", *arguments, **(world.environment() | settings))

    return attach


@pytest.fixture(params=["bot runs", "no bot runs"])
def any_world(request, tmp_path):
    """A world with a bot, and one without."""
    with open_world(tmp_path) as world:
        if request.param == "bot runs":
            world.start_bot()
        yield world


def share(world, *files, text="for later", **fields):
    """Share files with no work item named; return files and message."""
    shared = list(files) or [world.slack.add_file()]
    return shared, world.slack.share(shared, text=text, **fields)


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


def test_the_files_of_a_message_are_attached_and_nothing_is_said_in_slack(
    any_world, attach
):
    world = any_world
    files = [world.slack.add_file(name=name) for name in ("a.pdf", "b.pdf")]
    _, message = share(world, *files)

    ran = attach(world, "WEB-1", link_to(message))

    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "a.pdf is attached.\nb.pdf is attached.\n"
    assert sorted(world.attached("WEB-1")) == sorted(hashes(*files))
    world.settle()
    assert world.replies(message) == []
    assert world.slack.ephemerals("UANNA") == []
    records = world.plane.state.attachments("WEB-1")
    assert {each.external_source for each in records} == {"slack"}
    (comment,) = world.plane.state.comments("WEB-1")
    assert "<li>a.pdf</li><li>b.pdf</li>" in comment.html


def test_a_second_time_and_after_somebody_in_slack_it_is_there_already(
    any_world, attach
):
    world = any_world
    (file,), message = share(world)
    attach(world, "WEB-1", link_to(message))

    ran = attach(world, "WEB-1", link_to(message), "--json")

    assert ran.status == 0
    (told,) = json.loads(ran.out)["files"]
    assert told == {
        "source": link_to(message),
        "name": file.name,
        "attached": True,
        "outcome": "AlreadyAttached",
        "sentence": "design.pdf was attached already.",
    }
    assert world.attached("WEB-1") == hashes(file)


def test_a_bot_and_the_command_at_once_make_one_of_a_file(world, attach):
    files = [world.slack.add_file(name=f"{number}.pdf") for number in range(4)]
    message = world.slack.share(files, text="WEB-1")

    ran = attach(world, "WEB-1", link_to(message))

    world.wait_for(message, "attached")
    assert ran.status == 0
    assert sorted(world.attached("WEB-1")) == sorted(hashes(*files))
    assert len(world.replies(message)) == 1


def test_files_of_the_disk_and_of_messages_go_together(any_world, attach, tmp_path):
    world = any_world
    _, message = share(world)
    (tmp_path / "local.txt").write_text("local")

    ran = attach(world, "WEB-1", tmp_path / "local.txt", link_to(message))

    assert ran.out == "local.txt is attached.\ndesign.pdf is attached.\n"
    assert len(world.attached("WEB-1")) == 2


def test_what_failed_is_told_and_makes_it_1(any_world, attach):
    world = any_world
    empty = world.slack.add_file(name="empty.pdf", content=b"")
    good = world.slack.add_file(name="good.pdf")
    _, message = share(world, empty, good)
    nothing = world.slack.post("no files here")

    ran = attach(world, "WEB-1", link_to(message), link_to(nothing))

    assert ran.status == 1
    assert ran.out == "good.pdf is attached.\n"
    assert "loadmaster: empty.pdf is empty, and Plane takes no empty files." in ran.err
    assert "loadmaster: I found no files there." in ran.err
    assert len(ran.err.splitlines()) == 2


def test_what_the_settings_forbid_is_forbidden_here_too(any_world, attach):
    world = any_world
    if world.bots:
        world.bot.stop()
        world.start_bot(ATTACH_PRIVATE="deny")
    else:
        world.settings["ATTACH_PRIVATE"] = "deny"
    _, message = share(world, channel="CSECRET")

    ran = attach(world, "WEB-1", link_to(message))

    assert ran.status == 1
    assert "I attach nothing from private conversations" in ran.err
    assert world.plane.state.attachments() == []


def test_what_has_to_be_consented_to_is_asked_of_its_sharer(any_world, attach):
    world = any_world
    if world.bots:
        world.bot.stop()
        world.start_bot(ATTACH_PRIVATE="ask")
    else:
        world.settings["ATTACH_PRIVATE"] = "ask"
    _, message = share(world, channel="CSECRET")

    ran = attach(world, "WEB-1", link_to(message))

    assert ran.status == 1
    assert "whether design.pdf may go to Plane; nothing is sent before" in ran.err
    assert world.plane.state.attachments() == []
    assert world.slack.wait_for_ephemeral("UANNA").channel_id == "CSECRET"


def test_a_conversation_without_the_bot_is_told(any_world, attach):
    world = any_world

    link = "https://acme.slack.com/archives/CNOWHERE/p1700000000000100"
    ran = attach(world, "WEB-1", link)

    assert ran.status == 1
    assert "I am not in that conversation." in ran.err


def test_plane_is_waited_for_with_one_line(any_world, attach):
    world = any_world
    (file,), message = share(world)
    world.plane.fail(
        wire.Fault("plane.create_attachment", lambda _: wire.Response(503, {}, b""))
    )

    ran = attach(world, "WEB-1", link_to(message))

    assert (ran.status, ran.out) == (0, "design.pdf is attached.\n")
    assert "Plane does not answer me about the message. Trying again." in ran.err
    assert world.attached("WEB-1") == hashes(file)


def test_what_lasts_longer_than_the_patience_is_left_to_the_bot(any_world, attach):
    world = any_world
    (file,), message = share(world)
    world.plane.fail(
        wire.Fault(
            "plane.create_attachment", lambda _: wire.Response(503, {}, b""), times=99
        )
    )

    ran = attach(world, "WEB-1", link_to(message), "--patience", "0")

    assert (ran.status, ran.out) == (1, "")
    assert "Plane does not answer me about design.pdf. It goes on when a bot" in ran.err
    world.plane.mend()
    if not world.bots:
        world.start_bot()
    world.settle()
    assert world.attached("WEB-1") == hashes(file)
    assert world.half_made("WEB-1") == []


def test_a_bot_that_is_killed_meanwhile_is_stood_in_for(world, attach):
    (file,), message = share(world)
    world.store.fail(wire.Fault("storage.post", lambda _: world.bot.kill()))

    ran = attach(world, "WEB-1", link_to(message))

    assert (ran.status, ran.out) == (0, "design.pdf is attached.\n")
    assert world.attached("WEB-1") == hashes(file)
    assert len(world.plane.state.attachments("WEB-1")) == 1


def test_ctrl_c_leaves_it_to_the_next_time(stopped, attach):
    world = stopped
    (file,), message = share(world)
    world.store.fail(
        wire.Fault("storage.post", lambda _: os.kill(os.getpid(), signal.SIGINT))
    )

    ran = attach(world, "WEB-1", link_to(message))

    assert ran.status == 130
    assert "Interrupted." in ran.err
    assert attach(world, "WEB-1", link_to(message)).status == 0
    assert world.attached("WEB-1") == hashes(file)
    assert len(world.plane.state.attachments("WEB-1")) == 1


def test_work_that_a_bot_left_is_left_to_the_next_bot(stopped, attach):
    world = stopped
    bot = world.start_bot()
    world.plane.fail(
        wire.Fault(
            "plane.create_attachment", lambda _: wire.Response(503, {}, b""), times=99
        )
    )
    _, left = share(world, text="WEB-2")
    world.wait(lambda: world.plane.exchanges("plane.create_attachment"))
    bot.kill()
    world.plane.mend()
    _, message = share(world, world.slack.add_file(name="new.pdf"))

    ran = attach(world, "WEB-1", link_to(message))

    assert ran.out == "new.pdf is attached.\n"
    assert world.attached("WEB-2") == []
    start_later(world)
    world.wait_for(left, "is attached.")


def test_a_ledger_in_use_by_another_command_is_waited_for(stopped, attach):
    world = stopped
    (file,), message = share(world)
    held, free = threading.Event(), threading.Event()

    def hold():
        with sole_use(f"sqlite:///{world.database}"):
            held.set()
            free.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    refused = attach(world, "WEB-1", link_to(message), "--patience", "0")
    threading.Timer(0.5, free.set).start()

    ran = attach(world, "WEB-1", link_to(message))

    holder.join()
    assert refused.status == 2
    assert "Another Loadmaster is running on" in refused.err
    assert ran.status == 0
    assert world.attached("WEB-1") == hashes(file)


def test_where_there_was_no_ledger_one_is_made(stopped, attach, tmp_path):
    world = stopped
    _, message = share(world)
    url = f"sqlite:///{tmp_path}/new.db"

    ran = attach(world, "WEB-1", link_to(message), DATABASE_URL=url)

    assert ran.status == 0
    assert (tmp_path / "new.db").exists()


def test_a_token_that_slack_refuses_is_told_before_anything_is_done(stopped, attach):
    world = stopped
    _, message = share(world)

    ran = attach(world, "WEB-1", link_to(message), SLACK_BOT_TOKEN="xoxb-wrong")

    assert (ran.status, ran.out) == (2, "")
    assert "Slack refuses my bot token" in ran.err


def test_a_folder_that_cannot_be_used_is_told_at_once(stopped, attach, tmp_path):
    world = stopped
    _, message = share(world)
    (tmp_path / "file").touch()
    url = f"sqlite:///{tmp_path}/file/loadmaster.db"

    ran = attach(world, "WEB-1", link_to(message), DATABASE_URL=url)

    assert (ran.status, ran.out) == (2, "")
    assert "file/loadmaster.db cannot be written" in ran.err
