"""Plane at its worst: each fault is waited out, or told with what to mend."""

import contextlib
import sqlite3
import threading
import time
from dataclasses import replace

import pytest

from bot.sandbox import wire
from tests.faults.line import Line

HTML = {"Content-Type": "text/html"}
BROKEN = wire.answer(
    500,
    b'{"error":"Something went wrong please try again later"}',
    {"Content-Type": "application/json"},
)
#: How long a slow Plane takes for a call, in seconds.
DAWDLES = 0.2


def gateway(status):
    """Make an answer of what stands before Plane."""
    page = f"<html><title>{status}</title></html>".encode()
    return wire.answer(status, page, HTML)


def always(operation, action):
    return wire.Fault(operation, action, times=1_000_000)


def share(world, text="WEB-1", **options):
    file = world.slack.add_file(**options)
    return file, world.slack.share([file], text=text)


def told(world, message, text):
    """Wait until the thread says *text*; return all that it was ever told in."""
    world.slack.wait_for_reply(
        message.channel_id, message.ts, lambda reply: text in reply.text
    )
    return [
        each.ts for each in world.slack.replies_by_bot(message.channel_id, message.ts)
    ]


def press(world, message, button):
    (reply,) = world.slack.replies_by_bot("CGENERAL", message.ts)
    world.slack.press(reply, button)


# --- it fails for a while ------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [
        {"projects": gateway(500), "create_attachment": gateway(503)},
        {"work_item": gateway(502), "complete_attachment": gateway(504)},
        {"instances": wire.cut, "complete_attachment": BROKEN},
        {"create_attachment": BROKEN, "create_comment": gateway(502)},
    ],
    ids=",".join,
)
def test_a_step_that_fails_is_done_once_in_the_end(world, faults):
    for name, action in faults.items():
        world.plane.fail(wire.Fault(f"plane.{name}", action))

    file, message = share(world)

    assert "`design.pdf` is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.plane.state.comments("WEB-1")) == 1
    assert len(world.replies(message)) == 1


def test_a_link_whose_steps_fail_is_made_once(world):
    url = "https://docs.google.com/document/d/1e8Ltk/edit"
    world.plane.fail(wire.Fault("plane.list_links", gateway(502)))
    late = wire.Fault("plane.create_link", gateway(502), phase="after")
    world.plane.fail(late)
    file = world.slack.add_file(mode="external", name="Plan", external_url=url)

    message = world.slack.share([file], text="WEB-1")

    assert "`Plan` is linked" in world.reply(message)
    assert world.linked("WEB-1") == [("Plan", url)]


def test_an_undo_that_plane_does_not_hear_is_told_and_done_later(world):
    _, message = share(world)
    world.reply(message)
    world.settle()
    away = ("plane.delete_attachment", "plane.delete_comment")
    for operation in away:
        world.plane.fail(always(operation, gateway(503)))

    press(world, message, "undo")
    told(world, message, "is being removed. Plane does not answer me about it.")
    world.plane.mend()

    assert len(told(world, message, "was removed again.")) == 1
    world.settle()
    assert world.attached("WEB-1") == []
    assert world.plane.state.comments("WEB-1") == []


def test_a_plane_that_refuses_connections_is_waited_out(stopped):
    world = stopped
    with Line(world.plane.origin) as line:
        world.start_bot(PLANE_API_URL=line.url)
        _, before = share(world, text="OPS-1")
        world.reply(before)
        line.cut()

        file, message = share(world)
        world.wait(lambda: "share=2 waits for PlaneUnavailable()" in world.bot.log)
        line.mend()

        assert "`design.pdf` is attached." in world.reply(message)
        world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]


def test_a_plane_that_hangs_holds_up_nothing_else_and_is_waited_out(stopped):
    world = stopped
    with Line(world.plane.origin) as line:
        world.start_bot(PLANE_API_URL=line.url)
        _, before = share(world, text="OPS-1")
        world.reply(before)
        world.settle()
        line.fall_silent()

        file, message = share(world)
        first = told(world, message, "Looking <")
        assert world.bot.get("/healthz")[0] == 200
        line.speak_again()

        assert told(world, message, "`design.pdf` is attached.") == first
        world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]


def test_a_slow_plane_is_asked_each_thing_once(world):
    def dawdle(request):
        threading.Event().wait(DAWDLES)

    names = ("work_item", "create_attachment", "complete_attachment", "create_comment")
    operations = [f"plane.{name}" for name in names]
    for operation in operations:
        world.plane.fail(always(operation, dawdle))

    file, message = share(world)

    assert "`design.pdf` is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert [len(world.plane.exchanges(each)) for each in operations] == [1] * 4


# --- it asks for calm ----------------------------------------------------------


def test_everybody_obeys_a_retry_after(world):
    _, before = share(world)
    world.reply(before)
    world.settle()
    answered = []

    def refuse(request):
        answered.append(time.time())
        return wire.Response(429, {"Retry-After": "1"}, b"{}")

    world.plane.fail(wire.Fault("plane.create_attachment", refuse))

    files = [world.slack.add_file(name=f"{number}.pdf") for number in range(6)]
    messages = [world.slack.share([file], text="WEB-2") for file in files]
    for message in messages:
        assert "is attached." in world.reply(message)

    # What was on its way already may still come.
    begin, end = answered[0] + 0.3, answered[0] + 1
    calls = [each.started for each in world.plane.exchanges()]
    assert [at for at in calls if begin < at < end] == []
    assert [each.status for each in world.plane.exchanges()].count(429) == 1
    assert len(world.attached("WEB-2")) == 6


# --- it will not pass ----------------------------------------------------------


