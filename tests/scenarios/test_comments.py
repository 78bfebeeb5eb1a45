"""The work item tells who shared what, where, for as long as it is there."""

import pytest

from bot.sandbox import wire

AWAY = wire.answer(503, b"<html>Service Unavailable</html>")


def comments(world, key="WEB-1"):
    return [each.html for each in world.plane.state.comments(key)]


def share(world, *files, text="WEB-1", **options):
    """Share files and wait until all is done; return the message and the reply."""
    files = files or (world.slack.add_file(),)
    message = world.slack.share(list(files), text=text, **options)
    world.reply(message)
    world.settle()
    (reply,) = world.slack.replies_by_bot(message.channel_id, message.ts)
    return message, reply


def press(world, message, reply, button, told):
    """Press a button of the reply and wait until all is done."""
    world.slack.press(reply, button)
    channel_id = message.channel_id
    world.slack.wait_for_reply(channel_id, message.ts, lambda each: told in each.text)
    world.settle()


def test_a_comment_says_who_shared_what_where_with_a_link(either):
    message, _ = share(either)

    link = either.slack.link(message)
    assert comments(either) == [
        "<p><strong>anna</strong> shared <strong>design.pdf</strong>"
        f' in <a href="{link}">#general</a> (Slack).</p>'
    ]


def test_two_people_who_react_to_a_message_make_one_comment(either):
    message = either.slack.share([either.slack.add_file()], text="see WEB-1")
    either.reply(message)

    for user in ("UANNA", "UBEN"):
        either.slack.react(message, "paperclip", user=user)
    either.slack.wait_idle()
    either.settle()

    (comment,) = comments(either)
    assert "<strong>anna</strong> shared" in comment
    assert len(either.plane.exchanges("plane.create_comment")) == 1


def test_an_edit_that_adds_a_file_is_told_of_in_the_same_comment(either):
    message, _ = share(either)
    message.files.append(either.slack.add_file(name="more.pdf"))

    either.slack.edit(message, "WEB-1, with more")
    either.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: "`more.pdf` is attached." in each.text
    )
    either.settle()

    (comment,) = comments(either)
    assert "<li>design.pdf</li><li>more.pdf</li>" in comment


def test_what_is_undone_takes_its_comment_along_and_retry_brings_it_back(either):
    message, reply = share(either)
    before = comments(either)

    press(either, message, reply, "undo", "was removed again.")
    assert comments(either) == []

    press(either, message, reply, "retry", "is attached.")
    assert comments(either) == before


def test_a_message_for_two_work_items_of_a_project_is_told_of_on_each(either):
    message, _ = share(either, text="WEB-1 and WEB-2")

    for key in ("WEB-1", "WEB-2"):
        (comment,) = comments(either, key)
        assert either.slack.link(message) in comment
    ids = {each.external_id for each in either.plane.state.comments()}
    assert len(ids) == 2


def test_where_the_settings_want_none_there_is_none(either_stopped):
    either_stopped.start_bot(PLANE_COMMENT="false")

    _, reply = share(either_stopped)
    either_stopped.slack.press(reply, "undo")
    either_stopped.wait(
        lambda: either_stopped.plane.exchanges("plane.delete_attachment")
    )
    either_stopped.settle()

    assert comments(either_stopped) == []
    assert [
        e for e in either_stopped.plane.exchanges() if "comment" in e.operation
    ] == []
    assert either_stopped.slack.calls("users.info") == []


def test_many_files_make_one_comment_by_one_call(world):
    files = [world.slack.add_file(name=f"{number}.pdf") for number in range(10)]

    share(world, *files)

    (comment,) = comments(world)
    assert comment.count("<li>") == 10
    assert len(world.plane.exchanges("plane.create_comment")) == 1
    assert world.plane.exchanges("plane.update_comment") == []


def test_where_plane_takes_no_comment_files_and_reply_come_all_the_same(world):
    world.plane.fail(wire.Fault("plane.create_comment", AWAY, times=1_000_000))
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-1")

    assert "`design.pdf` is attached." in world.reply(message)
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    world.wait(lambda: len(world.plane.exchanges("plane.create_comment")) > 1)
    assert comments(world) == []

    world.plane.mend()
    world.settle()
    assert len(comments(world)) == 1
    assert len(world.replies(message)) == 1
    assert "comment" not in world.replies(message)[0]


@pytest.mark.parametrize("channel", ["CSECRET", "DANNA"])
def test_a_private_conversation_is_not_named(world, channel):
    message, _ = share(world, channel=channel)

    (comment,) = comments(world)
    assert "in <a" in comment
    assert ">a private conversation</a>" in comment
    assert world.slack.link(message) in comment
    assert world.slack.state.channels[channel].name not in comment


def test_names_that_would_come_alive_are_only_names(either):
    either.slack.state.users["UANNA"].name = "<img src=x onerror=alert(1)>"

    share(either, either.slack.add_file(name="<script>alert(1)<script>.pdf"))

    (comment,) = comments(either)
    assert "<script" not in comment
    assert "<img" not in comment


def test_a_comment_that_was_left_comes_after_a_restart(world):
    world.plane.fail(wire.Fault("plane.create_comment", AWAY, times=1_000_000))
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.reply(message)
    world.wait(lambda: world.plane.exchanges("plane.create_comment"))

    world.bot.terminate()
    world.plane.mend()
    world.start_bot()
    world.settle()

    assert len(comments(world)) == 1
