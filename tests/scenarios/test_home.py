"""The App Home: how to use the bot, whether Plane answers, what was attached."""

import threading

import pytest

from bot.sandbox import wire
from bot.sandbox.slack.pressing import find_element

CONNECTED = "Connected to Plane, workspace `acme`: projects `ARC`, `OPS`, `WEB`"
CHECKING = "Checking the connection to Plane"


def shown(world, user="UANNA"):
    """Return what stands in a person's Home, a line for each text; "" without one."""
    home = world.slack.home(user)
    return "\n".join(read_texts(home.blocks)) if home else ""


def read_texts(value):
    if isinstance(value, list):
        value = dict(enumerate(value))
    for name, each in value.items():
        if name == "text" and isinstance(each, str):
            yield each
        elif isinstance(each, dict | list):
            yield from read_texts(each)


def open_home(world, text, user="UANNA"):
    """Open a person's Home and wait until it says *text*; return all that it says."""
    assert world.slack.open_home(user) is not None
    wait_for(world, text, user)
    return shown(world, user)


def wait_for(world, text, user="UANNA"):
    world.wait(lambda: text in shown(world, user))


def share(world, text, *, name="design.pdf", **options):
    """Share a file and wait for the reply and the end of all work."""
    user = options.get("user", "UANNA")
    message = world.slack.share(
        [world.slack.add_file(name=name, user=user)], text=text, **options
    )
    world.reply(message)
    world.settle()
    return message


def retry_buttons(world, user="UANNA"):
    blocks = world.slack.home(user).blocks
    return [
        each["accessory"]["value"]
        for each in blocks
        if each.get("accessory", {}).get("action_id") == "retry"
    ]


@pytest.mark.each_transport
def test_the_home_tells_how_to_use_the_bot_and_that_plane_answers(either_stopped):
    settings = {"ATTACH_EMOJI": "pushpin", "ATTACH_COMMAND": "/plane"}
    either_stopped.start_bot(**settings, PLANE_PROJECTS="WEB,OPS")

    text = open_home(
        either_stopped, "Connected to Plane, workspace `acme`: projects `OPS`,"
    )

    assert "React with :pushpin: to a message" in text
    assert "`/plane WEB-12` attaches" in text
    assert "Nothing yet." in text
    assert CHECKING not in text
    assert "ARC" not in text
    assert len(either_stopped.plane.exchanges("plane.projects")) == 1


def test_the_home_lists_what_was_attached_and_what_failed(either):
    first = share(either, "WEB-1", name="first.pdf")
    other = share(either, "OPS-3", name="second.pdf", channel="CSECRET")

    text = open_home(either, CONNECTED)

    links = [either.slack.link(each) for each in (other, first)]
    assert "<https://plane.example.com/acme/browse/WEB-1/|WEB-1>" in text
    assert "✅ `first.pdf` is attached." in text
    assert "`second.pdf`\n❌ Plane has no OPS-3" in text
    assert [text.index(f"<{link}|message>") for link in links] == sorted(
        text.index(f"<{link}|message>") for link in links
    )
    assert retry_buttons(either) == ["2"]


@pytest.mark.each_transport
def test_retry_in_the_home_attaches_what_failed_and_shows_it(either):
    share(either, "WEB-1")
    message = share(either, "OPS-3")
    open_home(either, "no OPS-3")
    either.plane.state.add_work_item(either.plane.state.project("OPS"), "New")

    assert either.slack.press(either.slack.home(), "retry").error is None

    wait_for(either, "OPS-3>*\n✅ `design.pdf` is attached.")
    assert "no OPS-3" not in shown(either)
    assert retry_buttons(either) == []
    either.settle()
    assert len(either.attached("OPS-3")) == 1
    (reply,) = either.replies(message)
    assert "`design.pdf` is attached." in reply


def test_retry_in_the_home_seeks_again_what_could_not_be_looked_for(either):
    message = either.slack.share([either.slack.add_file()], channel="CRANDOM")
    either.slack.command("WEB-1", channel="CRANDOM")
    either.slack.wait_for_ephemeral(predicate=lambda each: "Invite me" in each.text)
    either.settle()
    open_home(either, "❌ I am not in that conversation.")
    either.slack.invite_bot("CRANDOM")

    assert either.slack.press(either.slack.home(), "retry").error is None

    assert "`design.pdf` is attached." in either.reply(message)
    wait_for(either, "WEB-1>*\n✅ `design.pdf` is attached.")


