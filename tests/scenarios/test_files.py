"""Files of every kind: attached as they are, or explained."""

import pytest

MB = 1024 * 1024


def share(world, *files, text="WEB-1", **how):
    return world.slack.share(list(files), text=text, **how)


@pytest.mark.parametrize(
    ("file", "name", "mimetype"),
    [
        pytest.param(
            {"mode": "snippet", "name": "log.txt", "mimetype": "text/plain"},
            "log.txt",
            "text/plain",
            id="a snippet",
        ),
        pytest.param(
            {"name": "tool.py", "mimetype": "text/x-python"},
            "tool.py",
            "application/octet-stream",
            id="a type that Plane refuses",
        ),
        pytest.param(
            {"name": "a.png", "mimetype": "IMAGE/PNG"}, "a.png", "image/png", id="case"
        ),
        pytest.param(
            {
                "name": "page.html",
                "mimetype": "text/html",
                "content": b"<html>hi</html>",
            },
            "page.html",
            "application/octet-stream",
            id="a page",
        ),
        pytest.param(
            {"name": "设计 план.pdf"},
            "设计 план.pdf",
            "application/pdf",
            id="script",
        ),
        pytest.param(
            {"name": "../../etc/pass\r\nwd${filename}\u202e.pdf"},
            "pass wd$_{filename}.pdf",
            "application/pdf",
            id="hostile",
        ),
        pytest.param(
            {"name": None}, "file-F00000001.pdf", "application/pdf", id="nameless"
        ),
    ],
)
def test_a_file_arrives_with_its_bytes(world, file, name, mimetype):
    shared = world.slack.add_file(**file)

    text = world.reply(share(world, shared))

    assert f"`{name}` is attached." in text
    (attached,) = world.plane.state.attachments("WEB-1", uploaded_only=True)
    assert (attached.name, attached.type) == (name, mimetype)
    assert world.plane.stored(attached).sha256 == shared.sha256


@pytest.mark.parametrize(
    ("file", "told"),
    [
        pytest.param({"content": b""}, "is empty", id="empty"),
        pytest.param({"mode": "hidden_by_limit"}, "older than what", id="hidden"),
        pytest.param({"mode": "tombstone"}, "was deleted in Slack", id="deleted"),
        pytest.param(
            {"mode": "external", "external_url": "", "url_private": "file:///etc/x"},
            "not stored in Slack but with Google Drive",
            id="remote at no address",
        ),
        pytest.param({"mode": "quip"}, "something of Slack's own (quip)", id="canvas"),
        pytest.param(
            {"content": b"x" * (5 * MB + 1)},
            "5,242,881 bytes; Plane takes files up to 5,242,880 bytes",
            id="too large",
        ),
        pytest.param(
            {"content": b"x" * (12 * MB // 10 * 6)},
            "is 7.2 MB; Plane takes files up to 5 MB",
            id="much too large",
        ),
    ],
)
def test_a_file_that_cannot_be_attached_is_explained(world, file, told):
    shared = world.slack.add_file(**file)

    text = world.reply(share(world, shared))

    assert text.count("❌") == 1
    assert told in text
    # Nothing was made in Plane or sent anywhere.
    assert world.plane.state.attachments() == []
    assert world.plane.exchanges("plane.create_attachment") == []
    assert world.slack.exchanges("slack.files.download") == []


def test_a_file_of_exactly_the_limit_is_attached(world):
    shared = world.slack.add_file(content=b"x" * (5 * MB))

    assert "is attached." in world.reply(share(world, shared))


def test_one_bad_file_never_holds_up_the_others(world):
    good = [world.slack.add_file(name=f"{n}.pdf") for n in range(3)]
    empty = world.slack.add_file(name="empty.pdf", content=b"")
    stalled = world.slack.add_file(name="stalled.pdf")
    stalled.misbehave("stall")

    message = share(world, good[0], empty, stalled, *good[1:])

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: reply.text.count("is attached.") == 3
    )
    assert len(world.attached("WEB-1")) == 3


def test_a_stub_of_slack_connect_is_looked_up_first(world):
    shared = world.slack.add_file(name="shared.pdf")

    message = share(world, shared, channel="CSHARED")

    assert "`shared.pdf` is attached." in world.reply(message)
    assert len(world.slack.calls("files.info")) == 1


def test_a_stub_that_the_bot_may_not_see_is_explained(world):
    shared = world.slack.add_file(name="shared.pdf")
    shared.info_error = "access_denied"

    text = world.reply(share(world, shared, channel="CSHARED"))

    assert "Slack does not let me see" in text


def test_a_file_whose_address_comes_late_is_waited_for(world):
    shared = world.slack.add_file(name="late.pdf")
    shared.lookups_without_url = 2

    assert "`late.pdf` is attached." in world.reply(share(world, shared))


def test_names_that_would_come_alive_stay_names(either):
    names = ["<!channel>.pdf", "*bold* _it_.pdf", "`tick`.pdf", "<https://e.example|x>"]
    files = [
        either.slack.add_file(name=name, content=f"{n}".encode())
        for n, name in enumerate(names)
    ]

    message = either.slack.share(files, text="WEB-1")

    text = either.reply(message)
    assert text.count("is attached.") == len(names)
    assert "<!channel>" not in text
    assert "<https://e.example" not in text
    assert "`*bold* _it_.pdf`" in text


def test_however_many_files_there_are_one_reply_tells_of_all(either):
    files = [
        either.slack.add_file(name=f"{'x' * 60}{n}.pdf", content=f"{n}".encode())
        for n in range(60)
    ]

    message = either.slack.share(files, text="WEB-1 WEB-2")

    text = either.reply(message, timeout=60)
    assert text.count("60 files are attached.") == 2
    assert len(either.replies(message)) == 1
    assert len(either.attached("WEB-1")) == len(either.attached("WEB-2")) == 60
