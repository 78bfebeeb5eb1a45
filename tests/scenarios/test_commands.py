"""The slash command: answered at once and to its caller only, carried out after."""

import threading
import time

import pytest

from bot.sandbox import wire

NO_PAGE = wire.answer(503, b"<html>Service Unavailable</html>")


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


def settled_ephemerals(world, user="UANNA"):
    """Wait until the bot has nothing left to do; return what *user* alone was told."""
    world.settle()
    return [each.text for each in world.slack.ephemerals(user)]


@pytest.mark.each_transport
def test_a_key_takes_the_latest_files_of_the_caller(either):
    old = either.slack.share([either.slack.add_file(name="old.pdf")])
    file = either.slack.add_file()
    mine = either.slack.share([file])
    bens = either.slack.share([either.slack.add_file(user="UBEN")], user="UBEN")
    for number in range(20):
        either.slack.post(f"and then {number}")

    answer = either.slack.command("WEB-1")

    assert "WEB-1" in answer.text
    assert answer.message.only_for == "UANNA"
    assert "is attached." in either.reply(mine)
    assert either.attached("WEB-1") == hashes(file)
    first, receipt = settled_ephemerals(either)
    assert first == answer.text
    assert receipt.startswith("I took `design.pdf` from <!date^")
    assert f"^{either.slack.link(mine)}|" in receipt
    assert either.replies(old) == either.replies(bens) == []
    assert len(either.replies(mine)) == 1


def test_files_of_more_than_an_hour_ago_are_not_the_latest(either):
    file = either.slack.add_file()
    clock = either.slack.state.clock
    either.slack.state.clock = lambda: clock() - 3700
    message = either.slack.share([file])
    either.slack.state.clock = clock

    either.slack.command("WEB-1")

    told = either.slack.wait_for_ephemeral(
        predicate=lambda each: "no files" in each.text
    )
    assert told.channel_id == "CGENERAL"
    either.settle()
    assert either.replies(message) == []
    assert either.plane.state.attachments() == []


def test_files_that_were_shared_in_a_thread_are_taken(either):
    root = either.slack.post("about the design", user="UBEN")
    either.slack.share([either.slack.add_file(name="old.pdf")])
    file = either.slack.add_file()
    either.slack.share([file], thread_ts=root.ts)

    either.slack.command("WEB-1")

    assert "`design.pdf` is attached." in either.reply(root)
    assert either.attached("WEB-1") == hashes(file)
    _, receipt = settled_ephemerals(either)
    assert f"thread_ts={root.ts}&amp;cid=CGENERAL|your message>." in receipt


def test_a_link_to_a_web_page_does_not_silently_mean_the_latest_files(either):
    message = either.slack.share([either.slack.add_file()])

    for link in ("https://example.com/x.pdf", "<https://example.com/x.pdf|x.pdf>"):
        answer = either.slack.command(f"WEB-1 {link}")

        assert answer.text.startswith(
            "That link leads to no message or file in Slack, and to no work item in"
        )
        assert answer.message.only_for == "UANNA"
    either.settle()
    assert either.replies(message) == []
    assert either.plane.state.attachments() == []


def test_files_of_almost_an_hour_ago_are(world):
    clock = world.slack.state.clock
    world.slack.state.clock = lambda: clock() - 3500
    message = world.slack.share([world.slack.add_file()])
    world.slack.state.clock = clock

    world.slack.command("WEB-1")

    assert "is attached." in world.reply(message)


def test_somebody_elses_files_are_not_the_callers(world):
    message = world.slack.share([world.slack.add_file(user="UBEN")], user="UBEN")

    world.slack.command("WEB-1")

    world.slack.wait_for_ephemeral(predicate=lambda each: "no files" in each.text)
    assert world.replies(message) == []
    assert world.slack.ephemerals("UBEN") == []


