"""What Slack accepts in blocks, and how messages and views read."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackServer, show_message, show_view
from tests.sandbox.bolt_bot import (
    actions,
    button,
    entry,
    modal,
    option,
    plain,
    section,
)

SELECT = {"type": "static_select", "action_id": "s"}
NOTE = {"type": "plain_text_input", "action_id": "n"}


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token, base_url=slack.api_url)


def options(count):
    return [option(str(number)) for number in range(count)]


def confirm(**changes):
    texts = {"title": "Sure?", "text": "It is gone then.", "confirm": "Yes"}
    return {name: plain(text) for name, text in (texts | changes).items()}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x")] * 50,
        [section("x" * 3000)],
        [{"type": "section", "fields": [plain("x" * 2000)] * 10}],
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "context", "elements": [plain("x")] * 10}],
        [actions(*[button(str(number)) for number in range(25)])],
        [actions(button("b" * 255, "x" * 75, value="x" * 2000, style="danger"))],
        [actions(button("b", confirm=confirm(title="x" * 100)))],
        [actions({**SELECT, "options": options(100)})],
        [actions({**SELECT, "options": [option("x" * 150, "x" * 75)]})],
        [entry("b", NOTE)],
        [section("x", block_id="b" * 255)],
        [{"type": "divider"}],
        [{"type": "markdown", "text": "x" * 12_000}],
        [{"type": "image", "image_url": "https://a.example", "alt_text": "x" * 2000}],
    ],
)
def test_blocks_up_to_the_limits_are_posted(client, blocks):
    assert client.chat_postMessage(channel="CGENERAL", text="x", blocks=blocks)["ok"]


@pytest.mark.parametrize(
    ("blocks", "where"),
    [
        ([section("x")] * 51, "/blocks"),
        (["x"], "/blocks/0"),
        ([section("x"), section("x" * 3001)], "/blocks/1/text/text"),
        ([{"type": "section", "fields": [plain("x")] * 11}], "/blocks/0/fields"),
        (
            [{"type": "section", "fields": [plain("x" * 2001)]}],
            "/blocks/0/fields/0/text",
        ),
        ([section("x", block_id="b" * 256)], "/blocks/0/block_id"),
        ([{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
        ([{"type": "context", "elements": [plain("x")] * 11}], "/blocks/0/elements"),
        ([actions()], "/blocks/0/elements"),
        ([actions(*[button(f"{n}") for n in range(26)])], "/blocks/0/elements"),
        ([actions(button("a"), button("a"))], "/blocks/0/elements"),
        ([actions(button("b" * 256))], "/blocks/0/elements/0/action_id"),
        ([actions(button("b", "x" * 76))], "/blocks/0/elements/0/text/text"),
        ([actions(button("b", value="x" * 2001))], "/blocks/0/elements/0/value"),
        ([actions(button("b", value=7))], "/blocks/0/elements/0/value"),
        ([actions(button("b", style="red"))], "/blocks/0/elements/0/style"),
        (
            [actions(button("b", confirm=confirm(text="x" * 301)))],
            "/blocks/0/elements/0/confirm/text/text",
        ),
        (
            [actions({**SELECT, "options": options(101)})],
            "/blocks/0/elements/0/options",
        ),
        ([actions({**SELECT, "options": []})], "/blocks/0/elements/0/options"),
        (
            [actions({**SELECT, "options": [option("x" * 151, "x")]})],
            "/blocks/0/elements/0/options/0/value",
        ),
        (
            [actions({**SELECT, "options": [option("x" * 76)]})],
            "/blocks/0/elements/0/options/0/text/text",
        ),
        (
            [actions({**SELECT, "options": options(2), "initial_option": option("9")})],
            "/blocks/0/elements/0/initial_option",
        ),
        (
            [
                actions(
                    {**SELECT, "options": options(1), "placeholder": plain("x" * 151)}
                )
            ],
            "/blocks/0/elements/0/placeholder/text",
        ),
        ([section("x", accessory=NOTE)], "/blocks/0/accessory/type"),
        ([{"type": "markdown", "text": "x" * 12_001}], "/blocks"),
        ([{"type": "image", "alt_text": "x"}], "/blocks/0"),
    ],
)
def test_blocks_beyond_a_limit_are_refused_with_the_place(client, blocks, where):
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="CGENERAL", text="x", blocks=blocks)

    answer = caught.value.response
    message = answer["response_metadata"]["messages"][0]
    assert answer["error"] == "invalid_blocks"
    assert message.startswith("[ERROR] ")
    assert message.endswith(f"[json-pointer:{where}]")


def test_more_than_a_hundred_attachments_are_refused(client):
    attachments = [{"text": "x"}] * 101

    with pytest.raises(SlackApiError, match="too_many_attachments"):
        client.chat_postMessage(channel="CGENERAL", text="x", attachments=attachments)


def test_elements_without_an_action_id_get_one(slack, client):
    nameless = {"type": "button", "text": plain("Retry")}
    blocks = [actions(nameless, nameless)]

    ts = client.chat_postMessage(channel="CGENERAL", text="x", blocks=blocks)["ts"]

    elements = slack.state.message("CGENERAL", ts).blocks[0]["elements"]
    assert len({each["action_id"] for each in elements}) == 2


def test_a_message_reads_as_its_blocks_or_else_its_text(slack, client):
    blocks = [
        {"type": "header", "text": plain("Two files")},
        section("`a.pdf` is on <https://p.example/|WEB-1> &amp; more", block_id="s"),
        {"type": "section", "text": plain("*b*"), "accessory": button("x", "Open")},
        {"type": "context", "elements": [plain("by"), plain("anna")]},
        {"type": "divider"},
        actions({**SELECT, "options": options(2)}, button("r", "Retry")),
    ]
    ts = client.chat_postMessage(channel="CGENERAL", text="fallback", blocks=blocks)[
        "ts"
    ]
    message = slack.state.message("CGENERAL", ts)
    slack.press(message, "s", value="1")

    assert show_message(message).split("\n") == [
        "# Two files",
        "a.pdf is on WEB-1 (https://p.example/) & more",
        "*b*  [Open]",
        "  by anna",
        "----",
        "[1] [Retry]",
    ]
    shared = slack.share([slack.add_file()], text="see &lt;WEB-1&gt;")
    slack.react(shared, "eyes")
    assert show_message(shared) == "see <WEB-1>\n  file: design.pdf\n  :eyes: 1"


def test_a_view_reads_with_what_was_entered_and_what_is_wrong(slack, client):
    shown = modal(
        section("Where to?"),
        entry("i", NOTE, label="Work item", hint=plain("such as WEB-1")),
        entry(
            "f",
            {"type": "file_input", "action_id": "f"},
            label="Files",
            optional=True,
        ),
    )
    client.views_open(trigger_id=slack.shortcut("any").trigger_id, view=shown)
    view = slack.views()[-1]
    slack.submit(view)
    before = show_view(view).split("\n")
    slack.fill(view, {"i": "WEB-1", "f": [slack.add_file()]})

    assert before == [
        "== Attach files ==",
        "Where to?",
        "Work item * (i)",
        "  [...]",
        "  such as WEB-1",
        "  ! Please complete this required field.",
        "Files (f)",
        "  [...]",
        "----",
        "[Cancel] [Attach]",
    ]
    assert "  [WEB-1]" in show_view(view)
    assert "  [design.pdf]" in show_view(view)


def test_what_can_be_ticked_and_chosen_is_shown_with_its_marks(slack, client):
    some = {"options": options(2), "initial_option": options(2)[0]}
    boxes = {"type": "checkboxes", "action_id": "c", "options": options(2)}
    menu = {"type": "overflow", "action_id": "o", "options": options(2)}
    shown = modal(
        entry("r", {"type": "radio_buttons", "action_id": "r", **some}),
        entry("s", {"type": "static_select", "action_id": "s", **some}),
        entry("c", {**boxes, "initial_options": options(2)}),
        section("More", accessory=boxes, block_id="x"),
        section("Menu", accessory=menu, block_id="y"),
    )
    client.views_open(trigger_id=slack.shortcut("any").trigger_id, view=shown)

    assert show_view(slack.views()[-1]).split("\n")[1:-2] == [
        "Work item * (r)",
        "  (x) 0",
        "  ( ) 1",
        "Work item * (s)",
        "  [0]",
        "  one of: 0 | 1",
        "Work item * (c)",
        "  [x] 0",
        "  [x] 1",
        "More  [ ] 0  [ ] 1",
        "Menu  [0] [1]",
    ]


def test_a_home_reads_without_title_and_buttons(slack, client):
    home = {"type": "home", "blocks": [section("*Recent*")]}
    client.views_publish(user_id="UANNA", view=home)

    assert show_view(slack.home()) == "Recent"