def age(world, seconds):
    """Have the attachment that waits have waited for so long; tell whether one did."""
    with contextlib.closing(sqlite3.connect(world.database)) as db, db:
        aged = db.execute(
            "UPDATE attachments SET waiting_since = waiting_since - ?,"
            " cause_since = cause_since - ?, due_at = 0"
            " WHERE waiting_since IS NOT NULL",
            (seconds, seconds),
        )
        return aged.rowcount


def test_an_error_that_the_file_may_be_the_reason_of_is_given_up(world):
    world.plane.fail(always("plane.create_attachment", BROKEN))
    file, message = share(world)
    world.wait(lambda: age(world, 3601))
    world.bot.kill()

    world.start_bot()

    text = world.reply(message)
    assert "I gave up on `design.pdf` after 1 hour of trying." in text
    assert "Plane reports an error of its own about `design.pdf`." in text
    calls = len(world.plane.exchanges("plane.create_attachment"))
    world.settle()
    assert len(world.plane.exchanges("plane.create_attachment")) == calls

    world.plane.mend()
    press(world, message, "retry")
    told(world, message, "`design.pdf` is attached.")
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]


@pytest.mark.parametrize(
    ("operation", "status", "body", "says"),
    [
        (
            "plane.work_item",
            403,
            b'{"detail":"Given API token is not valid"}',
            "An administrator has to set a new PLANE_API_KEY.",
        ),
        (
            "plane.work_item",
            403,
            b'{"detail":"You do not have permission to perform this action."}',
            "Plane has no project WEB any more, or does not let me work in it",
        ),
        (
            "plane.create_attachment",
            403,
            b'{"error":"You are not allowed to upload this attachment"}',
            "make the owner of PLANE_API_KEY a member of that project.",
        ),
        (
            "plane.work_item",
            404,
            b'{"error":"The requested resource does not exist."}',
            "Plane has no WEB-1, or it is archived or a draft",
        ),
        (
            "plane.create_attachment",
            413,
            b"<html>Request Entity Too Large</html>",
            "client_max_body_size in nginx, FILE_SIZE_LIMIT in Plane's own proxy.",
        ),
    ],
)
def test_each_refusal_has_its_own_sentence(world, operation, status, body, says):
    world.plane.fail(wire.Fault(operation, wire.answer(status, body)))

    _, message = share(world)

    text = world.reply(message)
    assert says in text
    assert "\N{CROSS MARK}" in text
    assert world.plane.state.attachments() == []
    assert len(world.plane.exchanges(operation)) == 1


# --- somebody is at work in Plane ----------------------------------------------


def vanish(world):
    world.plane.state.delete(world.plane.state.work_item("WEB-1"))


def move(world):
    """Give the work item to another project, as `move` does in Plane's editions."""
    state = world.plane.state
    item = state.work_item("WEB-1")
    project = state.project("OPS")
    state.work_items.put(replace(item, project_id=project.id, sequence_id=77))


@pytest.mark.parametrize(
    ("change", "operation"),
    [(vanish, "plane.complete_attachment"), (move, "plane.create_attachment")],
)
def test_a_work_item_that_goes_in_between_is_told(world, change, operation):
    def act(request):
        change(world)

    world.plane.fail(wire.Fault(operation, act))

    _, message = share(world)

    assert "Plane has no WEB-1" in world.reply(message)
    world.settle()
    assert world.plane.state.attachments(uploaded_only=True) == []


def test_an_archived_work_item_is_told(world):
    world.plane.state.archive(world.plane.state.work_item("WEB-1"))

    _, message = share(world)

    assert "Plane has no WEB-1, or it is archived" in world.reply(message)


def test_a_moved_work_item_is_found_under_its_new_key(world):
    _, before = share(world)
    world.reply(before)
    move(world)

    file, message = share(world, text="OPS-77")

    assert "`design.pdf` is attached." in world.reply(message)
    assert ("design.pdf", file.sha256) in world.attached("OPS-77")


def test_a_key_that_expires_in_between_is_told_and_a_new_one_mends_it(world):
    def expire(request):
        world.plane.state.revoke_key("plane_api_alice")

    world.plane.fail(wire.Fault("plane.complete_attachment", expire))
    file, message = share(world)
    assert "has to set a new PLANE_API_KEY" in world.reply(message)

    world.plane.state.add_key("alice", "plane_api_new")
    world.bot.kill()
    world.start_bot(PLANE_API_KEY="plane_api_new")
    press(world, message, "retry")

    assert len(told(world, message, "`design.pdf` is attached.")) == 1
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []


def test_a_project_that_is_made_or_renamed_while_the_bot_runs_is_known(world):
    _, before = share(world)
    world.reply(before)
    state = world.plane.state
    state.add_work_item(state.add_project("NEW", "New", members={"alice": 20}), "A")
    # Nobody shares a key of a new project within so little.
    (listed,) = world.plane.exchanges("plane.projects")
    world.wait(lambda: time.time() - listed.started > 2.1)

    state.change_identifier(state.project("WEB"), "SITE")

    file, message = share(world, text="NEW-1 and SITE-2")

    assert world.reply(message).count("`design.pdf` is attached.") == 2
    assert world.attached("NEW-1") == [("design.pdf", file.sha256)]
    assert world.attached("SITE-2") == [("design.pdf", file.sha256)]


def test_the_old_key_of_a_project_that_was_just_renamed_is_told(world):
    _, before = share(world)
    world.reply(before)
    state = world.plane.state
    state.change_identifier(state.project("WEB"), "SITE")

    _, old = share(world, text="WEB-2")

    assert "Plane has no project WEB any more" in world.reply(old)
