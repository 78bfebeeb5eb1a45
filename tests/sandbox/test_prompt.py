"""The prompt's commands, with a little app that has a modal, a Home and buttons."""

import io
from types import SimpleNamespace

import pytest

from bot.sandbox.prompt import Prompt
from bot.sandbox.screen import Screen
from bot.sandbox.slack import SlackServer
from bot.sandbox.stage import Stage
from tests.sandbox.bolt_bot import (
    actions,
    button,
    connected,
    entry,
    modal,
    option,
    plain,
    section,
)

ITEMS = ("WEB-1 Login", "WEB-12 Search", "OPS-1 Certificates")
SELECT = {
    "type": "external_select",
    "action_id": "item",
    "min_query_length": 2,
    "placeholder": plain("Search"),
}
BOXES = {
    "type": "checkboxes",
    "action_id": "boxes",
    "options": [option("comment", "Comment in Plane"), option("tell", "Tell Ben")],
    "initial_options": [option("comment", "Comment in Plane")],
}
KIND = {
    "type": "static_select",
    "action_id": "kind",
    "options": [option("bug"), option("wish")],
}
FORM = (
    section("Where to?", accessory=button("help", "Help")),
    entry("item", SELECT),
    entry("files", {"type": "file_input", "action_id": "f"}, label="Files"),
    entry("more", BOXES, label="More", optional=True),
    entry("note", {"type": "plain_text_input", "action_id": "n"}, label="Note",
          optional=True),
)  # fmt: skip


class Desk:
    """A prompt, and a Slack with a little app."""

    def __init__(self, slack, plane, app):
        self.slack = slack
        self.app = app
        self.submitted = []
        self.out = io.StringIO()
        self.message = slack.post("hello")
        stage = Stage(slack, plane, SimpleNamespace(is_running=True))
        screen = Screen(self.out, self.out, {})
        self.prompt = Prompt(stage, screen, self.message)

    def type(self, line):
        """Type one line and return what it shows."""
        start = self.out.tell()
        assert not self.prompt.onecmd(line)
        return self.out.getvalue()[start:]

    def open_on(self, shortcut, *blocks, **more):
        """Let a shortcut open a modal; its submission is kept in *submitted*."""

        @self.app.shortcut(shortcut)
        def open_modal(ack, client, body):
            ack()
            view = modal(*blocks, callback_id="attach", **more)
            client.views_open(trigger_id=body["trigger_id"], view=view)

        @self.app.options("item")
        def suggest(ack, payload):
            typed = payload["value"].casefold()
            found = [each for each in ITEMS if typed in each.casefold()]
            ack(options=[option(f"id of {each}", each) for each in found])

        @self.app.view("attach")
        def submit(ack, view):
            self.submitted.append(view["state"]["values"])
            ack()

    def reply_with(self, *blocks, text="Done"):
        """Let the app write below the last message."""
        self.app.client.chat_postMessage(
            channel="CGENERAL", thread_ts=self.message.ts, text=text, blocks=blocks
        )


@pytest.fixture
def desk(plane):
    with SlackServer() as slack, connected(slack) as app:
        yield Desk(slack, plane, app)


def write_file(folder, name):
    path = folder / name
    path.write_text(name)
    return path


def test_a_shortcut_shows_the_modal_and_how_to_go_on(desk):
    desk.open_on("attach_message", *FORM)

    shown = desk.type("shortcut")

    assert shown.split("\n") == [
        "",
        "Slack, modal of loadmaster",
        "  == Attach files ==",
        "  Where to?  [Help]",
        "  Work item * (item)",
        "    [Search]",
        "  Files * (files)",
        "    [...]",
        "  More (more)",
        "    [x] Comment in Plane",
        "    [ ] Tell Ben",
        "  Note (note)",
        "    [...]",
        "  ----",
        "  [Cancel] [Attach]",
        "Go on with choose TEXT, write TEXT, tick TEXT, upload FILE..., press BUTTON,"
        " submit, close.",
        "",
    ]
    assert desk.type("modal") == shown


def test_a_modal_is_filled_in_and_submitted(desk, tmp_path):
    first, second = (write_file(tmp_path, name) for name in ("a.txt", "b c.txt"))
    desk.open_on("attach_files", *FORM)
    desk.type("shortcut global")

    assert "    [WEB-1 Login]" in desk.type("choose web-1")
    assert "    [a.txt]" in desk.type(f"upload {first}")
    assert "    [a.txt, b c.txt]" in desk.type(f"upload '{second}'")
    assert "    [x] Tell Ben" in desk.type("tick ben")
    assert "    [ ] Comment in Plane" in desk.type("tick comment")
    assert "    [see there]" in desk.type("write see there")
    shown = desk.type("submit")

    (values,) = desk.submitted
    assert values["item"]["item"]["selected_option"]["value"] == "id of WEB-1 Login"
    assert [each["name"] for each in values["files"]["f"]["files"]] == [
        "a.txt",
        "b c.txt",
    ]
    assert values["more"]["boxes"]["selected_options"] == [option("tell", "Tell Ben")]
    assert values["note"]["n"]["value"] == "see there"
    assert shown.startswith("The modal is closed.\n")
    assert desk.slack.views() == []