def test_a_link_takes_the_files_that_it_leads_to(either):
    files = [
        either.slack.add_file(name=f"{n}.pdf", content=b"x" * n) for n in (1, 2, 3)
    ]
    message = either.slack.share([files[0]], user="UBEN")
    reply = either.slack.share([files[1], files[2]], thread_ts=message.ts)
    either.slack.share([either.slack.add_file(name="latest.pdf")])

    either.slack.command(f"WEB-1 {either.slack.link(message)}")
    assert "`1.pdf` is attached." in either.reply(message)
    either.settle()
    either.slack.command(f"{either.slack.link(reply)} web-2")
    either.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: each.text.count("is attached.") == 2
    )
    either.slack.command(f"WEB-3 <{either.slack.link(files[2])}>")
    either.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda each: "WEB-3" in each.text
    )

    either.settle()
    assert either.attached("WEB-1") == hashes(files[0])
    assert sorted(either.attached("WEB-2")) == hashes(*files[1:])
    assert either.attached("WEB-3") == hashes(files[2])
    assert len(either.replies(message)) == 3


def test_a_link_into_another_public_channel_is_followed(either):
    either.slack.scopes.add("channels:read")
    file = either.slack.add_file()
    message = either.slack.share([file], channel="CGENERAL")

    either.slack.command(f"WEB-1 {either.slack.link(message)}", channel="CSECRET")

    assert "is attached." in either.reply(message)


def test_a_link_into_another_private_conversation_is_refused(either):
    either.slack.scopes.add("channels:read")
    for place in ("CSECRET", "CHIDDEN", "DANNA"):
        message = either.slack.share([either.slack.add_file()], channel=place)
        either.slack.command(f"WEB-1 {either.slack.link(message)}")

    def refused():
        told = either.slack.ephemerals("UANNA", "CGENERAL")
        return [each for each in told if "not open to everyone" in each.text]

    either.wait(lambda: len(refused()) == 3)
    either.settle()
    assert either.plane.state.attachments() == []


def test_a_link_to_a_file_of_a_private_conversation_is_refused(world):
    file = world.slack.add_file()
    world.slack.share([file], channel="CSECRET")

    world.slack.command(f"WEB-1 {world.slack.link(file)}")

    world.slack.wait_for_ephemeral(
        predicate=lambda each: "not open to everyone" in each.text
    )
    assert world.plane.state.attachments() == []


def test_a_link_to_a_file_of_another_public_channel_is_followed(either):
    file = either.slack.add_file()
    message = either.slack.share([file], channel="CGENERAL")

    either.slack.command(f"WEB-1 {either.slack.link(file)}", channel="CSECRET")

    assert "is attached." in either.reply(message)
    assert either.attached("WEB-1") == hashes(file)


@pytest.mark.each_transport
def test_help_explains_the_command_to_its_caller_only(either):
    for text in ("help", "please", "WEB-", "<!channel>"):
        answer = either.slack.command(text)

        assert "`/attach WEB-12`" in answer.text
        assert ":paperclip:" in answer.text
        assert answer.message.only_for == "UANNA"


def test_an_unknown_project_is_told_to_the_caller_only(either):
    message = either.slack.share([either.slack.add_file()])

    either.slack.command("NOPE-1")

    told = either.slack.wait_for_ephemeral(
        predicate=lambda each: "no project NOPE" in each.text
    )
    assert told.channel_id == "CGENERAL"
    either.settle()
    assert either.replies(message) == []


def test_an_unknown_number_is_told_in_the_thread(either):
    message = either.slack.share([either.slack.add_file()])

    either.slack.command("WEB-999")

    assert "Plane has no WEB-999" in either.reply(message)
    assert either.plane.state.attachments() == []


@pytest.mark.each_transport
def test_where_the_bot_is_no_member_it_asks_to_be_invited(either):
    message = either.slack.share([either.slack.add_file()], channel="CRANDOM")

    either.slack.command("WEB-1", channel="CRANDOM")

    told = either.slack.wait_for_ephemeral(
        predicate=lambda each: "Invite me" in each.text
    )
    assert told.channel_id == "CRANDOM"
    assert len(either.slack.responses) == 1
    assert either.slack.calls("chat.postEphemeral") == []

    either.slack.invite_bot("CRANDOM")
    either.slack.command("WEB-1", channel="CRANDOM")

    assert "is attached." in either.reply(message)


