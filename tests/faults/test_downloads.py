"""Slack gives something else than the file: never the wrong bytes, never the token."""

from urllib.parse import urlsplit

import pytest

from bot.sandbox import wire
from bot.sandbox.slack.content import as_content

GONE = b"<html>Not found</html>"


def share(world, **file):
    """Share one file; return it and the message."""
    shared = world.slack.add_file(**file)
    return shared, world.slack.share([shared], text="WEB-1")


def misled(world, location):
    """Have the next download answered by a redirect; share a file."""
    headers = {"Location": location}
    world.slack.fail(wire.Fault("slack.files.download", wire.answer(302, b"", headers)))
    return share(world)[1]


def assert_refused(world, message, *told):
    """Look that the file was left out, and why."""
    text = world.reply(message)
    assert [part for part in ("design.pdf", *told) if part not in text] == []
    assert world.plane.state.attachments() == []


@pytest.mark.parametrize("behaviour", ["sign_in", "sign_in_redirect"])
def test_a_sign_in_page_never_becomes_an_attachment(world, behaviour):
    file = world.slack.add_file()
    file.misbehave(behaviour)

    message = world.slack.share([file], text="WEB-1")

    assert_refused(world, message, "sign-in page", "files:read")


@pytest.mark.parametrize("behaviour", ["truncated", "short", "long", "gzip", "cut"])
def test_a_download_that_is_not_the_file_is_tried_again(world, behaviour):
    file = world.slack.add_file(content=b"text " * 50_000)
    file.misbehave(behaviour, times=1)

    message = world.slack.share([file], text="WEB-1")

    assert "is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {"Retry-After": "1"}), (500, {}), (503, {})]
)
def test_a_download_that_slack_puts_off_is_tried_again(world, status, headers):
    action = wire.answer(status, GONE, headers)
    world.slack.fail(wire.Fault("slack.files.download", action))

    file, message = share(world)

    assert "is attached." in world.reply(message)
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_at_its_download_leaves_nothing_in_plane(world, status):
    action = wire.answer(status, GONE)
    world.slack.fail(wire.Fault("slack.files.download", action))

    _, message = share(world)

    assert_refused(world, message, "was deleted in Slack")


def test_a_redirect_within_slack_is_followed(world):
    file = world.slack.add_file()
    file.misbehave("redirect")

    message = world.slack.share([file], text="WEB-1")

    assert "is attached." in world.reply(message)
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]


def test_more_than_three_redirects_are_not_followed(world):
    file = world.slack.add_file()
    file.misbehave("redirect_loop")

    message = world.slack.share([file], text="WEB-1")

    assert_refused(world, message, "HTTP status 302")
    assert len(world.slack.exchanges("slack.files.download")) == 4


def test_a_redirect_to_somebody_else_is_not_followed(world):
    host = urlsplit(world.slack.files_cdn.origin).hostname

    message = misled(world, f"{world.slack.files_cdn.origin}/F1/x.pdf")

    assert_refused(world, message, host, "which is not Slack's")
    assert world.slack.files_cdn.exchanges() == []


def test_a_redirect_to_slack_without_encryption_is_not_followed(world):
    message = misled(world, "http://files.slack.com/files-pri/T1-F1/x.pdf")

    assert_refused(world, message, "files.slack.com", "or not encrypted")


def test_a_snippet_that_is_edited_meanwhile_comes_as_it_is_now(world):
    hold = wire.Fault("plane.create_attachment", lambda request: grow(file))
    world.plane.fail(hold)
    file = world.slack.add_file(name="log.txt", mode="snippet", content=b"one line")

    message = world.slack.share([file], text="WEB-1")

    assert "`log.txt` is attached." in world.reply(message)
    assert world.attached("WEB-1") == [("log.txt", file.sha256)]
    assert file.size > len(b"one line")
    assert world.half_made("WEB-1") == []


def grow(file):
    file.content = as_content(b"one line, and another one")
