"""The form: opened by shortcuts, the bare command and buttons, filled in, submitted."""

import threading

import pytest

from bot.sandbox import wire


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


def choose_item(world, view, typed="WEB-1", key=None):
    """Type into the search and choose what is found."""
    options = world.slack.suggest(view, "item", "item", typed)
    (option,) = [each for each in options if each["value"] == (key or typed)]
    return {"item": option["value"]}


def open_by_message(world, message, **options):
    """Use the message's shortcut and wait until the form offers something."""
    world.slack.message_shortcut("attach_message", message, **options)
    user = options.get("user", "UANNA")
    return world.slack.wait_for_view(user, lambda view: len(view.blocks) > 1)


def fill(world, view, **values):
    world.slack.fill(view, values)
    return world.slack.submit(view)


@pytest.mark.each_transport
def test_a_messages_shortcut_attaches_its_files(either):
    files = [either.slack.add_file(name=f"{n}.pdf", content=b"x" * n) for n in (1, 2)]
    message = either.slack.share(files, text="two files")

    view = open_by_message(either, message, user="UBEN")
    result = fill(either, view, **choose_item(either, view))

    assert result.action == "close", result
    assert "`1.pdf` is attached." in either.reply(message)
    either.settle()
    assert sorted(either.attached("WEB-1")) == hashes(*files)
    assert len(either.replies(message)) == 1


def direct_reply(world, text, user="UANNA"):
    """Wait for the bot's direct message to *user* that says *text*."""
    channel = world.slack.state.direct(user).id

    def find():
        written = world.slack.state.messages(channel)
        return [each for each in written if text in each.text]

    world.wait(find)
    return find()[0]


def test_only_the_ticked_files_are_attached(either):
    files = [
        either.slack.add_file(name=f"{n}.pdf", content=b"x" * n) for n in (1, 2, 3)
    ]
    message = either.slack.share(files, text="three files")

    view = open_by_message(either, message)
    fill(either, view, **choose_item(either, view), files=[files[0].id, files[2].id])

    either.wait_for(message, "`3.pdf` is attached.")
    assert sorted(either.attached("WEB-1")) == hashes(files[0], files[2])


def test_the_shortcut_works_on_a_reply_in_a_thread(either):
    root = either.slack.post("a thread")
    file = either.slack.add_file()
    message = either.slack.share([file], text="look", thread_ts=root.ts)

    view = open_by_message(either, message, user="UBEN")
    fill(either, view, **choose_item(either, view))

    either.wait_for(root, "`design.pdf` is attached.")
    assert either.attached("WEB-1") == hashes(file)


@pytest.mark.each_transport
@pytest.mark.parametrize("opening", ["shortcut", "command"])
def test_files_are_uploaded_into_the_form(either, opening):
    if opening == "shortcut":
        either.slack.shortcut("attach_files")
    else:
        assert either.slack.command("").error is None
    view = either.slack.wait_for_view()
    file = either.slack.add_file(user="UANNA")

    assert fill(either, view, **choose_item(either, view), files=[file]).action

    reply = direct_reply(either, "`design.pdf` is attached.")
    either.settle()
    assert either.attached("WEB-1") == hashes(file)
    (comment,) = either.plane.state.comments("WEB-1")
    assert "<strong>design.pdf</strong> in a form (Slack)" in comment.html
    either.slack.press(reply, "undo", user="UANNA")
    direct_reply(either, "was removed again")
    assert either.attached("WEB-1") == []


def test_a_file_of_somebody_else_is_not_taken_for_an_upload(either):
    either.slack.shortcut("attach_files", user="UBEN")
    view = either.slack.wait_for_view("UBEN")
    file = either.slack.add_file(user="UANNA")
    either.slack.share([file], channel="CSECRET", text="for few")

    fill(either, view, **choose_item(either, view), files=[file])

    direct_reply(either, "Slack does not let me see", user="UBEN")
    assert either.attached("WEB-1") == []


