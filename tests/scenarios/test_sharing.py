"""A person shares files with references to work items."""

import itertools

import pytest

WEB_1 = "<https://plane.example.com/acme/browse/WEB-1/|WEB-1>"


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


@pytest.mark.each_transport
def test_a_shared_file_is_attached_and_the_thread_is_told_once(either):
    file = either.slack.add_file(name="design.pdf", content=b"%PDF" * 1000)

    message = either.slack.share([file], text="the design for WEB-1, please")

    assert either.reply(message) == f"*{WEB_1}*\n✅ `design.pdf` is attached."
    either.settle()
    assert either.attached("WEB-1") == hashes(file)
    assert len(either.replies(message)) == 1


def test_each_file_goes_to_each_work_item(either):
    files = [
        either.slack.add_file(name=f"{n}.pdf", content=b"x" * n) for n in (1, 2, 3)
    ]

    message = either.slack.share(files, text="for WEB-1, ops-2 and WEB-2.")

    text = either.reply(message)
    assert text.count("is attached.") == 9
    assert [text.index(key) for key in ("WEB-1", "OPS-2", "WEB-2")] == sorted(
        text.index(key) for key in ("WEB-1", "OPS-2", "WEB-2")
    )
    for key in ("WEB-1", "OPS-2", "WEB-2"):
        assert sorted(either.attached(key)) == hashes(*files)


@pytest.mark.parametrize(
    ("channel", "user"),
    [
        ("CGENERAL", "UBEN"),
        ("CSECRET", "UBEN"),
        ("GTRIO", "UGUEST"),
        ("DANNA", "UANNA"),
    ],
)
def test_every_kind_of_conversation_will_do(world, channel, user):
    file = world.slack.add_file(user=user)

    message = world.slack.share([file], text="WEB-1", channel=channel, user=user)

    assert "is attached." in world.reply(message)
    assert world.attached("WEB-1") == hashes(file)


def test_a_link_to_plane_is_a_reference(world):
    item = world.plane.state.work_item("OPS-1")
    link = f"https://plane.example.com/acme/projects/{item.project_id}/issues/{item.id}"
    file = world.slack.add_file()

    message = world.slack.share(
        [file],
        text=f"<https://plane.example.com/acme/browse/WEB-1/|WEB-1> and <{link}>",
    )

    text = world.reply(message)
    assert text.count("is attached.") == 2
    assert "browse/OPS-1/|OPS-1>" in text
    assert world.attached("WEB-1") == world.attached("OPS-1") == hashes(file)


def test_a_key_and_a_link_to_one_work_item_attach_once(world):
    item = world.plane.state.work_item("WEB-1")
    link = f"https://plane.example.com/acme/projects/{item.project_id}/issues/{item.id}"
    file = world.slack.add_file()

    message = world.slack.share([file], text=f"WEB-1 <{link}>")

    assert world.reply(message) == f"*{WEB_1}*\n✅ `design.pdf` is attached."
    assert world.attached("WEB-1") == hashes(file)


def test_the_answer_to_a_reply_goes_to_its_thread(world):
    root = world.slack.post("Who has the design?")
    file = world.slack.add_file()

    message = world.slack.share([file], text="here: WEB-1", thread_ts=root.ts)

    assert "is attached." in world.reply(message)
    assert len(world.slack.replies_by_bot("CGENERAL", root.ts)) == 1


@pytest.mark.each_transport
def test_a_key_that_an_edit_adds_counts(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="the design")
    either.slack.wait_idle()
    assert either.replies(message) == []

    either.slack.edit(message, "the design for WEB-1")

    assert "is attached." in either.reply(message)
    assert either.attached("WEB-1") == hashes(file)


def test_a_second_key_that_an_edit_adds_is_told_in_the_same_reply(world):
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    world.reply(message)

    world.slack.edit(message, "WEB-1 and WEB-2")

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: reply.text.count("is attached.") == 2
    )
    world.settle()
    assert len(world.replies(message)) == 1
    assert world.attached("WEB-1") == world.attached("WEB-2") == hashes(file)


def test_an_edit_that_says_nothing_new_changes_nothing(world):
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-1")
    world.reply(message)

    world.slack.edit(message, "WEB-1 (typo mended)")
    world.slack.wait_idle()
    world.settle()

    assert len(world.replies(message)) == 1
    assert len(world.plane.exchanges("plane.create_attachment")) == 1


def test_an_unknown_number_is_told(world):
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-999")

    text = world.reply(message)
    assert "❌ Plane has no WEB-999" in text
    assert "try again with the right one" in text
    assert world.plane.state.attachments() == []


def test_an_unknown_number_keeps_no_file_from_the_other_work_items(world):
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-999 WEB-1")

    text = world.reply(message)
    assert "no WEB-999" in text
    assert "`design.pdf` is attached." in text
    assert world.attached("WEB-1") == hashes(file)


def test_a_further_file_costs_two_calls_to_plane_and_one_for_its_comment(world):
    first = world.slack.add_file()
    world.reply(world.slack.share([first], text="WEB-1"))
    world.settle()
    before, spoken = len(world.plane.exchanges()), len(world.calls())

    second = world.slack.add_file(name="b.pdf")
    world.reply(world.slack.share([second], text="WEB-1"))
    world.settle()

    calls = [each.operation for each in world.plane.exchanges()[before:]]
    assert calls == [
        "plane.create_attachment",
        "plane.complete_attachment",
        "plane.create_comment",
    ]
    assert world.calls()[spoken:] == ["chat.postMessage"]


def test_a_long_upload_shows_its_progress_in_the_same_reply(world):
    file = world.slack.add_file(name="film.bin", content=b"x" * 2_500_000)
    file.rate = 500_000

    message = world.slack.share([file], text="WEB-1")

    assert "`film.bin` is attached." in world.reply(message, timeout=30)
    world.settle()
    (reply,) = world.slack.replies_by_bot("CGENERAL", message.ts)
    assert any("% of 2.4 MB" in each.text for each in reply.history)
    times = [each.at for each in reply.history]
    assert times[0] - float(message.ts) > 1.9
    assert all(after - before > 1.9 for before, after in itertools.pairwise(times))
    assert world.attached("WEB-1") == hashes(file)
