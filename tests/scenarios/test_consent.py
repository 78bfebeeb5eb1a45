"""Files of private conversations: whoever shared one is asked before it goes out."""

import pytest

from bot.sandbox import wire
from bot.sandbox.slack.pressing import find_element
from tests.world import open_world

SECRET = {"channel": "CSECRET"}


@pytest.fixture
def either(either_stopped):
    """A world whose bot asks; over HTTP or Socket Mode, or once over each."""
    start(either_stopped)
    return either_stopped


@pytest.fixture
def asking(tmp_path):
    """A world whose bot asks, over HTTP."""
    with open_world(tmp_path) as world:
        start(world)
        yield world


def start(world):
    world.start_bot(ATTACH_PRIVATE="ask")
    world.wait(lambda: world.slack.sockets.count or not world.socket_mode)


def share(world, **fields):
    """Share a private file; return it, its message and what Anna is asked."""
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1", **SECRET | fields)
    question = world.slack.wait_for_ephemeral("UANNA", is_question)
    world.settle()
    return file, message, question


def is_question(message):
    return message.text.startswith("May I attach")


def assert_stays_in_slack(world):
    world.slack.wait_idle()
    world.settle()
    assert world.plane.state.attachments() == []
    for operation in ("create_attachment", "create_comment"):
        assert world.plane.exchanges(f"plane.{operation}") == []


@pytest.mark.each_transport
def test_a_private_file_is_attached_once_its_sharer_says_yes(either):
    file, message, question = share(either)
    reply = either.wait_for(message, "I am asking <@UANNA>")
    assert either.slack.ephemerals("UBEN") == []
    assert_stays_in_slack(either)

    assert either.slack.press(question, "consent").error is None

    assert either.wait_for(message, "`design.pdf` is attached.") is reply
    assert either.attached("WEB-1") == [(file.name, file.sha256)]
    assert len(either.replies(message)) == 1
    either.wait(lambda: question.text.startswith("Thanks, I attach:"))
    assert question.blocks == []


def test_a_private_file_stays_in_slack_if_its_sharer_says_no(either):
    _, message, question = share(either)

    assert either.slack.press(question, "refuse").error is None

    either.wait_for(message, "the one who shared it said no")
    either.wait(lambda: question.text.startswith("I send nothing of this to Plane:"))
    assert_stays_in_slack(either)


def test_an_answer_works_after_a_restart(either):
    file, message, question = share(either)
    either.bot.kill()
    start(either)

    assert either.slack.press(question, "consent").error is None

    either.wait_for(message, "`design.pdf` is attached.")
    assert either.attached("WEB-1") == [(file.name, file.sha256)]


def test_a_reaction_by_somebody_else_asks_the_sharer(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="see WEB-1 ", **SECRET)
    first = either.slack.wait_for_ephemeral("UANNA", is_question)
    either.slack.press(first, "refuse")
    either.wait_for(message, "said no")

    either.slack.react(message, "paperclip", user="UBEN")

    either.wait(lambda: len(either.slack.ephemerals("UANNA")) == 2)
    either.settle()
    second = either.slack.ephemerals("UANNA")[1]
    assert "<@UBEN> asks for it." in second.text
    assert either.slack.ephemerals("UBEN") == []
    assert_stays_in_slack(either)
    either.slack.press(second, "consent")
    either.wait(lambda: either.attached("WEB-1") == [(file.name, file.sha256)])


def test_to_move_a_private_file_its_sharer_is_asked_anew(asking):
    """A yes was for one work item, and whoever asked for the file may move it."""
    file = asking.slack.add_file(title="WEB-1")
    message = asking.slack.share([file], **SECRET)
    asking.slack.react(message, "paperclip", user="UBEN")
    first = asking.slack.wait_for_ephemeral("UANNA", is_question)
    asking.slack.press(first, "consent")
    reply = asking.wait_for(message, "is attached.")

    asking.slack.press(reply, "move", user="UBEN")
    view = asking.slack.wait_for_view("UBEN")
    options = asking.slack.suggest(view, "item", "item", "OPS-1")
    (value,) = [each["value"] for each in options if each["value"] == "OPS-1"]
    asking.slack.fill(view, {"item": value})
    assert asking.slack.submit(view).action == "close"

    asking.wait(lambda: len(asking.slack.ephemerals("UANNA")) == 2)
    second = asking.slack.ephemerals("UANNA")[1]
    assert "`design.pdf` to OPS-1" in second.text
    asking.settle()
    assert asking.attached("OPS-1") == []
    assert asking.attached("WEB-1") == [(file.name, file.sha256)]
    asking.slack.press(second, "consent")
    asking.wait_for(message, "was moved to OPS-1.")
    assert asking.attached("OPS-1") == [(file.name, file.sha256)]
    assert asking.attached("WEB-1") == []


