"""Nothing lost, nothing twice: the bot is killed at the calls that triggers bring.

Each call is struck before and after it took effect on the other side.
"""

import pytest

from tests.crash.striking import start_later, strike


def react(world, message):
    world.slack.react(message, "paperclip", user="UBEN")


def command(world, message):
    world.slack.command("WEB-1")


def command_for_a_thread(world, message):
    world.slack.post("thanks", user="UBEN", thread_ts=message.ts)
    world.slack.command("WEB-1")


def command_with_link(world, message):
    world.slack.command(f"WEB-1 {world.slack.link(message)}", channel="CSECRET")


def command_with_file(world, message):
    world.slack.command(f"WEB-1 {world.slack.link(message.files[0])}")


def mention(world, message):
    world.slack.post("<@UBOT> WEB-1", thread_ts=message.ts)


#: What people do, and what the bot calls for it.
CALLS = {
    react: [
        "plane.projects",
        "slack.conversations.replies",
        "slack.conversations.info",
        "slack.chat.postMessage",
    ],
    command: ["slack.conversations.history", "slack.respond"],
    command_for_a_thread: ["slack.conversations.replies"],
    command_with_link: ["slack.conversations.info", "slack.conversations.replies"],
    command_with_file: ["slack.files.info", "slack.conversations.replies"],
    mention: ["slack.conversations.replies"],
}


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("ask", CALLS)
def test_a_kill_loses_and_doubles_nothing_of_a_trigger(world, ask, phase):
    files = []
    for operation in CALLS[ask]:
        file = world.slack.add_file(name=f"{operation}.pdf", title="WEB-1")
        files.append(file)
        message = world.slack.share([file])
        struck = strike(world, operation, phase)

        ask(world, message)
        assert struck.wait(20), operation
        start_later(world)

        assert "is attached." in world.reply(message)
        world.slack.wait_idle()
        world.settle()
        assert len(world.replies(message)) == 1
        assert world.half_made("WEB-1") == []
    assert world.attached("WEB-1") == [(file.name, file.sha256) for file in files]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_while_it_is_asked_who_reacted_loses_and_doubles_nothing(world, phase):
    file = world.slack.add_file(title="WEB-1")
    message = world.slack.share([file], channel="CSHARED")
    struck = strike(world, "slack.users.info", phase)

    react(world, message)
    assert struck.wait(20)
    start_later(world)

    assert "is attached." in world.reply(message)
    world.settle()
    assert len(world.replies(message)) == 1
    assert world.attached("WEB-1") == [(file.name, file.sha256)]


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", ["plane.delete_attachment", "slack.chat.update"])
def test_a_kill_loses_and_doubles_nothing_of_an_undo(world, operation, phase):
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.reply(message)
    world.settle()
    (reply,) = world.slack.replies_by_bot("CGENERAL", message.ts)
    struck = strike(world, operation, phase)

    world.slack.press(reply, "undo")
    assert struck.wait(20)
    start_later(world)

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: "was removed again." in each.text
    )
    world.settle()
    assert world.plane.state.attachments() == []
    assert len(world.replies(message)) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_loses_and_doubles_nothing_of_a_retry(world, phase):
    message = world.slack.share([world.slack.add_file()], text="OPS-3")
    assert "no OPS-3" in world.reply(message)
    world.settle()
    (reply,) = world.slack.replies_by_bot("CGENERAL", message.ts)
    project = world.plane.state.project("OPS")
    world.plane.state.add_work_item(project, "The one that was missing")
    struck = strike(world, "plane.work_item", phase)

    world.slack.press(reply, "retry")
    assert struck.wait(20)
    start_later(world)

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: "is attached." in each.text
    )
    world.settle()
    assert len(world.attached("OPS-3")) == 1
    assert len(world.replies(message)) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_while_a_home_is_shown_loses_nothing_of_its_retry(world, phase):
    message = world.slack.share([world.slack.add_file()], text="OPS-3")
    assert "no OPS-3" in world.reply(message)
    world.settle()
    world.slack.open_home()
    world.wait(lambda: "Connected to Plane" in str(world.slack.home()))
    project = world.plane.state.project("OPS")
    world.plane.state.add_work_item(project, "The one that was missing")
    struck = strike(world, "slack.views.publish", phase)

    world.slack.press(world.slack.home(), "retry")
    assert struck.wait(20)
    start_later(world)

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: "is attached." in each.text
    )
    world.settle()
    assert len(world.attached("OPS-3")) == 1
    assert len(world.replies(message)) == 1
    world.slack.open_home()
    world.wait(lambda: "is attached." in str(world.slack.home()))


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_keeps_nobody_from_being_told(world, phase):
    message = world.slack.share([world.slack.add_file()])
    struck = strike(world, "slack.chat.postEphemeral", phase)

    world.slack.react(message, "paperclip", user="UBEN")
    assert struck.wait(20)
    start_later(world)

    world.slack.wait_for_ephemeral("UBEN", lambda each: "no work item" in each.text)
    world.settle()
    assert world.replies(message) == []
    # Only after the effect nobody can know of it; it is seen by one person only.
    told = world.slack.ephemerals("UBEN")
    assert len(told) == (1 if phase == "before" else 2)


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_kill_at_the_answer_to_a_command_keeps_its_caller_told(world, phase):
    struck = strike(world, "slack.respond", phase)

    world.slack.command("WEB-1")
    assert struck.wait(20)
    start_later(world)

    # Its response URL is gone with the process.
    world.wait(lambda: world.slack.calls("chat.postEphemeral"))
    world.slack.wait_for_ephemeral(predicate=lambda each: "no files" in each.text)
    world.settle()


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    "operation", ["slack.chat.postMessage", "slack.chat.postEphemeral"]
)
def test_a_kill_keeps_nobody_from_being_asked(world, operation, phase):
    world.bot.kill()
    world.start_bot(ATTACH_PRIVATE="ask")
    struck = strike(world, operation, phase)

    message = world.slack.share(
        [world.slack.add_file()], text="WEB-1", channel="CSECRET"
    )
    assert struck.wait(20)
    start_later(world)

    world.slack.wait_for_ephemeral()
    world.settle()
    questions = world.slack.ephemerals("UANNA")
    twice = (operation, phase) == ("slack.chat.postEphemeral", "after")
    assert len(questions) == (2 if twice else 1)
    assert len(world.replies(message)) == 1
    assert world.plane.state.attachments() == []

    world.slack.press(questions[0], "consent")  # the first is as good as the second

    world.slack.wait_for_reply(
        "CSECRET", message.ts, lambda each: "is attached." in each.text
    )
    assert len(world.attached("WEB-1")) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", ["slack.respond", "plane.create_attachment"])
def test_a_kill_after_a_yes_loses_and_doubles_nothing(world, operation, phase):
    world.bot.kill()
    world.start_bot(ATTACH_PRIVATE="ask")
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1", channel="CSECRET")
    question = world.slack.wait_for_ephemeral()
    world.settle()
    struck = strike(world, operation, phase)

    world.slack.press(question, "consent")
    assert struck.wait(20)
    start_later(world)

    world.slack.wait_for_reply(
        "CSECRET", message.ts, lambda each: "is attached." in each.text
    )
    world.settle()
    assert world.attached("WEB-1") == [(file.name, file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1
