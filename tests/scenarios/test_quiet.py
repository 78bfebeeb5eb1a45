"""Where nothing is asked of the bot, nothing at all happens."""

import pytest


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param("have a look", {}, id="no reference"),
        pytest.param("in UTF-8 with SHA-256", {}, id="no known project"),
        pytest.param("`x`\n```WEB-1```", {}, id="in a code block"),
        pytest.param("<https://elsewhere.example.com/WEB-1|WEB-1>", {}, id="a link"),
        pytest.param("WEB-1", {"bot_id": "BOTHER"}, id="a bot's"),
    ],
)
def test_a_share_that_asks_nothing_is_left_alone(either, text, fields):
    file = either.slack.add_file()

    message = either.slack.share([file], text=text, fields=fields)
    either.slack.wait_idle()
    either.settle()

    assert either.replies(message) == []
    assert either.calls() == []
    assert either.plane.state.attachments() == []
    assert either.slack.exchanges("slack.files.download") == []


@pytest.mark.each_transport
def test_a_message_without_files_reaches_nobody(either):
    either.slack.post("WEB-1 is done")
    either.slack.wait_idle()
    either.settle()

    assert either.calls() == []
    assert either.plane.exchanges() == []


def test_a_link_that_slack_unfolds_is_no_edit(world):
    world.slack.subscriptions.remove("message.channels")
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.slack.subscriptions.add("message.channels")

    world.slack.unfurl(message)
    world.slack.wait_idle()
    world.settle()

    assert world.slack.deliveries[-1].acknowledged
    assert world.replies(message) == []


def test_a_project_outside_the_fence_is_unknown(stopped):
    stopped.start_bot(PLANE_PROJECTS="OPS")
    file = stopped.slack.add_file()

    message = stopped.slack.share([file], text="WEB-1")
    stopped.slack.wait_idle()
    stopped.settle()

    assert stopped.replies(message) == []
    assert stopped.plane.state.attachments() == []


def test_sharing_does_nothing_where_the_settings_say_so(stopped):
    stopped.start_bot(ATTACH_ON_SHARE="false")
    file = stopped.slack.add_file()

    message = stopped.slack.share([file], text="WEB-1")
    stopped.slack.wait_idle()

    assert stopped.slack.deliveries[-1].acknowledged
    assert stopped.replies(message) == []
    assert stopped.plane.exchanges() == []