def test_direct_messages_count_as_private(asking):
    file, message, question = share(asking, channel="DANNA")
    assert_stays_in_slack(asking)

    asking.slack.press(question, "consent")

    asking.wait_for(message, "`design.pdf` is attached.")
    assert asking.attached("WEB-1") == [(file.name, file.sha256)]


def test_each_in_a_thread_is_asked_about_their_own_files(asking):
    files = {
        user: asking.slack.add_file(name=f"{user}.pdf", user=user)
        for user in ("UANNA", "UBEN")
    }
    root = asking.slack.share([files["UANNA"]], **SECRET)
    thread = {**SECRET, "thread_ts": root.ts, "user": "UBEN"}
    asking.slack.share([files["UBEN"]], text="and mine", **thread)
    asking.slack.post("<@UBOT> WEB-1", **thread)
    to_anna = asking.slack.wait_for_ephemeral("UANNA", is_question)
    to_ben = asking.slack.wait_for_ephemeral("UBEN", is_question)

    asking.slack.press(to_ben, "consent")
    asking.slack.press(to_anna, "refuse")

    told = asking.wait_for(root, "`UBEN.pdf` is attached.").text
    assert "`UANNA.pdf` stays in Slack" in told
    assert asking.attached("WEB-1") == [("UBEN.pdf", files["UBEN"].sha256)]


def test_nobody_gets_around_the_question(asking):
    """Neither by the reply's button, nor by a value that was given to somebody else."""
    _, message, question = share(asking)
    reply = asking.wait_for(message, "I am asking")
    own = asking.slack.add_file(name="own.pdf", user="UBEN")
    bens = asking.slack.share([own], text="WEB-2", user="UBEN", **SECRET)
    to_ben = asking.slack.wait_for_ephemeral("UBEN", is_question)
    asking.settle()
    value = find_element(question, "consent")[1]["value"]

    for forged in ("1", "2.0", "x" * 99, value, f"2.{value[2:]}"):
        find_element(to_ben, "consent")[1]["value"] = forged
        assert asking.slack.press(to_ben, "consent").error is None
    assert asking.slack.press(reply, "retry", user="UBEN").error is None

    asking.wait(lambda: len(asking.slack.ephemerals("UANNA")) == 2)
    assert_stays_in_slack(asking)
    assert "I am asking <@UANNA>" in asking.wait_for(message, "I am asking").text
    assert "I am asking <@UBEN>" in asking.wait_for(bens, "I am asking").text


def test_a_question_that_was_answered_says_so_to_the_next_press(asking):
    _, message, first = share(asking)
    reply = asking.wait_for(message, "I am asking")
    asking.slack.press(reply, "retry")
    asking.wait(lambda: len(asking.slack.ephemerals("UANNA")) == 2)
    second = asking.slack.ephemerals("UANNA")[1]
    asking.slack.press(second, "refuse")
    asking.wait_for(message, "said no")

    asking.slack.press(first, "consent")

    asking.wait(lambda: "answered already" in first.text)
    assert_stays_in_slack(asking)


def test_a_yes_is_worth_nothing_where_private_files_are_denied_since(asking):
    _, _, question = share(asking)
    asking.bot.kill()
    asking.start_bot(ATTACH_PRIVATE="deny")

    asking.slack.press(question, "consent")

    asking.wait(lambda: "ATTACH_PRIVATE" in question.text)
    assert_stays_in_slack(asking)


@pytest.mark.parametrize("button", ["consent", "refuse"])
def test_who_says_yes_after_they_deleted_the_message_is_told_that_it_stays_out(
    asking, button
):
    _, message, question = share(asking)
    asking.slack.delete(message)
    asking.wait_for(message, "the message was deleted")

    assert asking.slack.press(question, button).error is None

    asking.wait(lambda: "the message was deleted" in question.text)
    assert question.blocks == []
    assert_stays_in_slack(asking)


def test_an_answer_that_cannot_be_stored_is_an_error_and_can_be_given_again(asking):
    file, message, question = share(asking)
    with asking.locked_database():
        assert asking.slack.press(question, "consent").error is not None
    assert is_question(question)

    assert asking.slack.press(question, "consent").error is None

    asking.wait_for(message, "`design.pdf` is attached.")
    assert asking.attached("WEB-1") == [(file.name, file.sha256)]


def test_an_answer_counts_also_if_slack_does_not_replace_the_question(asking):
    _, message, question = share(asking)
    asking.slack.fail(wire.Fault("slack.respond", wire.cut))

    asking.slack.press(question, "consent")

    asking.wait_for(message, "`design.pdf` is attached.")
    assert is_question(question)
