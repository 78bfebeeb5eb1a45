"""What the settings do not allow is refused, with the setting's name."""

import pytest


def test_people_of_other_organisations_attach_nothing(either):
    file = either.slack.add_file(user="USTRANGER")

    message = either.slack.share(
        [file], text="WEB-1", user="USTRANGER", channel="CSHARED"
    )

    assert "ATTACH_EXTERNAL_USERS" in either.reply(message)
    assert either.plane.state.attachments() == []


def test_people_of_other_organisations_attach_where_they_may(either_stopped):
    either_stopped.start_bot(ATTACH_EXTERNAL_USERS="true")
    file = either_stopped.slack.add_file(user="USTRANGER")

    message = either_stopped.slack.share(
        [file], text="WEB-1", user="USTRANGER", channel="CSHARED"
    )

    assert "is attached." in either_stopped.reply(message)


def test_files_of_other_organisations_are_attached_by_nobody(either):
    theirs = either.slack.add_file(
        name="theirs.pdf", user="USTRANGER", user_team="TOTHER"
    )
    ours = either.slack.add_file(name="ours.pdf", user="UBEN")

    message = either.slack.share([theirs, ours], text="WEB-1", channel="CSHARED")

    text = either.reply(message)
    assert "I attach no files of other organisations" in text
    assert "`ours.pdf` is attached." in text
    assert [name for name, _ in either.attached("WEB-1")] == ["ours.pdf"]


def test_people_of_other_organisations_attach_nothing_by_a_form_either(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="no key here", channel="CSHARED")
    either.slack.react(message, "paperclip", user="USTRANGER")
    asked = either.slack.wait_for_ephemeral("USTRANGER")

    either.slack.press(asked, "choose")
    view = either.slack.wait_for_view("USTRANGER", lambda view: len(view.blocks) > 1)
    either.slack.suggest(view, "item", "item", "WEB-1")
    either.slack.submit(either.slack.fill(view, {"item": "WEB-1"}))

    assert "ATTACH_EXTERNAL_USERS" in either.reply(message)
    assert either.plane.state.attachments() == []


def test_files_from_private_conversations_stay_there_where_they_must(either_stopped):
    either_stopped.start_bot(ATTACH_PRIVATE="deny")
    file = either_stopped.slack.add_file()

    message = either_stopped.slack.share([file], text="WEB-1", channel="CSECRET")

    assert "ATTACH_PRIVATE" in either_stopped.reply(message)
    assert either_stopped.plane.state.attachments() == []


def test_a_key_that_plane_refuses_is_told_to_who_can_mend_it(either):
    either.reply(either.slack.share([either.slack.add_file()], text="WEB-1"))
    either.plane.state.revoke_key("plane_api_alice")

    message = either.slack.share([either.slack.add_file(name="b.pdf")], text="WEB-1")

    text = either.reply(message)
    assert "PLANE_API_KEY" in text
    assert "administrator" in text


def test_a_project_that_the_key_may_not_use_is_unknown(either_stopped):
    either_stopped.start_bot(PLANE_API_KEY="plane_api_bob")

    message = either_stopped.slack.share(
        [either_stopped.slack.add_file()], text="OPS-1 WEB-1"
    )

    text = either_stopped.reply(message)
    assert "OPS-1" not in text
    assert "is attached." in text


def mention(slack, message):
    return slack.post("<@UBOT> OPS-1", thread_ts=message.ts, channel=message.channel_id)


WAYS = {
    "reaction": lambda slack, message: slack.react(message, "paperclip"),
    "command": lambda slack, message: slack.command(
        f"OPS-1 {slack.link(message)}", channel=message.channel_id
    ),
    "mention": mention,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_fence_holds_whichever_way_one_asks(either_stopped, way):
    world = either_stopped
    world.start_bot(PLANE_PROJECTS="WEB")
    world.wait_for_socket()
    message = world.slack.share([world.slack.add_file()], text="for OPS-1, not here")

    WAYS[way](world.slack, message)

    refusals = ("I know no project OPS", "I found no work item")
    world.slack.wait_for_ephemeral("UANNA", lambda m: m.text.startswith(refusals))
    world.settle()
    assert world.plane.state.attachments() == []


@pytest.mark.parametrize("way", WAYS)
def test_what_is_denied_is_denied_whichever_way_one_asks(either_stopped, way):
    world = either_stopped
    world.start_bot(ATTACH_PRIVATE="deny", ATTACH_ON_SHARE="false")
    world.wait_for_socket()
    file = world.slack.add_file()
    message = world.slack.share([file], text="OPS-1", channel="CSECRET")

    WAYS[way](world.slack, message)

    assert "ATTACH_PRIVATE" in world.reply(message)
    world.settle()
    assert world.plane.state.attachments() == []


def deactivate(slack, user):
    slack.state.users[user].deleted = True
    for channel in slack.state.channels.values():
        channel.members.discard(user)


def test_what_somebody_shared_who_was_deactivated_since_is_attached(either):
    file = either.slack.add_file(user="UBEN")
    message = either.slack.share([file], text="see WEB-1!", user="UBEN")
    either.reply(message)
    other = either.slack.share(
        [file], text="WEB-2", user="UBEN", fields={"bot_id": "B"}
    )
    deactivate(either.slack, "UBEN")

    either.slack.react(other, "paperclip")

    assert "`design.pdf` is attached." in either.reply(other)
    assert either.attached("WEB-2") == [(file.name, file.sha256)]


def test_who_was_deactivated_cannot_be_asked_and_nothing_leaves(either_stopped):
    world = either_stopped
    world.start_bot(ATTACH_PRIVATE="ask", ATTACH_ON_SHARE="false")
    world.wait_for_socket()
    file = world.slack.add_file(user="UBEN")
    message = world.slack.share([file], text="WEB-1", user="UBEN", channel="CSECRET")
    deactivate(world.slack, "UBEN")

    world.slack.react(message, "paperclip")

    assert "I could not ask <@UBEN>" in world.wait_for(message, "could not ask").text
    assert world.plane.state.attachments() == []
