"""An emoji below a message asks for its files to be attached."""

import pytest

from bot.sandbox import wire

KEY_IN_TITLE = {"name": "scan.pdf", "title": "WEB-3 scan"}


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


def settled_replies(world, message):
    """Wait until the bot has nothing left to do; return what the thread was told."""
    world.slack.wait_idle()
    world.settle()
    return world.replies(message)


def write_unheard(message, text):
    """Have *message* say *text* without an event, which would attach its files."""
    message.text = text


@pytest.mark.each_transport
def test_the_emoji_attaches_the_files_of_its_message(either):
    file = either.slack.add_file()
    other = either.slack.add_file(name="b.pdf", content=b"other")
    message = either.slack.share([file, other])
    write_unheard(message, "so WEB-1 it is")

    either.slack.react(message, "paperclip", user="UBEN")

    assert either.reply(message).count("is attached.") == 2
    assert sorted(either.attached("WEB-1")) == sorted(hashes(file, other))
    assert len(settled_replies(either, message)) == 1
    assert either.slack.ephemerals("UBEN") == []


def test_the_key_of_the_thread_is_that_of_its_root_first(either):
    root = either.slack.post("about WEB-1, in UTF-8")
    either.slack.post("or WEB-2", thread_ts=root.ts)
    file = either.slack.add_file(**KEY_IN_TITLE)
    message = either.slack.share([file], user="UBEN", thread_ts=root.ts)

    either.slack.react(message, "paperclip")

    assert "is attached." in either.reply(message)
    assert either.attached("WEB-1") == hashes(file)
    assert either.attached("WEB-2") == either.attached("WEB-3") == []


def test_then_it_is_that_of_the_nearest_earlier_reply(either):
    root = either.slack.post("who has it?")
    for number in range(20):
        either.slack.post(f"WEB-5? {number}", thread_ts=root.ts)
    either.slack.post("no: WEB-2!", thread_ts=root.ts)
    either.slack.post("in ISO-8859", thread_ts=root.ts)
    file = either.slack.add_file(**KEY_IN_TITLE)
    message = either.slack.share([file], thread_ts=root.ts)
    either.slack.post("or WEB-4", thread_ts=root.ts)

    either.slack.react(message, "paperclip")

    assert "is attached." in either.reply(message)
    assert either.attached("WEB-2") == hashes(file)
    assert [*either.attached("WEB-3"), *either.attached("WEB-4")] == []
    assert either.attached("WEB-5") == []


def test_then_it_is_that_in_a_files_title(either):
    file = either.slack.add_file(**KEY_IN_TITLE)
    message = either.slack.share([file])

    either.slack.react(message, "paperclip")

    assert "is attached." in either.reply(message)
    assert either.attached("WEB-3") == hashes(file)


def test_where_no_key_is_found_only_the_one_who_reacted_is_told(either):
    message = either.slack.share([either.slack.add_file()], text="in UTF-8")

    either.slack.react(message, "paperclip", user="UBEN")

    told = either.slack.wait_for_ephemeral("UBEN")
    assert "found no work item" in told.text
    assert told.channel_id == "CGENERAL"
    assert settled_replies(either, message) == []
    assert len(either.slack.ephemerals("UBEN")) == 1
    assert either.slack.ephemerals("UANNA") == []
    assert either.plane.state.attachments() == []


def test_other_emoji_and_messages_without_files_mean_nothing(either):
    message = either.slack.share([either.slack.add_file()], text="none")
    write_unheard(message, "WEB-1")
    bare = either.slack.post("WEB-1")
    for emoji in ("thumbsup", "linked_paperclips", "paperclip2"):
        either.slack.react(message, emoji)
    either.slack.react(bare, "paperclip")

    assert settled_replies(either, message) == []
    assert settled_replies(either, bare) == []
    assert either.slack.ephemerals("UANNA") == []
    assert either.plane.state.attachments() == []


def test_aliases_and_skin_tones_are_the_same_emoji(either_stopped):
    either_stopped.start_bot(ATTACH_EMOJI="thumbsup")
    for emoji in ("thumbsup", "+1", "+1::skin-tone-4", "thumbsup::skin-tone-2"):
        message = either_stopped.slack.share(
            [either_stopped.slack.add_file(**KEY_IN_TITLE)]
        )

        either_stopped.slack.react(message, emoji)

        assert "is attached." in either_stopped.reply(message)


def test_a_reaction_that_is_delivered_again_changes_nothing(either):
    file = either.slack.add_file(**KEY_IN_TITLE)
    message = either.slack.share([file])
    event = either.slack.react(message, "paperclip")
    either.reply(message)

    for retry in (1, 2, 3):
        either.slack.redeliver(event.event_id, retry=retry)

    assert len(settled_replies(either, message)) == 1
    assert either.attached("WEB-3") == hashes(file)


def test_each_reaction_has_its_reply_and_the_file_is_attached_once(world):
    file = world.slack.add_file(**KEY_IN_TITLE)
    message = world.slack.share([file])
    for user in ("UANNA", "UBEN", "UGUEST"):
        world.slack.react(message, "paperclip", user=user)
    world.slack.unreact(message, "paperclip")
    world.slack.react(message, "paperclip")

    told = settled_replies(world, message)
    assert sorted("is attached." in text for text in told) == [False] * 3 + [True]
    assert sum("was attached already." in text for text in told) == 3
    assert world.attached("WEB-3") == hashes(file)
    assert world.half_made("WEB-3") == []


def test_a_public_channel_is_told_from_a_private_one(stopped):
    stopped.start_bot(ATTACH_PRIVATE="deny")
    stopped.slack.scopes.add("channels:read")
    for place, told in (("CGENERAL", "is attached."), ("CSECRET", "ATTACH_PRIVATE")):
        file = stopped.slack.add_file(**KEY_IN_TITLE)
        message = stopped.slack.share([file], channel=place)

        stopped.slack.react(message, "paperclip")

        assert told in stopped.reply(message)


def test_in_a_shared_channel_reactions_count_where_strangers_may_attach(stopped):
    stopped.start_bot(ATTACH_EXTERNAL_USERS="true")
    file = stopped.slack.add_file()
    message = stopped.slack.share([file], channel="CSHARED")
    write_unheard(message, "WEB-1")

    stopped.slack.react(message, "paperclip", user="USTRANGER")

    assert "is attached." in stopped.reply(message)
    assert stopped.attached("WEB-1") == hashes(file)


def test_in_a_shared_channel_our_people_react_and_strangers_do_not(either):
    file = either.slack.add_file()
    message = either.slack.share([file], channel="CSHARED")
    write_unheard(message, "WEB-1")

    either.slack.react(message, "paperclip", user="USTRANGER")

    assert "ATTACH_EXTERNAL_USERS" in either.reply(message)
    assert either.plane.state.attachments() == []

    either.slack.react(message, "paperclip", user="UBEN")

    either.slack.wait_for_reply(
        "CSHARED", message.ts, lambda reply: "is attached." in reply.text
    )
    assert either.attached("WEB-1") == hashes(file)


def test_while_slack_does_not_answer_a_reaction_waits(world):
    message = world.slack.share([world.slack.add_file(**KEY_IN_TITLE)])
    away = wire.answer(503, b"<html>Service Unavailable</html>")
    world.slack.fail(wire.Fault("slack.conversations.replies", away, times=2))

    world.slack.react(message, "paperclip")

    assert "is attached." in world.reply(message)
    assert len(settled_replies(world, message)) == 1
    assert world.slack.ephemerals("UANNA") == []