def test_a_search_with_several_finds_shows_them(desk):
    desk.open_on("attach_message", entry("item", SELECT))
    desk.type("shortcut")

    assert "at least 2 characters" in desk.type("choose w")
    several = desk.type("choose web")
    assert "WEB-1 Login\n" in several
    assert "WEB-12 Search\n" in several
    assert "OPS-1" not in several
    assert "Nothing is offered for ABC" in desk.type("choose ABC")
    assert "  [WEB-12 Search]" in desk.type("choose sear")
    assert "  [OPS-1 Certificates]" in desk.type('choose "Work item" OPS')


def test_several_can_be_chosen_and_taken_away_again(desk):
    several = {**SELECT, "type": "multi_external_select"}
    desk.open_on("attach_message", entry("item", several))
    desk.type("shortcut")

    assert "[WEB-1 Login]" in desk.type("choose WEB-1")
    assert "[WEB-1 Login, OPS-1 Certificates]" in desk.type("choose OPS")
    assert "[OPS-1 Certificates]" in desk.type("choose WEB-1")


def test_what_is_chosen_of_a_fixed_menu_people_and_channels_has_its_name(desk):
    who = {"type": "users_select", "action_id": "who"}
    where = {"type": "conversations_select", "action_id": "where"}
    desk.open_on(
        "attach_message", entry("kind", KIND), entry("who", who), entry("where", where)
    )

    shown = desk.type("shortcut")

    assert "one of: bug | wish" in shown
    assert "which of these you mean: kind, who, where" in desk.type("choose anna")
    assert "  [wish]" in desk.type("choose wish")
    assert "  [@ben]" in desk.type("choose who ben")
    assert "  [#random]" in desk.type("choose where random")


def test_faults_stand_at_their_fields(desk):
    desk.open_on("attach_message", *FORM, title="Attach")
    desk.type("shortcut")
    required = "    ! Please complete this required field."

    lines = desk.type("submit").split("\n")

    assert lines[lines.index("    [Search]") + 1] == required
    assert lines.count(required) == 2
    assert desk.submitted == []


def test_faults_that_the_app_finds_stand_at_their_fields(desk):
    desk.app.view("attach")(
        lambda ack: ack(response_action="errors", errors={"n": "No such work item"})
    )
    note = {"type": "plain_text_input", "action_id": "n"}
    desk.open_on("attach_message", entry("n", note))
    desk.type("shortcut")
    desk.type("write WEB-99")

    shown = desk.type("submit")

    assert "    [WEB-99]\n    ! No such work item\n" in shown
    assert shown.endswith("Go on with write TEXT, submit, close.\n")


def test_a_modal_on_top_is_shown_and_closing_it_shows_the_one_below(desk):
    top = modal(section("Sure?"), title="Really")
    desk.app.view("attach")(lambda ack: ack(response_action="push", view=top))
    desk.open_on("attach_message", section("Where to?"))
    desk.type("shortcut")

    assert "== Really ==" in desk.type("submit")
    closed = desk.type("close")
    assert closed.startswith("The modal is closed.\n")
    assert "== Attach files ==" in closed
    assert desk.type("close") == "The modal is closed.\n"
    assert desk.type("close") == "No modal is open; shortcut opens one.\n"


