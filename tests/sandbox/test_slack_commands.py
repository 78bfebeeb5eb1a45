"""Slash commands and response URLs, with a real Bolt app at the other end."""

import threading

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.sandbox import wire
from bot.sandbox.slack import Refused, SlackServer
from tests.sandbox.bolt_bot import (
    MODES,
    actions,
    button,
    connected,
    section,
)


@pytest.fixture
def slack(clock):
    with SlackServer(clock=clock) as server:
        yield server


@pytest.fixture(params=MODES)
def app(request):
    with SlackServer() as slack, connected(slack, request.param) as app:
        app.slack = slack
        yield app


@pytest.fixture
def result(slack):
    """A slash command that nobody answers: its response URL works all the same."""
    return slack.command("WEB-12")


def test_a_command_brings_all_its_fields(app):
    got = []
    app.command("/attach")(lambda ack, body: (got.append(body), ack()))

    result = app.slack.command(" WEB-12 ", user="UBEN", channel="CSECRET")

    assert got == [result.form]
    assert {name: got[0][name] for name in ("user_id", "user_name", "command")} == {
        "user_id": "UBEN",
        "user_name": "ben",
        "command": "/attach",
    }
    assert got[0]["text"] == "WEB-12"
    assert (got[0]["team_id"], got[0]["team_domain"]) == ("T1", "acme")
    assert (got[0]["channel_id"], got[0]["channel_name"]) == (
        "CSECRET",
        "privategroup",
    )
    assert (got[0]["api_app_id"], got[0]["is_enterprise_install"]) == ("A1", "false")
    assert got[0]["response_url"].startswith(f"{app.slack.origin}/commands/T1/")
    assert got[0]["trigger_id"] == result.trigger_id
    assert (result.error, result.message) == (None, None)


def test_a_commands_answer_is_for_the_person_alone(app):
    app.command("/attach")(lambda ack: ack("one moment"))

    result = app.slack.command("WEB-12", channel="CRANDOM")

    assert result.text == "one moment"
    assert app.slack.ephemerals("UANNA", "CRANDOM") == [result.message]
    assert app.slack.ephemerals("UBEN") == []
    assert app.slack.state.messages("CRANDOM") == []


def test_a_commands_answer_may_be_for_the_channel(app):
    blocks = [section("hello")]
    app.command("/attach")(
        lambda ack: ack(response_type="in_channel", text="hello", blocks=blocks)
    )

    result = app.slack.command("WEB-12")

    assert app.slack.state.messages("CGENERAL") == [result.message]
    assert result.message.blocks[0]["text"]["text"] == "hello"


def test_an_answer_with_blocks_that_break_a_rule_is_not_shown(app):
    app.command("/attach")(lambda ack: ack(text="x", blocks=[section("x" * 3001)]))

    result = app.slack.command()

    assert (result.error, result.message) == ("invalid_blocks", None)


def test_a_command_that_is_not_acknowledged_in_time_fails_and_never_comes_again():
    enough = threading.Event()
    got = []

    def wait(ack, body):
        got.append(body)
        enough.wait(5)
        ack()

    for mode in MODES:
        with SlackServer(patience=0.2) as slack, connected(slack, mode) as app:
            app.command("/attach")(wait)
            result = slack.command()
            enough.set()

            assert (result.error, result.message) == ("operation_timeout", None)
            assert result.request.seconds >= 0.2
        enough.clear()

    assert len(got) == 2


def test_a_command_that_the_app_does_not_know_is_the_clients_error(slack):
    with connected(slack):
        assert slack.command(command="/unknown").error == "http_client_error"


def test_a_command_to_an_app_that_fails_or_is_away_says_so(slack):
    assert slack.command().error == "dispatch_failed"
    with wire.Server("app") as server:
        server.fallback(lambda request: wire.Response(500))
        slack.request_url = server.origin
        assert slack.command().error == "http_service_error"
    assert slack.command().error == "dispatch_failed"


