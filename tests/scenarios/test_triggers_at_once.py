"""Several people ask in every way there is for one file, all at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.sandbox.wire import Fault


def fill_in_form(slack, message, user):
    """Open the form for a message's files and fill it in; return its view."""
    slack.message_shortcut("attach_message", message, user=user)
    return choose(slack, user)


def fill_in_asked(slack, message, user):
    """React to a message without a key, open the form that is offered, fill it in."""
    slack.react(message, "paperclip", user=user)
    slack.press(slack.wait_for_ephemeral(user), "choose")
    return choose(slack, user)


def choose(slack, user):
    view = slack.wait_for_view(user, lambda view: len(view.blocks) > 1)
    slack.suggest(view, "item", "item", "WEB-1")
    return slack.fill(view, {"item": "WEB-1"})


@pytest.mark.each_transport
def test_all_triggers_at_once_attach_a_file_once(either):
    slack = either.slack
    file = slack.add_file(content=bytes(range(256)) * 400)
    file.rate = 100_000  # long enough for all of them to come meanwhile
    before = slack.share([file], text="to be found by the form")
    forms = [fill_in_form(slack, before, user) for user in ("UANNA", "UBEN")]
    forms.append(fill_in_asked(slack, before, "UGUEST"))
    message = slack.share([file], text="WEB-1")
    link = slack.link(message)

    ways = [
        lambda: slack.edit(message, "it is for WEB-1"),
        lambda: slack.edit(message, "it is for WEB-1, please"),
        lambda: slack.react(message, "paperclip", user="UANNA"),
        lambda: slack.react(message, "paperclip", user="UBEN"),
        lambda: slack.react(message, "paperclip", user="UGUEST"),
        lambda: slack.command("WEB-1", user="UANNA"),
        lambda: slack.command(f"WEB-1 {link}", user="UBEN"),
        lambda: slack.command(f"WEB-1 {slack.link(file)}", user="UGUEST"),
        lambda: slack.post("<@UBOT> WEB-1", user="UBEN", thread_ts=message.ts),
        lambda: slack.share([file], text="WEB-1", user="UBEN", channel="GTRIO"),
        lambda: slack.share([file], text="WEB-1", channel="DANNA"),
        lambda: slack.deliver_copies(message, 10),
        *(lambda view=view: slack.submit(view) for view in forms),
    ]
    with ThreadPoolExecutor(len(ways)) as people:
        done = [people.submit(way) for way in ways]
    elsewhere = [done[9].result(), done[10].result(), before]
    assert [each.result().action for each in done[-3:]] == ["close"] * 3
    assert [done[number].result().error for number in (5, 6, 7)] == [None] * 3
    slack.wait_idle()
    either.settle()

    here = either.replies(message)
    there = [told for each in elsewhere for told in either.replies(each)]
    # The message, three reactions, two commands, the mention; two other messages; of
    # the first posting two forms, and the command with a link to the file.
    assert (len(here), len(there)) == (7, 6)
    assert sum("`design.pdf` is attached." in told for told in here + there) == 1
    assert sum("`design.pdf` was attached already." in t for t in here + there) == 12
    assert either.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert either.half_made("WEB-1") == []
    assert len(either.plane.state.attachments()) == 1
    assert file.downloads == 1


def test_undo_amid_all_triggers_removes_the_file_before_it_is_attached_again(world):
    slack = world.slack
    file = slack.add_file(content=bytes(range(256)) * 100)
    message = slack.share([file], text="WEB-1")
    world.reply(message)
    world.settle()
    (reply,) = slack.replies_by_bot("CGENERAL", message.ts)
    go = threading.Event()
    world.plane.fail(Fault("plane.delete_attachment", lambda _: go.wait(20) and None))

    slack.press(reply, "undo")
    ways = [
        lambda: slack.react(message, "paperclip", user="UBEN"),
        lambda: slack.command("WEB-1"),
        lambda: slack.press(reply, "undo"),
        lambda: slack.post("<@UBOT> WEB-1", user="UBEN", thread_ts=message.ts),
    ]
    with ThreadPoolExecutor(len(ways)) as people:
        for done in [people.submit(way) for way in ways]:
            done.result()
    world.wait(lambda: len(slack.calls("conversations.replies")) >= 2)
    go.set()
    slack.wait_idle()
    world.settle()

    first, *others = world.replies(message)
    assert "was removed again." in first
    assert len(others) == 3
    assert sum("is attached." in told for told in others) == 1
    assert sum("was attached already." in told for told in others) == 2
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []
