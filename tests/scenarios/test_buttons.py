"""The buttons below a reply: Undo takes back, Retry tries again what failed."""

import copy
import threading

import pytest

from bot.sandbox import wire
from bot.sandbox.slack import Refused
from bot.sandbox.slack.pressing import find_element


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


def share(world, text="WEB-1", **fields):
    """Share a file and return it, its message and the reply."""
    file = world.slack.add_file()
    message = world.slack.share([file], text=text, **fields)
    world.reply(message)
    world.settle()
    (reply,) = world.slack.replies_by_bot(message.channel_id, message.ts)
    return file, message, reply


@pytest.mark.each_transport
def test_undo_removes_what_was_attached_and_says_so(either):
    file, message, reply = share(either)

    assert either.slack.press(reply, "undo").error is None

    assert either.wait_for(message, "`design.pdf` was removed again.") is reply
    assert either.plane.state.attachments() == []
    assert len(either.replies(message)) == 1

    either.slack.react(message, "paperclip", user="UBEN")

    assert either.wait_for(message, "`design.pdf` is attached.") is not reply
    assert either.attached("WEB-1") == hashes(file)


def test_undo_is_for_the_one_who_attached_and_others_are_told_so(either):
    file, message, reply = share(either)

    assert either.slack.press(reply, "undo", user="UBEN").error is None

    told = either.slack.wait_for_ephemeral("UBEN")
    assert told.text == "Only <@UANNA> can undo this: they attached it."
    assert (told.channel_id, told.thread_ts) == ("CGENERAL", message.ts)
    either.settle()
    assert either.attached("WEB-1") == hashes(file)
    assert "is attached." in reply.text
    assert either.slack.ephemerals("UANNA") == []


def test_a_press_that_comes_too_late_is_told_that_nothing_is_left(either):
    _, message, reply = share(either, text="WEB-1 OPS-3")
    blocks = copy.deepcopy(reply.blocks)
    either.slack.press(reply, "undo")
    either.wait_for(message, "was removed again.")
    reply.blocks = blocks  # as somebody sees them whose client is behind

    either.slack.press(reply, "undo")

    told = either.slack.wait_for_ephemeral()
    assert told.text == "There is nothing left to undo here."
    assert either.plane.state.attachments() == []


def test_after_undo_the_button_attaches_again(either):
    file, message, reply = share(either)
    either.slack.press(reply, "undo")
    either.wait_for(message, "was removed again.")

    _, button = find_element(reply, "retry")
    assert button["text"]["text"] == "Attach again"
    either.slack.press(reply, "retry", user="UBEN")

    either.wait_for(message, "is attached.")
    assert either.attached("WEB-1") == hashes(file)


def test_a_press_is_acknowledged_while_its_answer_hangs(world):
    _, _, reply = share(world)
    go = threading.Event()
    world.slack.fail(wire.Fault("slack.respond", lambda request: go.wait(20) and None))

    request = world.slack.press(reply, "undo", user="UBEN")

    assert request.error is None
    assert request.seconds < 3
    go.set()
    world.slack.wait_for_ephemeral("UBEN")


def test_who_reacted_is_the_one_who_attached(world):
    file = world.slack.add_file(title="WEB-1")
    message = world.slack.share([file])
    world.slack.react(message, "paperclip", user="UBEN")
    reply = world.wait_for(message, "is attached.")

    world.slack.press(reply, "undo", user="UANNA")
    world.settle()
    assert world.attached("WEB-1") == hashes(file)
    world.slack.press(reply, "undo", user="UBEN")

    world.wait_for(message, "was removed again.")
    assert world.plane.state.attachments() == []


def test_undo_is_not_for_what_was_attached_before(world):
    file, _, _ = share(world)
    again = world.slack.share([file], text="WEB-1")
    reply = world.wait_for(again, "was attached already.")

    with pytest.raises(Refused, match="undo"):
        world.slack.press(reply, "undo")

    assert world.attached("WEB-1") == hashes(file)


def test_undo_leaves_what_was_attached_anew_by_somebody_else(world):
    file, _, reply = share(world)
    world.delete_in_plane(world.plane.state.attachments("WEB-1")[0])
    again = world.slack.share([file], text="WEB-1", user="UBEN")
    world.wait_for(again, "is attached.")

    world.slack.press(reply, "undo")

    world.settle()
    assert world.attached("WEB-1") == hashes(file)


def test_undo_takes_back_every_file_on_every_work_item(world):
    files = [world.slack.add_file(name=f"{n}.pdf", content=b"x" * n) for n in (1, 2, 3)]
    other = world.slack.share([files[0]], text="WEB-1")
    world.wait_for(other, "is attached.")
    message = world.slack.share(files, text="WEB-1 WEB-2 WEB-999")
    reply = world.wait_for(message, "no WEB-999")
    world.delete_in_plane(world.plane.state.attachments("WEB-2")[0])

    world.slack.press(reply, "undo")

    told = world.wait_for(message, "was removed again.").text
    assert told.count("was removed again.") == 5
    assert told.count("was attached already.") == 1
    assert world.attached("WEB-1") == hashes(files[0])
    assert world.attached("WEB-2") == []