@pytest.mark.each_transport
def test_the_search_finds_by_title_and_shows_the_typed_key_first(either):
    either.slack.shortcut("attach_files")
    view = either.slack.wait_for_view()

    by_key = either.slack.suggest(view, "item", "item", "web-1")
    by_title = either.slack.suggest(view, "item", "item", "login")

    assert by_key[0]["value"] == "WEB-1"
    assert "WEB-1" in [each["value"] for each in by_title]


def test_outside_the_fence_nothing_is_found_or_taken(either_stopped):
    either_stopped.start_bot(PLANE_PROJECTS="OPS")
    either_stopped.wait_for_socket()
    either_stopped.slack.shortcut("attach_files")
    view = either_stopped.slack.wait_for_view()

    found = either_stopped.slack.suggest(view, "item", "item", "1")

    assert {each["value"].partition("-")[0] for each in found} == {"OPS"}
    view.suggested["item", "item"] = [
        {"text": {"type": "plain_text", "text": "WEB-1"}, "value": "WEB-1"}
    ]
    file = either_stopped.slack.add_file(user="UANNA")
    result = fill(either_stopped, view, item="WEB-1", files=[file])
    assert result.errors == {"item": "I know no project of WEB-1 in Plane."}


@pytest.mark.each_transport
def test_while_plane_hangs_a_key_stands_for_itself_and_shares_are_acknowledged(either):
    message = either.slack.share([either.slack.add_file()], text="WEB-1")
    either.reply(message)
    either.slack.shortcut("attach_files")
    view = either.slack.wait_for_view()
    ended = threading.Event()
    hang = wire.Fault("plane.search", lambda request: ended.wait(60) and None)
    either.plane.fail(hang)
    asked = threading.Thread(
        target=lambda: found.extend(either.slack.suggest(view, "item", "item", "WEB-2"))
    )
    found: list = []

    asked.start()
    either.wait(lambda: hang.times == 0)
    either.slack.share([either.slack.add_file(name="b.pdf")], text="WEB-1")
    delivered = either.slack.deliveries[-1]
    either.wait(lambda: delivered.acknowledged)
    is_searching = asked.is_alive()
    asked.join()
    ended.set()

    assert is_searching
    assert [each["value"] for each in found] == ["WEB-2"]


@pytest.mark.each_transport
def test_what_is_wrong_stands_at_its_field(either):
    either.slack.shortcut("attach_files")
    view = either.slack.wait_for_view()
    empty = either.slack.add_file(name="empty.txt", content=b"", user="UANNA")

    result = fill(either, view, **choose_item(either, view), files=[empty])

    assert list(result.errors) == ["files"]
    assert "“empty.txt” is empty" in result.errors["files"]
    assert view.is_open


def test_a_message_without_files_offers_to_upload_some(either):
    message = either.slack.post("no files here")
    view = open_by_message(either, message)
    file = either.slack.add_file(user="UANNA")

    fill(either, view, **choose_item(either, view), files=[file])

    direct_reply(either, "`design.pdf` is attached.")
    assert either.attached("WEB-1") == hashes(file)


def test_where_the_bot_is_not_the_form_says_to_invite_it(either):
    file = either.slack.add_file()
    message = either.slack.share([file], channel="CHIDDEN", text="look")

    either.slack.message_shortcut("attach_message", message)

    either.slack.wait_for_view("UANNA", lambda view: "Invite me" in str(view.blocks))


@pytest.mark.each_transport
def test_who_reacted_without_a_key_is_asked_and_chooses(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="no key here")
    either.slack.react(message, "paperclip", user="UBEN")
    asked = either.slack.wait_for_ephemeral("UBEN")

    either.slack.press(asked, "choose")
    view = either.slack.wait_for_view("UBEN", lambda view: len(view.blocks) > 1)
    fill(either, view, **choose_item(either, view))

    either.wait_for(message, "`design.pdf` is attached.")
    assert either.attached("WEB-1") == hashes(file)
    assert either.slack.ephemerals("UANNA") == []