@pytest.mark.each_transport
def test_a_command_is_answered_within_three_seconds_while_plane_hangs(either):
    go = threading.Event()
    hold = wire.Fault("plane.projects", lambda request: go.wait(20) and None)
    either.plane.fail(hold)
    message = either.slack.share([either.slack.add_file()])

    answer = either.slack.command("WEB-1")

    assert answer.error is None
    assert answer.request.seconds < 3
    either.wait(lambda: hold.times == 0)
    assert either.slack.ephemerals("UANNA") == [answer.message]
    go.set()
    assert "is attached." in either.reply(message)


@pytest.mark.each_transport
def test_a_command_with_the_word_payload_is_a_command(either):
    message = either.slack.share([either.slack.add_file()])

    for text in ("WEB-1 payload", "payload=1&payload={} WEB-1 %7B%7D"):
        assert "WEB-1" in either.slack.command(text).text

    either.wait(lambda: len(either.replies(message)) == 2)


def test_two_commands_are_two_triggers_and_one_attachment(either):
    file = either.slack.add_file()
    message = either.slack.share([file])

    for _ in range(2):
        either.slack.command("WEB-1")

    either.wait(lambda: len(either.replies(message)) == 2)
    either.settle()
    told = "".join(either.replies(message))
    assert told.count("is attached.") == told.count("was attached already.") == 1
    assert either.attached("WEB-1") == hashes(file)


def test_a_command_that_cannot_be_stored_fails_before_its_caller(world):
    message = world.slack.share([world.slack.add_file()])
    world.slack.wait_idle()
    with world.locked_database():
        started = time.monotonic()
        answer = world.slack.command("WEB-1")
        assert answer.error is not None
        assert time.monotonic() - started < 5

    world.settle()
    assert world.replies(message) == []


def test_while_slack_does_not_answer_a_command_waits_in_silence(world):
    world.reply(world.slack.share([world.slack.add_file()], text="WEB-2"))
    message = world.slack.share([world.slack.add_file(name="b.pdf")])
    world.slack.fail(wire.Fault("slack.conversations.history", NO_PAGE, times=6))

    answer = world.slack.command("WEB-1")

    assert "`b.pdf` is attached." in world.reply(message, timeout=30)
    first, receipt = settled_ephemerals(world)
    assert first == answer.text
    assert receipt.startswith("I took `b.pdf` from ")
    by_bot = [each for each in world.slack.state.messages("CGENERAL") if each.bot_id]
    assert all(each.is_reply for each in by_bot)


def test_files_may_not_leave_a_private_conversation_by_a_command(stopped):
    stopped.start_bot(ATTACH_PRIVATE="deny")
    message = stopped.slack.share([stopped.slack.add_file()], channel="CSECRET")

    stopped.slack.command("WEB-1", channel="CSECRET")

    assert "ATTACH_PRIVATE" in stopped.reply(message)


def test_files_of_other_organisations_are_refused_to_a_command(world):
    message = world.slack.share(
        [world.slack.add_file(user="USTRANGER")], user="USTRANGER", channel="CSHARED"
    )

    world.slack.command(f"WEB-1 {world.slack.link(message)}", channel="CSHARED")

    assert "ATTACH_EXTERNAL_USERS" in world.reply(message)
    assert world.plane.state.attachments() == []


def test_a_command_may_have_another_name(stopped):
    stopped.start_bot(ATTACH_COMMAND="/plane", ATTACH_EMOJI="rocket")

    answer = stopped.slack.command("help", command="/plane")

    assert "`/plane WEB-12`" in answer.text
    assert ":rocket:" in answer.text