def test_the_home_of_somebody_else_shows_nothing_of_it(world):
    share(world, "WEB-1", name="secret.pdf")
    share(world, "WEB-2", name="mine.pdf", user="UBEN")

    text = open_home(world, CONNECTED, user="UBEN")

    assert "`mine.pdf` is attached." in text
    assert "secret.pdf" not in text
    assert world.slack.home("UANNA") is None


def test_a_number_of_somebody_elses_share_does_nothing(world):
    share(world, "OPS-3")
    bens = share(world, "OPS-4", user="UBEN")
    open_home(world, "no OPS-3")
    project = world.plane.state.project("OPS")
    for title in ("Three", "Four"):
        world.plane.state.add_work_item(project, title)

    for value in ("2", "3", "-1", "9" * 18, "x"):
        find_element(world.slack.home(), "retry")[1]["value"] = value
        assert world.slack.press(world.slack.home(), "retry").error is None

    world.settle()
    assert world.attached("OPS-3") == world.attached("OPS-4") == []
    assert len(world.replies(bens)) == 1


def test_the_home_tells_that_plane_refuses_the_key(either):
    either.plane.state.revoke_key("plane_api_alice")

    text = open_home(either, "❌ Plane refuses my API key, so I can do nothing")

    assert "An administrator has to set a new PLANE_API_KEY." in text
    open_home(either, "Plane refuses my API key")
    assert len(either.plane.exchanges("plane.projects")) == 1  # known for a while


def test_a_plane_that_hangs_does_not_hold_the_home(either):
    go = threading.Event()
    hold = wire.Fault("plane.projects", lambda request: go.wait(20) and None)
    either.plane.fail(hold)

    text = open_home(either, CHECKING)
    bens = open_home(either, CHECKING, user="UBEN")
    go.set()

    assert "I put files from Slack onto work items" in text
    assert "I put files from Slack onto work items" in bens
    wait_for(either, CONNECTED)
    wait_for(either, CONNECTED, user="UBEN")
    assert len(either.plane.exchanges("plane.projects")) == 1


def test_what_is_under_way_is_shown_as_done_once_it_is(world):
    go = threading.Event()
    world.store.fail(wire.Fault("storage.post", lambda request: go.wait(20) and None))
    world.slack.share([world.slack.add_file()], text="WEB-1")
    world.wait(lambda: world.plane.exchanges("plane.create_attachment"))

    open_home(world, "⏳ `design.pdf`")
    go.set()

    wait_for(world, "✅ `design.pdf` is attached.")


def test_the_messages_tab_gets_no_home(either):
    either.slack.open_home(tab="messages")
    either.slack.wait_idle()

    open_home(either, CONNECTED, user="UBEN")
    assert either.slack.home("UANNA") is None
    assert set(either.calls()) == {"views.publish"}


def test_a_hostile_file_name_stays_a_name(world):
    name = "<!channel> *x* `<@UBEN>`.pdf"
    share(world, "OPS-3", name=name)

    text = open_home(world, "no OPS-3")

    assert "<!channel>" not in text
    assert "<@UBEN>" not in text
    assert "`&lt;!channel&gt; *x* ˋ&lt;@UBEN&gt;ˋ.pdf`" in text


def test_a_home_that_is_switched_off_is_told_in_the_log(world):
    answer = b'{"ok": false, "error": "not_enabled"}'
    world.slack.fail(wire.Fault("slack.views.publish", wire.answer(200, answer)))

    world.slack.open_home()

    world.wait(lambda: "user=UANNA is shown no home" in world.bot.log)
    assert "not_enabled" in world.bot.log
    assert "Traceback" not in world.bot.log


@pytest.mark.parametrize("event", [{}, {"tab": "home"}, {"tab": "home", "user": "me"}])
def test_what_slack_would_not_send_is_answered_all_the_same(world, event):
    delivery = world.slack.deliver_event({"type": "app_home_opened", **event})

    world.slack.wait_idle()
    assert delivery.statuses == [200]
    assert world.calls() == []