@pytest.mark.each_transport
def test_a_file_is_moved_and_leaves_only_when_it_is_there(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="WEB-1")
    reply = either.wait_for(message, "is attached.")

    either.slack.press(reply, "move")
    view = either.slack.wait_for_view()
    assert fill(either, view, **choose_item(either, view, "OPS-1")).action == "close"

    either.wait_for(message, "was moved to OPS-1.")
    assert either.attached("WEB-1") == []
    assert either.attached("OPS-1") == hashes(file)
    assert len(either.replies(message)) == 2
    calls = [each.operation for each in either.plane.exchanges()]
    done = [
        call
        for call in calls
        if call.endswith(("complete_attachment", "delete_attachment"))
    ]
    assert done == ["plane.complete_attachment"] * 2 + ["plane.delete_attachment"]


def test_what_cannot_be_moved_stays_where_it_is(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="WEB-1")
    reply = either.wait_for(message, "is attached.")
    either.slack.press(reply, "move")
    view = either.slack.wait_for_view()
    values = choose_item(either, view, "OPS-1")
    either.slack.delete_file(file)

    fill(either, view, **values)

    either.wait_for(message, "was deleted in Slack")
    assert len(either.attached("WEB-1")) == 1
    assert either.attached("OPS-1") == []


def test_moving_to_where_it_is_is_told_at_the_field(either):
    message = either.slack.share([either.slack.add_file()], text="WEB-1")
    reply = either.wait_for(message, "is attached.")
    either.slack.press(reply, "move")
    view = either.slack.wait_for_view()

    result = fill(either, view, **choose_item(either, view))

    assert result.errors == {
        "item": "What you move is on WEB-1 now. Choose another one."
    }


def test_only_the_one_who_attached_can_move(either):
    message = either.slack.share([either.slack.add_file()], text="WEB-1")
    reply = either.wait_for(message, "is attached.")

    either.slack.press(reply, "move", user="UBEN")

    view = either.slack.wait_for_view("UBEN")
    assert "nothing here for you to move" in str(view.blocks)


def test_a_form_in_other_hands_does_nothing(either):
    file = either.slack.add_file()
    message = either.slack.share([file], channel="CSECRET", text="for few")
    theirs = open_by_message(either, message)
    either.slack.shortcut("attach_files", user="UBEN")
    view = either.slack.wait_for_view("UBEN")

    view.content["private_metadata"] = theirs.private_metadata
    result = fill(
        either, view, **choose_item(either, view), files=[either.slack.add_file()]
    )

    assert "no longer valid" in result.errors["item"]
    either.settle()
    assert either.plane.state.attachments() == []


def test_a_form_is_good_after_a_restart(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="no key")
    view = open_by_message(either, message)
    either.bot.kill()
    either.start_bot()
    either.wait_for_socket()

    assert fill(either, view, **choose_item(either, view)).action == "close"

    either.wait_for(message, "`design.pdf` is attached.")


def test_submitted_twice_it_is_one(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="no key")
    view = open_by_message(either, message)
    values = choose_item(either, view)
    request = fill(either, view, **values).request

    either.slack.repeat(request)

    either.wait_for(message, "`design.pdf` is attached.")
    assert len(either.replies(message)) == 1
    assert either.attached("WEB-1") == hashes(file)


def test_while_slack_is_slow_the_form_says_that_it_looks(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="no key")
    ended = threading.Event()
    slow = wire.Fault(
        "slack.conversations.replies", lambda request: ended.wait(60) and None
    )
    either.slack.fail(slow)

    either.slack.message_shortcut("attach_message", message)

    either.slack.wait_for_view("UANNA", lambda view: "Looking at" in str(view.blocks))
    either.wait(lambda: slow.times == 0)
    ended.set()
    view = either.slack.wait_for_view("UANNA", lambda view: len(view.blocks) > 1)
    assert fill(either, view, **choose_item(either, view)).action == "close"
    either.wait_for(message, "`design.pdf` is attached.")
