"""People speak to the bot: they mention it in a thread, or write to it directly."""

import pytest

from bot.sandbox import wire

BOT = "<@UBOT>"
HELP = "I put files from Slack onto work items in Plane."


def hashes(*files):
    return sorted((file.name, file.sha256) for file in files)


def settled_replies(world, message):
    """Wait until the bot has nothing left to do; return what the thread was told."""
    world.slack.wait_idle()
    world.settle()
    return world.replies(message)


def add_files(world, count, **fields):
    return [
        world.slack.add_file(name=f"{n}.pdf", content=b"x" * n, **fields)
        for n in range(1, count + 1)
    ]


@pytest.mark.each_transport
def test_a_mention_attaches_all_files_of_the_thread_up_to_there(either):
    one, two, three, four, later = add_files(either, 5)
    root = either.slack.share([one], user="UBEN")
    for number in range(16):
        either.slack.post(f"no file here {number}", thread_ts=root.ts)
    either.slack.share([two, one], thread_ts=root.ts)
    for number in range(16):
        either.slack.post(f"nor here {number}", thread_ts=root.ts)
    either.slack.share([three], user="UBEN", thread_ts=root.ts)

    mention = either.slack.share([four], text=f"{BOT} WEB-1", thread_ts=root.ts)
    either.slack.share([later], thread_ts=root.ts)

    assert either.reply(mention).count("is attached.") == 4
    assert len(settled_replies(either, root)) == 1
    assert sorted(either.attached("WEB-1")) == hashes(one, two, three, four)


def test_files_in_the_mention_itself_are_attached_once(either):
    file = either.slack.add_file()

    message = either.slack.share([file], text=f"WEB-1 for {BOT}")

    assert either.reply(message).count("is attached.") == 1
    assert len(settled_replies(either, message)) == 1
    assert either.attached("WEB-1") == hashes(file)


def test_a_mention_that_is_delivered_again_changes_nothing(either):
    (file,) = add_files(either, 1)
    root = either.slack.share([file])
    mention = either.slack.post(f"{BOT} WEB-1", thread_ts=root.ts)
    either.reply(mention)

    for retry in (1, 2, 3):
        either.slack.redeliver(mention, retry=retry)
    either.slack.deliver_copies(mention, 5)

    assert len(settled_replies(either, root)) == 1
    assert either.attached("WEB-1") == hashes(file)


def test_a_mention_without_a_key_explains_itself(either):
    root = either.slack.share([either.slack.add_file()])
    mention = either.slack.post(f"{BOT} hello?", thread_ts=root.ts)

    assert HELP in either.reply(mention)
    either.slack.redeliver(mention)
    assert len(settled_replies(either, root)) == 1
    assert either.plane.state.attachments() == []


def test_the_key_that_an_edit_adds_to_a_mention_counts(either):
    file = either.slack.add_file()
    root = either.slack.share([file], text="here")
    mention = either.slack.post("<@UBOT>", thread_ts=root.ts)
    assert HELP in either.reply(root)

    either.slack.edit(mention, "<@UBOT> WEB-1")
    either.wait_for(root, "`design.pdf` is attached.")
    either.slack.edit(mention, "<@UBOT> WEB-1 and WEB-2")
    either.wait_for(root, "WEB-2>*\n✅ `design.pdf` is attached.")

    assert (
        either.attached("WEB-1")
        == either.attached("WEB-2")
        == [(file.name, file.sha256)]
    )
    assert len(either.replies(root)) == 1


def test_a_mention_of_the_bot_by_others_names_means_nothing(world):
    root = world.slack.share([world.slack.add_file()])
    world.slack.post("<@UBEN> WEB-1 @Loadmaster &lt;@UBOT&gt;", thread_ts=root.ts)

    assert settled_replies(world, root) == []


def test_a_mention_where_there_are_no_files_is_told_to_its_writer_only(either):
    root = either.slack.post("nothing here")
    either.slack.post(f"{BOT} WEB-1", user="UBEN", thread_ts=root.ts)

    told = either.slack.wait_for_ephemeral("UBEN", lambda each: "no files" in each.text)
    assert told.thread_ts == root.ts
    assert settled_replies(either, root) == []
    assert either.slack.ephemerals("UANNA") == []


def test_a_mention_with_an_unknown_project_is_told_to_its_writer_only(world):
    root = world.slack.share([world.slack.add_file()])
    world.slack.post(f"{BOT} NOPE-1", user="UBEN", thread_ts=root.ts)

    world.slack.wait_for_ephemeral("UBEN", lambda each: "no project NOPE" in each.text)
    assert settled_replies(world, root) == []


def test_a_mention_with_an_unknown_number_is_told_in_the_thread(world):
    root = world.slack.share([world.slack.add_file()])
    mention = world.slack.post(f"{BOT} WEB-999", thread_ts=root.ts)

    assert "Plane has no WEB-999" in world.reply(mention)


def test_a_thread_with_files_of_other_organisations_is_refused(world):
    root = world.slack.share(
        [world.slack.add_file(user="USTRANGER")], user="USTRANGER", channel="CSHARED"
    )
    mention = world.slack.post(f"{BOT} WEB-1", channel="CSHARED", thread_ts=root.ts)

    assert "ATTACH_EXTERNAL_USERS" in world.reply(mention)
    assert world.plane.state.attachments() == []


def test_a_mention_works_where_sharing_alone_does_not(stopped):
    stopped.start_bot(ATTACH_ON_SHARE="false")
    (file,) = add_files(stopped, 1)
    root = stopped.slack.share([file], text="WEB-1")
    assert settled_replies(stopped, root) == []

    mention = stopped.slack.post(f"{BOT} WEB-2", thread_ts=root.ts)

    assert "is attached." in stopped.reply(mention)
    assert stopped.attached("WEB-1") == []
    assert stopped.attached("WEB-2") == hashes(file)


def test_while_slack_does_not_answer_a_mention_waits(world):
    root = world.slack.share([world.slack.add_file()])
    away = wire.answer(503, b"<html>Service Unavailable</html>")
    world.slack.fail(wire.Fault("slack.conversations.replies", away, times=2))

    mention = world.slack.post(f"{BOT} WEB-1", thread_ts=root.ts)

    assert "is attached." in world.reply(mention)
    assert len(settled_replies(world, root)) == 1


@pytest.mark.each_transport
def test_a_file_with_a_key_in_a_direct_message_is_attached(either):
    file = either.slack.add_file()

    message = either.slack.share([file], text="WEB-1", channel="DANNA")

    assert "is attached." in either.reply(message)
    assert len(settled_replies(either, message)) == 1
    assert either.attached("WEB-1") == hashes(file)


def test_a_direct_message_without_key_or_file_gets_help_once(either):
    file = either.slack.add_file()
    messages = [
        either.slack.post("hello", channel="DANNA"),
        either.slack.post("WEB-1", channel="DANNA"),
        either.slack.share([file], text="no key", channel="DANNA"),
    ]
    for message in messages:
        assert HELP in either.reply(message)
        either.slack.redeliver(message)
        either.slack.post("thanks", channel="DANNA", thread_ts=message.ts)

    assert [len(settled_replies(either, each)) for each in messages] == [1, 1, 1]
    assert either.plane.state.attachments() == []


def test_a_key_that_an_edit_adds_takes_the_place_of_the_help(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="here", channel="DANNA")
    assert HELP in either.reply(message)

    either.slack.edit(message, "here, for WEB-1")

    either.slack.wait_for_reply(
        "DANNA", message.ts, lambda reply: "is attached." in reply.text
    )
    (told,) = settled_replies(either, message)
    assert HELP not in told