def test_buttons_are_listed_with_their_places_and_pressed_by_their_labels(desk):
    pressed = []

    @desk.app.action("undo")
    def undo(ack, body, client):
        ack()
        pressed.append(body["user"]["id"])
        container = body["container"]
        client.chat_update(
            channel="CGENERAL", ts=container["message_ts"], text="Removed", blocks=[]
        )

    confirm = {
        "title": plain("Sure?"),
        "text": plain("Remove it?"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    assert "There is no button" in desk.type("press")
    desk.reply_with(section("Done"), actions(button("undo", "Undo", confirm=confirm)))
    desk.app.client.chat_postEphemeral(
        channel="CGENERAL",
        user="UANNA",
        text="?",
        blocks=[actions(button("yes", "Yes"))],
    )

    desk.type("")

    assert desk.type("press") == "  only you    [Yes]  ?\n  reply       [Undo]  Done\n"
    assert "no button fly; what there is: Yes, Undo." in desk.type("press fly")
    shown = desk.type("press [undo] as ben")

    assert pressed == ["UBEN"]
    assert 'Slack asks first: "Remove it?" You say yes.' in shown
    assert "  loadmaster  Removed\n" in shown
    assert "[Undo]" not in shown


def test_of_several_buttons_of_a_name_one_says_what_it_is_about(desk):
    pressed = []
    desk.app.action("undo")(
        lambda ack, body: (ack(), pressed.append(body["message"]["text"]))
    )
    link = "*<https://p.example/|WEB-2>*"
    for text in (link, "OPS-1"):
        desk.reply_with(actions(button("undo", "Undo")), text=text)
    desk.type("")

    assert desk.type("press").split("\n") == [
        "  reply       [Undo]  OPS-1",
        "  reply       [Undo]  WEB-2 (https://p.example/)",
        "",
    ]
    desk.type("press undo web-2")
    desk.type("press undo")

    assert pressed == [link, "OPS-1"]


def test_the_button_of_an_answer_elsewhere_can_be_pressed(desk):
    direct = desk.slack.state.direct("UANNA")
    undo = actions(button("undo", "Undo"))
    desk.app.client.chat_postMessage(channel=direct.id, text="Done", blocks=[undo])

    assert "Slack, direct messages\n  loadmaster  [Undo]\n" in desk.type("thread")
    assert desk.type("press") == "  reply       [Undo]  Done\n"


def test_what_comes_late_is_shown_before_the_next_command(desk):
    desk.reply_with(section("Done"))

    shown = desk.type("")

    assert shown.startswith("\nMeanwhile:\n\nSlack, #general\n  anna        hello\n")
    assert "  loadmaster  Done\n" in shown
    assert desk.type("") == ""


def test_a_button_may_take_the_message_away_that_only_one_sees(desk):
    @desk.app.action("no")
    def dismiss(ack, respond):
        ack()
        respond(delete_original=True)

    desk.app.client.chat_postEphemeral(
        channel="CGENERAL", user="UANNA", text="?", blocks=[actions(button("no", "No"))]
    )

    desk.type("")

    assert desk.type("press no") == "The message is gone.\n"


def test_a_button_in_a_modal_shows_what_the_modal_becomes(desk):
    desk.open_on("attach_message", *FORM)

    @desk.app.action("help")
    def show_help(ack, client, body):
        ack()
        shown = modal(section("Ask anna"), submit=None)
        client.views_update(view_id=body["view"]["id"], view=shown)

    desk.type("shortcut")

    shown = desk.type("press help")

    assert "  Ask anna\n" in shown
    assert shown.endswith("Go on with close.\n")


def test_the_app_hears_at_once_of_what_is_no_input(desk):
    @desk.app.action("kind")
    def change(ack, client, body):
        ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        view = modal(section(f"A {chosen}", accessory=KIND, block_id="kind"))
        client.views_update(view_id=body["view"]["id"], view=view)

    desk.open_on(
        "attach_message",
        section("Which?", accessory=KIND, block_id="kind"),
        submit=None,
    )
    desk.type("shortcut")

    shown = desk.type("choose wish")

    assert "  A wish  [wish]\n" in shown
    assert shown.endswith("Go on with choose TEXT, submit, close.\n")
    assert shown.count("==") == 2


def test_a_file_input_for_one_file_takes_the_last_one(desk, tmp_path):
    one = {"type": "file_input", "action_id": "f", "max_files": 1}
    desk.open_on("attach_message", entry("f", one))
    desk.type("shortcut")
    desk.type(f"upload {write_file(tmp_path, 'a.txt')}")

    assert "    [b.txt]" in desk.type(f"upload {write_file(tmp_path, 'b.txt')}")
    assert "Slack does not let you do that: 2 files, allowed are 1." in desk.type(
        f"upload {tmp_path / 'a.txt'} {tmp_path / 'b.txt'}"
    )


def test_home_shows_what_the_app_publishes_and_its_buttons_work(desk):
    def publish(client, text):
        blocks = [section(text), actions(button("more", "More"))]
        client.views_publish(user_id="UANNA", view={"type": "home", "blocks": blocks})

    desk.app.event("app_home_opened")(lambda client: publish(client, "Recent"))
    desk.app.action("more")(lambda ack, client: (ack(), publish(client, "Older")))

    assert desk.type("home") == "\nSlack, Home of loadmaster\n  Recent\n  [More]\n"
    assert desk.type("press") == "  Home        [More]\n"
    assert "  Older\n" in desk.type("press more")


def test_what_only_one_person_sees_is_told_with_the_rest_of_its_thread(desk):
    @desk.app.event("reaction_added")
    def tell(event, client):
        client.chat_postEphemeral(
            channel="CGENERAL",
            user=event["user"],
            thread_ts=event["item"]["ts"],
            text=f"Hello <@{event['user']}>",
        )

    shown = desk.type("react :eyes: as Ben")

    assert shown.split("\n") == [
        "",
        "Slack, #general",
        "  anna        hello",
        "              :eyes: ben",
        "  loadmaster  Hello @ben",
        "              (only ben sees this)",
        "",
    ]
    assert "(only ben sees this)" in desk.type("thread")


def test_a_slash_commands_answer_and_what_follows_it_are_shown(desk):
    @desk.app.command("/attach")
    def attach(ack, command, client):
        ack(text=f"I look for {command['text']}")
        desk.reply_with(section("Found it"))

    shown = desk.type("/attach WEB-2 please")

    aside, thread = shown.split("Slack, #general\n")[1:]
    assert "  loadmaster  I look for WEB-2 please\n" in aside
    assert "              (only you see this)\n" in aside
    assert "  anna        hello\n  loadmaster  Found it\n" in thread


def test_the_last_message_is_the_one_that_was_answered(desk):
    other = desk.slack.post("the other one", channel="CRANDOM")
    desk.slack.invite_bot("CRANDOM")

    @desk.app.command("/attach")
    def attach(ack, client):
        ack()
        client.chat_postMessage(channel="CRANDOM", thread_ts=other.ts, text="Found it")

    desk.type("/attach")

    assert "Slack, #random\n  anna        the other one\n" in desk.type("thread")


def test_a_mention_a_reply_and_a_direct_message_arrive(desk):
    @desk.app.event("message")
    def echo(event, say):
        if "bot_id" not in event:
            say(text=f"So: {event['text']}", thread_ts=event.get("thread_ts"))

    mention = desk.type('mention "a < b on WEB-2"')
    reply = desk.type("reply loud")
    direct = desk.type("dm help")

    assert "  anna        @loadmaster a < b on WEB-2\n" in mention
    assert "  loadmaster  So: @loadmaster a < b on WEB-2\n" in mention
    assert "  anna        loud\n  loadmaster  So: loud\n" in reply
    assert "Slack, direct messages\n  anna        help\n" in direct
    assert "  loadmaster  So: help\n" in direct


def test_what_the_app_does_not_take_is_told_as_slack_does(desk):
    desk.reply_with(actions(button("unknown", "Undo")))
    desk.open_on("attach_files", section("Which?", accessory=KIND))
    desk.type("shortcut global")

    assert "shows an error (http_client_error)." in desk.type("choose wish")
    assert "shows an error (http_client_error)." in desk.type("shortcut")
    assert "shows an error (http_client_error)." in desk.type("press undo")
    assert '/attach failed with the error "http_client_error".' in desk.type("/attach")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/fly", "Slack knows no /fly here; there is /attach."),
        ("mention", "Write a text, too: mention put these on WEB-2."),
        ("reply", "Write a text, too: reply see WEB-2."),
        ("dm", 'Write the files, then the text: dm a.pdf "see WEB-2".'),
        ("react as emily", "There is no emily here; there are anna, ben, guest."),
        ("react no:such", "Slack has no emoji no:such; write a name, such as"),
        ("shortcut here", "Write shortcut for the last message's, or shortcut global."),
        ("choose x", "No modal is open; shortcut opens one."),
        ("submit", "No modal is open; shortcut opens one."),
        ("press x", "There is no button x; what there is: none."),
    ],
)
def test_what_is_typed_wrongly_gets_one_sentence(desk, line, sentence):
    shown = desk.type(line)

    assert shown.startswith(sentence)
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("choose", "Type at least 2 characters of what you look for."),
        ("tick", "Write which box you mean: Comment in Plane, Tell Ben."),
        ("tick x", "Write which box you mean: Comment in Plane, Tell Ben."),
        ("upload", "Write which files: upload a.pdf b.pdf."),
        ("upload missing.pdf", "missing.pdf is not there."),
    ],
)
def test_what_is_typed_wrongly_into_a_modal_gets_one_sentence(desk, line, sentence):
    desk.open_on("attach_message", *FORM)
    desk.type("shortcut")

    assert desk.type(line) == f"{sentence}\n"


def test_a_command_that_does_not_fit_the_modal_tells_which_do(desk):
    desk.open_on("attach_message", section("Nothing to fill in"))
    desk.type("shortcut")

    assert desk.type("write x") == (
        "The modal has nothing of that sort; it has submit, close.\n"
    )


def test_a_second_reaction_of_the_same_kind_is_told(desk):
    desk.slack.react(desk.message, "paperclip")

    shown = desk.type("react \N{PAPERCLIP}")

    assert shown.startswith("That person has reacted with :paperclip: already;")