def test_undo_pressed_again_and_again_is_one(world):
    _, message, reply = share(world)

    for _ in range(3):
        world.slack.press(reply, "undo")

    world.wait_for(message, "was removed again.")
    assert len(world.plane.exchanges("plane.delete_attachment")) == 1
    assert len(world.replies(message)) == 1


def test_undo_waits_until_plane_is_back(world):
    _, message, reply = share(world)
    away = wire.answer(503, b"<html>Service Unavailable</html>")
    world.plane.fail(wire.Fault("plane.delete_attachment", away, times=1_000_000))

    world.slack.press(reply, "undo")

    waiting = world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: "I keep trying" in each.text
    )
    assert "`design.pdf` is being removed." in waiting.text
    assert "on its way" not in waiting.text
    assert len(world.plane.state.attachments("WEB-1")) == 1
    world.plane.mend()
    assert world.wait_for(message, "was removed again.") is reply
    assert world.plane.state.attachments() == []


def test_undo_that_was_refused_can_be_tried_again(world):
    _, message, reply = share(world)
    world.plane.state.revoke_key("plane_api_alice")

    world.slack.press(reply, "undo")
    told = world.wait_for(message, "is still attached.").text
    assert "PLANE_API_KEY" in told
    world.plane.state.add_key("alice", "plane_api_alice")
    world.slack.press(reply, "undo")

    world.wait_for(message, "was removed again.")
    assert world.plane.state.attachments() == []


def test_a_file_that_is_wanted_while_it_is_removed_is_attached_again(world):
    file, message, reply = share(world)
    away = wire.answer(503, b"<html>Service Unavailable</html>")
    world.plane.fail(wire.Fault("plane.delete_attachment", away, times=3))

    world.slack.press(reply, "undo")
    world.wait(lambda: world.plane.exchanges("plane.delete_attachment"))
    again = world.slack.share([file], text="WEB-1", channel="CSECRET")

    world.wait_for(again, "`design.pdf` is attached.")
    world.wait_for(message, "was removed again.")
    assert world.attached("WEB-1") == hashes(file)
    assert world.half_made("WEB-1") == []


@pytest.mark.each_transport
def test_retry_finds_a_work_item_that_was_made_meanwhile(either):
    file, message, reply = share(either, text="OPS-3")
    assert "no OPS-3" in reply.text
    project = either.plane.state.project("OPS")
    either.plane.state.add_work_item(project, "The one that was missing")

    assert either.slack.press(reply, "retry", user="UBEN").error is None

    assert either.wait_for(message, "`design.pdf` is attached.") is reply
    assert "no OPS-3" not in reply.text
    assert either.attached("OPS-3") == hashes(file)
    assert len(either.replies(message)) == 1


def test_retry_works_once_the_key_is_given_back(world):
    share(world, text="WEB-1")
    world.plane.state.revoke_key("plane_api_alice")
    file = world.slack.add_file(name="b.pdf")
    message = world.slack.share([file], text="WEB-1 WEB-2")
    reply = world.wait_for(message, "PLANE_API_KEY")

    world.slack.press(reply, "retry")
    world.wait(lambda: len(world.plane.exchanges("plane.create_attachment")) == 3)
    world.settle()
    assert "PLANE_API_KEY" in reply.text
    world.plane.state.add_key("alice", "plane_api_alice")
    world.slack.press(reply, "retry")

    world.wait_for(message, "`b.pdf` is attached.")
    assert world.attached("WEB-2") == hashes(file)
    assert reply.text.count("`b.pdf` is attached.") == 2
    assert len(world.replies(message)) == 1


def test_retry_is_not_offered_where_nothing_failed_or_can_be_mended(world):
    _, _, attached = share(world)
    empty = world.slack.add_file(content=b"")
    message = world.slack.share([empty], text="WEB-1")
    refused = world.wait_for(message, "is empty")

    for reply in (attached, refused):
        with pytest.raises(Refused, match="retry"):
            world.slack.press(reply, "retry")


@pytest.mark.parametrize("action", ["undo", "retry"])
def test_a_value_that_was_not_given_out_here_does_nothing(either, action):
    file, _, reply = share(either, text="WEB-1 OPS-3")
    other, message, _ = share(either, text="WEB-2 OPS-3", channel="CSECRET")
    bens, theirs, _ = share(either, text="WEB-3", user="UBEN")
    project = either.plane.state.project("OPS")
    either.plane.state.add_work_item(project, "What a retry would find")
    before = either.calls()

    # The numbers of the two other shares, of none, and what is no number at all.
    for value in ("2", "3", "4", "-1", "9" * 18, "1e1", "x" * 99):
        find_element(reply, action)[1]["value"] = value
        assert either.slack.press(reply, action).error is None

    either.settle()
    assert either.calls() == before
    assert either.attached("WEB-1") == hashes(file)
    assert either.attached("WEB-2") == hashes(other)
    assert either.attached("WEB-3") == hashes(bens)
    assert either.attached("OPS-3") == []
    assert len(either.replies(message)) == len(either.replies(theirs)) == 1
