"""Remote files, which Slack only links to: linked on the work item, once."""

import pytest

from bot.sandbox.slack import Refused

URL = "https://docs.google.com/document/d/1e8Ltk/edit?tab=t.0#heading=h.1"


def add_remote(world, **fields):
    known = {"name": "Plan", "title": "Q1/Q2 plan", "external_url": URL}
    return world.slack.add_file(mode="external", **{**known, **fields})


def share(world, *files, **how):
    """Share files with WEB-1 and return the message and its finished reply."""
    message = world.slack.share(list(files), text="WEB-1", **how)
    world.reply(message)
    world.settle()
    (reply,) = world.slack.replies_by_bot(message.channel_id, message.ts)
    return message, reply


def test_a_remote_file_is_linked_once_undone_and_linked_again(either):
    file = add_remote(either)

    first, reply = share(either, file)
    assert "`Q1/Q2 plan` is linked: it stays with Google Drive." in reply.text
    assert either.linked("WEB-1") == [("Q1/Q2 plan", URL)]

    _, again = share(either, file, user="UBEN")
    assert "`Q1/Q2 plan` was linked already." in again.text
    assert either.linked("WEB-1") == [("Q1/Q2 plan", URL)]
    with pytest.raises(Refused, match="undo"):
        either.slack.press(again, "undo", user="UBEN")

    either.slack.press(reply, "undo")
    either.wait_for(first, "`Q1/Q2 plan` was removed again.")
    assert either.linked("WEB-1") == []

    either.slack.press(reply, "retry")
    either.wait_for(first, "`Q1/Q2 plan` is linked: it stays with Google Drive.")
    assert either.linked("WEB-1") == [("Q1/Q2 plan", URL)]


def test_undo_is_for_the_one_who_linked(world):
    _, reply = share(world, add_remote(world))

    assert world.slack.press(reply, "undo", user="UBEN").error is None

    world.settle()
    assert world.linked("WEB-1") == [("Q1/Q2 plan", URL)]


def test_a_message_with_both_kinds_has_one_attached_and_one_linked(world):
    hosted, remote = world.slack.add_file(), add_remote(world)

    message, reply = share(world, hosted, remote)

    assert reply.text.split("\n")[1:] == [
        "✅ `design.pdf` is attached.",
        "✅ `Q1/Q2 plan` is linked: it stays with Google Drive.",
    ]
    assert world.attached("WEB-1") == [("design.pdf", hosted.sha256)]
    assert world.linked("WEB-1") == [("Q1/Q2 plan", URL)]
    (comment,) = world.plane.state.comments("WEB-1")
    assert "design.pdf" in comment.html
    assert "Q1/Q2 plan" in comment.html
    world.slack.press(reply, "undo")
    world.wait_for(message, "`Q1/Q2 plan` was removed again.")
    assert world.plane.state.attachments() == world.plane.state.links() == []


def test_the_service_that_keeps_a_remote_file_is_never_called(stopped):
    """Least of all with the bot token: who calls it passes a server of ours here."""
    world, elsewhere = stopped, stopped.slack.files_cdn
    world.start_bot(http_proxy=elsewhere.origin, no_proxy="127.0.0.1")
    url = "http://files.example.com/d/1"
    file = add_remote(world, external_url=url, url_private=url, external_type="app")

    message, reply = share(world, file, channel="CSHARED")

    assert "is linked: it stays with files.example.com." in reply.text
    assert world.linked("WEB-1") == [("Q1/Q2 plan", url)]
    world.slack.press(reply, "undo")
    world.wait_for(message, "was removed again.")
    assert elsewhere.exchanges() == []
    assert world.slack.exchanges("slack.files.download") == []


def test_a_link_is_moved_and_leaves_only_when_it_is_there(either):
    message, reply = share(either, add_remote(either))

    either.slack.press(reply, "move")
    view = either.slack.wait_for_view()
    options = either.slack.suggest(view, "item", "item", "OPS-1")
    either.slack.fill(view, {"item": options[0]["value"]})
    assert either.slack.submit(view).action == "close"

    either.wait_for(message, "`Q1/Q2 plan` was moved to OPS-1.")
    assert either.linked("WEB-1") == []
    assert either.linked("OPS-1") == [("Q1/Q2 plan", URL)]


def test_a_reaction_links_a_remote_file_as_well(world):
    message = world.slack.share([add_remote(world, title="WEB-1 plan")])

    world.slack.react(message, "paperclip", user="UBEN")

    world.wait_for(message, "`WEB-1 plan` is linked")
    assert world.linked("WEB-1") == [("WEB-1 plan", URL)]