def test_who_is_not_in_a_channel_types_no_command_there(slack):
    with pytest.raises(Refused):
        slack.command(user="UGUEST", channel="CRANDOM")
    with pytest.raises(Refused):
        slack.command(channel="COLD")
    with pytest.raises(Refused):
        slack.command(user="USTRANGER", channel="CSHARED")


def test_a_response_url_works_without_membership(app):
    app.command("/attach")(lambda ack, respond: (ack(), respond("later")))

    app.slack.command(channel="CRANDOM")

    found = app.slack.wait_for_ephemeral("UANNA")
    assert (found.text, found.channel_id) == ("later", "CRANDOM")


def test_a_response_url_works_five_times(slack, result):
    answers = [WebhookClient(result.response_url).send(text=str(n)) for n in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [404]
    assert answers[0].body == "ok"
    assert [each.text for each in slack.ephemerals("UANNA")] == list("01234")
    assert [call.text("text") for call in slack.responses] == list("01234")


def test_a_response_url_works_for_thirty_minutes(slack, clock, result):
    clock.now += 30 * 60
    assert WebhookClient(result.response_url).send(text="a").status_code == 200
    clock.now += 1
    late = WebhookClient(result.response_url).send(text="b")

    assert late.status_code == 404
    assert "expired_url" in late.body
    assert [each.text for each in slack.ephemerals("UANNA")] == ["a"]


def test_a_made_up_response_url_is_not_found(slack):
    url = f"{slack.origin}/commands/T1/1/guess"

    assert requests.post(url, json={"text": "a"}, timeout=5).status_code == 404


def test_a_response_may_go_into_a_thread_for_all_to_see(slack, result):
    parent = slack.post("a")

    WebhookClient(result.response_url).send_dict(
        {
            "text": "done",
            "response_type": "in_channel",
            "replace_original": False,
            "thread_ts": parent.ts,
        }
    )

    assert [each.text for each in slack.replies_by_bot("CGENERAL", parent.ts)] == [
        "done"
    ]
    assert slack.ephemerals("UANNA") == []


def test_an_empty_response_is_refused(slack, result):
    answer = WebhookClient(result.response_url).send_dict({"response_type": "x"})

    assert (answer.status_code, "no_text" in answer.body) == (400, True)


@pytest.fixture
def pressed(slack):
    """The response URL of a button that stands in a message of the bot's."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    ts = client.chat_postMessage(
        channel="CGENERAL", text="failed", blocks=[actions(button("retry"))]
    )["ts"]
    message = slack.state.message("CGENERAL", ts)
    return message, slack.press(message, "retry").response_url


def test_a_response_to_a_button_replaces_its_message(slack, pressed):
    message, url = pressed

    WebhookClient(url).send(text="trying again")

    assert (message.text, message.blocks, message.edits) == ("trying again", [], 1)
    assert slack.deliveries[-1].event["subtype"] == "message_changed"


def test_a_response_to_a_button_may_leave_its_message_alone(slack, pressed):
    message, url = pressed

    WebhookClient(url).send(text="no", replace_original=False)

    assert message.text == "failed"
    assert [each.text for each in slack.ephemerals("UANNA")] == ["no"]


def test_a_response_to_a_button_may_delete_its_message(slack, pressed):
    message, url = pressed

    WebhookClient(url).send(delete_original=True)

    assert message.deleted
    assert slack.state.messages("CGENERAL") == []


def test_an_ephemeral_message_is_replaced_and_deleted_through_its_buttons(slack):
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    client.chat_postEphemeral(
        channel="CGENERAL", user="UBEN", text="?", blocks=[actions(button("yes"))]
    )
    message = slack.ephemerals("UBEN")[0]
    url = slack.press(message, "yes").response_url

    WebhookClient(url).send(text="fine")
    replaced = [each.text for each in slack.ephemerals("UBEN")]
    WebhookClient(url).send(delete_original=True)

    assert replaced == ["fine"]
    assert slack.ephemerals("UBEN") == []
