"""Buttons, menus and shortcuts, with a real Bolt app at the other end."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import BadAnswer, Refused, SlackServer
from tests.sandbox.bolt_bot import (
    MODES,
    actions,
    button,
    connected,
    entry,
    modal,
    option,
    plain,
    section,
)

SELECT = {"type": "external_select", "action_id": "item"}
MENU = {
    "type": "static_select",
    "action_id": "project",
    "options": [option("WEB", "Website"), option("OPS", "Operations")],
}


@pytest.fixture(params=MODES)
def app(request):
    with SlackServer() as slack, connected(slack, request.param) as app:
        app.slack = slack
        yield app


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token, base_url=slack.api_url)


def post(slack, *blocks, channel="CGENERAL", **more):
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    answer = client.chat_postMessage(
        channel=channel, text="x", blocks=list(blocks), **more
    )
    return slack.state.message(answer["channel"], answer["ts"])


def open_modal(slack, *blocks, **more):
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    trigger_id = slack.shortcut("any").trigger_id
    client.views_open(trigger_id=trigger_id, view=modal(*blocks, **more))
    return slack.views()[-1]


def test_a_button_in_a_message_tells_where_it_was_pressed(app):
    got = []
    app.action("retry")(lambda ack, body: (ack(), got.append(body)))
    parent = app.slack.post("see WEB-12")
    message = post(app.slack, actions(button("retry", value="7")), thread_ts=parent.ts)

    request = app.slack.press(message, "retry", user="UBEN")

    (body,) = got
    assert (request.error, request.type) == (None, "block_actions")
    assert (body["user"]["id"], body["user"]["team_id"]) == ("UBEN", "T1")
    assert body["channel"] == {"id": "CGENERAL", "name": "general"}
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "CGENERAL",
        "is_ephemeral": False,
        "thread_ts": parent.ts,
    }
    assert body["message"]["ts"] == message.ts
    action = body["actions"][0]
    assert (action["block_id"], action["value"]) == ("buttons", "7")
    assert action["text"] == plain("Retry")
    assert body["trigger_id"] == request.trigger_id
    assert body["response_url"].startswith(f"{app.slack.origin}/actions/")
    assert body["state"] == {"values": {}}


def test_a_button_of_an_ephemeral_message_brings_no_message(slack, client):
    client.chat_postEphemeral(
        channel="CGENERAL", user="UBEN", text="?", blocks=[actions(button("yes"))]
    )
    message = slack.ephemerals("UBEN", "CGENERAL")[0]

    payload = slack.press(message, "yes").payload

    assert (payload["user"]["id"], "message" in payload) == ("UBEN", False)
    assert payload["container"]["is_ephemeral"] is True
    with pytest.raises(Refused, match="does not see it"):
        slack.press(message, "yes", user="UANNA")


def test_what_is_chosen_in_a_message_is_in_its_state_from_then_on(slack):
    message = post(slack, actions(MENU, button("go")))

    chosen = slack.press(message, "project", value="Operations").payload
    pressed = slack.press(message, "go").payload

    value = {"type": "static_select", "selected_option": option("OPS", "Operations")}
    assert chosen["actions"][0]["selected_option"] == option("OPS", "Operations")
    assert pressed["state"]["values"] == {"buttons": {"project": value}}


def test_an_overflow_menu_is_no_state(slack):
    options = [option("a"), option("b")]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    message = post(slack, section("x", accessory=menu, block_id="s"))

    payload = slack.press(message, "more", value="b").payload

    assert payload["actions"][0]["selected_option"] == option("b")
    assert payload["state"] == {"values": {}}


def test_what_a_message_does_not_offer_cannot_be_pressed(slack):
    message = post(slack, actions(MENU), channel="CSECRET")

    with pytest.raises(Refused, match="no element 'retry'"):
        slack.press(message, "retry")
    with pytest.raises(Refused, match="not among the options"):
        slack.press(message, "project", value="HR")
    with pytest.raises(Refused, match="not in CSECRET"):
        slack.press(message, "project", value="WEB", user="UGUEST")
    slack.state.remove(message)
    with pytest.raises(Refused, match="no longer there"):
        slack.press(message, "project", value="WEB")


def test_one_action_id_may_stand_in_several_blocks(slack):
    rows = [actions(button("go", value=each), block_id=each) for each in "ab"]
    message = post(slack, *rows)

    payload = slack.press(message, "go", block_id="b").payload

    assert payload["actions"][0]["value"] == "b"


def test_a_button_in_a_modal_brings_the_view_and_no_channel(app):
    got = []
    app.action("more")(lambda ack, body: (ack(), got.append(body)))
    app.shortcut("any")(lambda ack: ack())
    view = open_modal(app.slack, actions(button("more")), private_metadata="C1")

    app.slack.press(view, "more")

    (body,) = got
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert body["view"]["private_metadata"] == "C1"
    assert body["view"]["hash"] == view.hash
    assert {"channel", "message", "response_url"}.isdisjoint(body)


def test_a_menu_in_an_input_is_heard_of_only_if_it_asks_for_that(slack):
    view = open_modal(
        slack,
        entry("quiet", MENU),
        entry("loud", {**MENU, "action_id": "p"}, dispatch_action=True),
    )

    assert slack.choose(view, "quiet", "project", "WEB") is None
    payload = slack.choose(view, "loud", "p", "OPS").payload

    values = payload["view"]["state"]["values"]
    assert values["quiet"]["project"]["selected_option"]["value"] == "WEB"
    assert values["loud"]["p"]["selected_option"]["value"] == "OPS"


def test_an_external_select_shows_what_the_app_suggests(app):
    got = []

    def suggest(ack, body):
        got.append(body)
        ack(options=[option("WEB-1", "WEB-1 Login")])

    app.options("item")(suggest)
    app.shortcut("any")(lambda ack: ack())
    view = open_modal(app.slack, entry("b", SELECT))

    options = app.slack.suggest(view, "b", "item", "login")
    app.slack.choose(view, "b", "item", "WEB-1")

    assert options == [option("WEB-1", "WEB-1 Login")]
    assert (got[0]["value"], got[0]["block_id"]) == ("login", "b")
    assert got[0]["view"]["id"] == view.id
    assert view.values["b", "item"]["selected_option"] == options[0]


def test_groups_of_suggestions_are_options_too():
    groups = [{"label": plain("Website"), "options": [option("WEB-1")]}]
    with SlackServer() as slack, connected(slack) as app:
        app.options("item")(lambda ack: ack(option_groups=groups))
        message = post(slack, section("x", accessory=SELECT, block_id="b"))

        assert slack.suggest(message, "b", "item", "web") == [option("WEB-1")]


def test_too_few_characters_ask_for_nothing(slack):
    eager = {**SELECT, "action_id": "eager", "min_query_length": 0}
    view = open_modal(slack, entry("b", SELECT), entry("c", eager))
    before = len(slack.requests)

    assert slack.suggest(view, "b", "item", "WE") == []
    with pytest.raises(BadAnswer, match="dispatch_failed"):
        slack.suggest(view, "c", "eager", "")
    assert len(slack.requests) == before + 1


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [option(f"WEB-{number}") for number in range(101)]},
        {"options": [option("x" * 151, "x")]},
        {"options": [option("WEB-1", "x" * 76)]},
        {"options": [{"text": plain("x")}]},
        {"option_groups": [{"label": plain("x"), "options": []}]},
    ],
)
def test_suggestions_that_break_a_rule_are_not_shown(answer):
    with SlackServer() as slack, connected(slack) as app:
        app.options("item")(lambda ack: ack(**answer))
        message = post(slack, section("x", accessory=SELECT, block_id="b"))

        with pytest.raises(BadAnswer, match="json-pointer"):
            slack.suggest(message, "b", "item", "web")


def test_what_was_not_suggested_cannot_be_chosen(slack):
    view = open_modal(slack, entry("b", SELECT))

    with pytest.raises(Refused):
        slack.choose(view, "b", "item", "WEB-1")
    with pytest.raises(Refused, match="static_select"):
        slack.suggest(post(slack, actions(MENU)), "buttons", "project", "web")


def test_a_global_shortcut_has_no_channel(app):
    got = []
    app.global_shortcut("attach")(lambda ack, body: (ack(), got.append(body)))

    request = app.slack.shortcut("attach", user="UBEN")

    (body,) = got
    assert (body["type"], body["callback_id"]) == ("shortcut", "attach")
    assert (body["user"]["id"], body["trigger_id"]) == ("UBEN", request.trigger_id)
    assert {"channel", "response_url", "message"}.isdisjoint(body)


def test_a_message_shortcut_brings_the_whole_message(app):
    got = []
    app.message_shortcut("attach")(lambda ack, body: (ack(), got.append(body)))
    parent = app.slack.post("a", channel="CHIDDEN")
    file = app.slack.add_file()
    message = app.slack.share(
        [file], text="see WEB-12", channel="CHIDDEN", thread_ts=parent.ts
    )

    app.slack.message_shortcut("attach", message, user="UBEN")

    (body,) = got
    assert (body["type"], body["message_ts"]) == ("message_action", message.ts)
    assert body["channel"] == {"id": "CHIDDEN", "name": "privategroup"}
    assert body["message"]["text"] == "see WEB-12"
    assert body["message"]["thread_ts"] == parent.ts
    assert body["message"]["parent_user_id"] == "UANNA"
    assert body["message"]["files"][0]["url_private_download"]
    assert body["response_url"].startswith(f"{app.slack.origin}/app/")


def test_ephemeral_messages_and_those_one_cannot_see_have_no_shortcuts(slack, client):
    client.chat_postEphemeral(channel="CGENERAL", user="UANNA", text="psst")

    with pytest.raises(Refused, match="no shortcuts"):
        slack.message_shortcut("attach", slack.ephemerals("UANNA")[0])
    message = slack.post("a", channel="CHIDDEN")
    with pytest.raises(Refused, match="not in CHIDDEN"):
        slack.message_shortcut("attach", message, user="UGUEST")
    shared = slack.post("a", channel="CSHARED")
    with pytest.raises(Refused, match="USTRANGER"):
        slack.message_shortcut("attach", shared, user="USTRANGER")


def test_every_request_is_kept_with_its_answer(app):
    app.command("/attach")(lambda ack: ack("hello"))
    app.shortcut("any")(lambda ack: ack())

    app.slack.command()
    app.slack.shortcut("any")

    first, second = app.slack.requests
    assert (first.kind, second.kind, second.type) == (
        "slash_commands",
        "interactive",
        "shortcut",
    )
    assert second.answer is None
    assert first.seconds < 3


def test_a_trigger_opens_one_view_within_three_seconds(clock):
    with SlackServer(clock=clock) as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        first, second = (slack.shortcut("any").trigger_id for _ in range(2))
        view = modal(section("x"), submit=None)

        def error_of(trigger_id):
            with pytest.raises(SlackApiError) as caught:
                client.views_open(trigger_id=trigger_id, view=view)
            return caught.value.response["error"]

        clock.now += 3
        client.views_open(trigger_id=first, view=view)
        assert error_of(first) == "exchanged_trigger_id"
        clock.now += 0.001
        assert error_of(second) == "expired_trigger_id"
        assert error_of("1.2.made-up") == "invalid_trigger_id"
