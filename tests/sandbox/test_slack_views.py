"""Modals: opened, filled in, submitted, closed; the App Home."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import Generated, Refused, SlackServer
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

TEXT = {"type": "plain_text_input", "action_id": "note"}
FILES = {"type": "file_input", "action_id": "files"}
HOME = {"type": "home", "blocks": [section("hello")]}


class Desk:
    """The emulated Slack, a client, and ways to open what is tested."""

    def __init__(self, slack, app):
        self.slack = slack
        self.app = app
        self.client = WebClient(slack.bot_token, base_url=slack.api_url)
        app.shortcut("open")(lambda ack: ack())

    def open(self, *blocks, **more):
        trigger_id = self.slack.shortcut("open").trigger_id
        shown = modal(*blocks, callback_id="attach", **more)
        self.client.views_open(trigger_id=trigger_id, view=shown)
        return self.slack.wait_for_view()

    def on_submit(self, *args, **answer):
        """Let the app answer a submission; return where it keeps what it got."""
        got = []
        self.app.view("attach")(
            lambda ack, body: (got.append(body), ack(*args, **answer))
        )
        return got


@pytest.fixture(params=MODES)
def both(request):
    with SlackServer() as slack, connected(slack, request.param) as app:
        yield Desk(slack, app)


@pytest.fixture
def desk():
    with SlackServer() as slack, connected(slack) as app:
        yield Desk(slack, app)


def error_of(call, **arguments):
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def test_a_submission_brings_every_value_in_its_shape(both):
    elements = {
        "note": TEXT,
        "kind": {
            "type": "static_select",
            "action_id": "kind",
            "options": [option("bug"), option("wish")],
        },
        "tags": {
            "type": "checkboxes",
            "action_id": "tags",
            "options": [option("a"), option("b")],
            "initial_options": [option("a")],
        },
        "files": FILES,
        "who": {"type": "users_select", "action_id": "who"},
        "when": {"type": "datepicker", "action_id": "when"},
    }
    got = both.on_submit()
    blocks = [entry(name, each, optional=True) for name, each in elements.items()]
    view = both.open(*blocks, private_metadata="C1 1.2")
    file = both.slack.add_file()

    both.slack.fill(view, {"note": "hi", "kind": "bug", "files": [file]})
    both.slack.fill(view, {"who": "UBEN"})
    result = both.slack.submit(view)

    shown = got[0]["view"]
    values = {name: shown["state"]["values"][name][each["action_id"]]
              for name, each in elements.items()}  # fmt: skip
    assert values["note"] == {"type": "plain_text_input", "value": "hi"}
    assert values["kind"]["selected_option"] == option("bug")
    assert values["tags"]["selected_options"] == [option("a")]
    assert values["files"]["files"][0]["id"] == file.id
    assert values["files"]["files"][0]["url_private_download"]
    assert values["who"] == {"type": "users_select", "selected_user": "UBEN"}
    assert values["when"] == {"type": "datepicker", "selected_date": None}
    assert (shown["private_metadata"], shown["root_view_id"]) == ("C1 1.2", view.id)
    assert (got[0]["user"]["id"], got[0]["response_urls"]) == ("UANNA", [])
    assert (result.action, result.view, result.error) == ("close", None, None)
    assert both.slack.views() == []


def test_errors_are_shown_below_their_inputs_and_the_view_stays(both):
    both.on_submit(response_action="errors", errors={"b": "No such work item"})
    view = both.slack.fill(both.open(entry("b", TEXT)), {"b": "WEB-99"})

    result = both.slack.submit(view)

    assert (result.action, result.errors) == ("errors", {"b": "No such work item"})
    assert both.slack.views() == [view]
    assert view.errors == {"b": "No such work item"}


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"note": "an action_id"}},
        {"response_action": "errors", "errors": {"text": "not an input"}},
        {"response_action": "errors", "errors": {"b": ""}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": modal(section(""))},
        {"response_action": "update", "view": None},
        {"response_action": "push", "view": modal(title="x" * 25)},
        {"response_action": "explode"},
        {"text": "thanks"},
    ],
)
def test_an_answer_that_slack_cannot_show_leaves_the_view_as_it_is(desk, answer):
    desk.on_submit({name: each for name, each in answer.items() if each is not None})
    view = desk.open(section("x", block_id="text"), entry("b", TEXT, optional=True))

    result = desk.slack.submit(view)

    assert (result.error, result.view, result.action) == (
        "invalid_response",
        view,
        None,
    )
    assert result.faults
    assert (desk.slack.views(), view.errors) == ([view], {})


def test_a_submission_may_update_push_or_clear(desk):
    answers = iter(
        [
            {"response_action": "update", "view": modal(section("1"), title="One")},
            {"response_action": "push", "view": modal(section("2"), title="Two")},
            {"response_action": "push", "view": modal(section("3"), title="Three")},
            {"response_action": "push", "view": modal(section("4"), title="Four")},
            {"response_action": "clear"},
        ]
    )
    desk.app.view("attach")(lambda ack: ack(next(answers)))
    desk.app.view("")(lambda ack: ack(next(answers)))
    view = desk.open(entry("b", TEXT, optional=True))

    updated = desk.slack.submit(view)
    pushed = desk.slack.submit(updated.view)
    again = desk.slack.submit(pushed.view)
    refused = desk.slack.submit(again.view)
    shown = [each.title for each in desk.slack.views()]
    cleared = desk.slack.submit(again.view)

    assert (updated.view, view.title) == (view, "One")
    assert shown == ["One", "Two", "Three"]
    assert refused.faults == ("push_limit_reached",)
    assert (again.view.previous_id, again.view.root_id) == (pushed.view.id, view.id)
    assert (cleared.action, desk.slack.views()) == ("clear", [])


def test_an_app_that_does_not_answer_a_submission_keeps_it_open(desk):
    view = desk.open(entry("b", TEXT, optional=True))

    result = desk.slack.submit(view)  # no listener: Bolt answers with 404

    assert (result.error, result.view) == ("http_client_error", view)


def test_an_empty_input_is_asked_for_before_the_app_is(desk):
    view = desk.open(entry("b", TEXT), entry("c", FILES, optional=True))
    before = len(desk.slack.requests)

    result = desk.slack.submit(view)

    assert (result.request, list(result.errors)) == (None, ["b"])
    assert len(desk.slack.requests) == before


def test_the_client_takes_no_more_than_an_input_allows(desk):
    short = {**TEXT, "max_length": 3, "min_length": 2}
    few = {**FILES, "max_files": 2, "filetypes": ["pdf"]}
    view = desk.open(entry("t", short), entry("f", few), entry("all", FILES))
    small = desk.slack.add_file()

    for values, match in [
        ({"t": "abcd"}, "4 characters"),
        ({"t": "a"}, "1 characters"),
        ({"f": [small] * 3}, "3 files"),
        ({"all": [small] * 11}, "11 files"),
        ({"f": [desk.slack.add_file(name="a.txt", mimetype="text/plain")]}, "none of"),
        ({"f": [desk.slack.add_file(content=Generated(10_000_001))]}, "larger"),
        ({"nowhere": "x"}, "no input"),
    ]:
        with pytest.raises(Refused, match=match):
            desk.slack.fill(view, values)
    desk.slack.fill(view, {"t": "abc", "f": [small] * 2, "all": [small] * 10})


def test_closing_is_told_to_who_wants_to_know(both):
    got = []
    both.app.view_closed("attach")(lambda ack, body: (ack(), got.append(body)))

    assert both.slack.close_view(both.open(section("x"))) is None
    view = both.open(section("x"), notify_on_close=True)
    request = both.slack.close_view(view)

    assert (got[0]["type"], got[0]["is_cleared"]) == ("view_closed", False)
    assert got[0]["view"]["id"] == view.id
    assert (request.error, both.slack.views()) == (None, [])
    for act in (both.slack.close_view, lambda view: both.slack.fill(view, {})):
        with pytest.raises(Refused, match="closed"):
            act(view)


def test_closing_a_pushed_view_shows_the_one_below_unless_all_are_cleared(desk):
    desk.app.action("more")(lambda ack: ack())
    desk.app.view_closed("attach")(lambda ack: ack())
    first = desk.open(actions(button("more")), notify_on_close=True)

    def push(**more):
        trigger_id = desk.slack.press(first, "more").trigger_id
        view = modal(section("x"), **more)
        desk.client.views_push(trigger_id=trigger_id, view=view)
        return desk.slack.views()[-1]

    assert desk.slack.close_view(push()) is None
    assert desk.slack.views() == [first]
    request = desk.slack.close_view(push(clear_on_close=True))
    assert request.payload["is_cleared"] is True
    assert desk.slack.views() == []


def test_a_third_push_is_one_too_many(desk):
    desk.app.action("more")(lambda ack: ack())
    view = desk.open(actions(button("more")))

    def push():
        top = desk.slack.views()[-1]
        trigger_id = desk.slack.press(top, "more").trigger_id
        shown = modal(actions(button("more")))
        desk.client.views_push(trigger_id=trigger_id, view=shown)

    push()
    push()
    assert len({each.root_id for each in desk.slack.views()}) == 1
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        push()
    with pytest.raises(Refused):
        desk.slack.submit(view)


def test_only_a_trigger_from_a_modal_pushes(desk):
    desk.open(section("x"))
    trigger_id = desk.slack.shortcut("open").trigger_id

    error = error_of(
        desk.client.views_push, trigger_id=trigger_id, view=modal(section("x"))
    )

    assert error == "not_found"


def test_an_update_keeps_what_was_entered_in_the_same_inputs(desk):
    view = desk.open(entry("a", TEXT), entry("b", TEXT))
    desk.slack.fill(view, {"a": "kept", "b": "lost"})
    before = view.hash

    fresh = modal(entry("a", TEXT), entry("c", {**TEXT, "initial_value": "new"}))
    desk.client.views_update(view_id=view.id, view=fresh, hash=before)

    values = {key[0]: each["value"] for key, each in view.values.items()}
    assert values == {"a": "kept", "c": "new"}
    assert view.hash != before


def test_an_update_of_what_has_changed_or_gone_is_refused(desk):
    view = desk.open(section("x"))
    update = desk.client.views_update
    fresh = modal(section("y"))

    assert error_of(update, view_id=view.id, view=fresh, hash="1.x") == "hash_conflict"
    assert error_of(update, view_id="V0", view=fresh) == "not_found"
    desk.slack.close_view(view)
    assert error_of(update, view_id=view.id, view=fresh) == "not_found"


def test_an_external_id_finds_a_view_and_belongs_to_one(desk):
    view = desk.open(section("x"), external_id="mine")
    trigger_id = desk.slack.shortcut("open").trigger_id
    same = modal(section("y"), external_id="mine")

    error = error_of(desk.client.views_open, trigger_id=trigger_id, view=same)
    desk.client.views_update(external_id="mine", view=same)

    assert error == "duplicate_external_id"
    assert view.blocks[0]["text"]["text"] == "y"


@pytest.mark.parametrize(
    ("view", "where"),
    [
        (modal(section("x"), title="x" * 25), "/view/title/text"),
        (modal(section("x"), title=""), "/view/title/text"),
        (modal(section("x"), submit="x" * 25), "/view/submit/text"),
        (modal(section("x"), close=plain("x" * 25)), "/view/close/text"),
        (modal(entry("b", TEXT), submit=None), "/view]"),
        (modal(*[section("x")] * 101), "/view/blocks]"),
        (modal(section("x"), private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(section("x"), callback_id="x" * 256), "/view/callback_id"),
        (modal(section("x"), colour="red"), "/view]"),
        (modal(section("x"), type="home"), "/view/type"),
        (modal(entry("b", TEXT), entry("b", TEXT)), "/view/blocks]"),
        (modal(entry("b", button("x"))), "/view/blocks/0/element/type"),
        (modal(actions(TEXT)), "/view/blocks/0/elements/0/type"),
        (modal(entry("b", TEXT, label="")), "/view/blocks/0/label/text"),
        (modal(entry("b", {**FILES, "max_files": 11})), "/element/max_files"),
    ],
)
def test_a_view_that_breaks_a_rule_is_refused_with_the_place(desk, view, where):
    trigger_id = desk.slack.shortcut("open").trigger_id

    with pytest.raises(SlackApiError) as caught:
        desk.client.views_open(trigger_id=trigger_id, view=view)

    answer = caught.value.response
    assert answer["error"] == "invalid_arguments"
    assert where in answer["response_metadata"]["messages"][0]
    assert desk.slack.views() == []


def test_a_view_of_a_hundred_blocks_and_three_thousand_characters_is_fine(desk):
    blocks = [section("x", block_id=str(number)) for number in range(100)]

    view = desk.open(*blocks, title="x" * 24, private_metadata="x" * 3000)

    assert len(view.blocks) == 100


def test_a_view_of_more_than_250_kb_is_too_large(desk):
    trigger_id = desk.slack.shortcut("open").trigger_id
    view = modal(*[section("x" * 3000) for _ in range(84)])

    error = error_of(desk.client.views_open, trigger_id=trigger_id, view=view)

    assert error == "view_too_large"


def test_a_conversation_chosen_in_a_modal_can_be_answered_in(desk):
    got = desk.on_submit()
    select = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
    }
    view = desk.slack.fill(desk.open(entry("b", select)), {"b": "CRANDOM"})

    desk.slack.submit(view)

    (found,) = got[0]["response_urls"]
    assert (found["block_id"], found["channel_id"]) == ("b", "CRANDOM")
    assert found["response_url"].startswith(desk.slack.origin)


def test_the_home_is_published_and_the_next_opening_shows_it(both):
    got = []
    both.app.event("app_home_opened")(lambda event: got.append(event))

    both.slack.open_home()
    both.slack.wait_idle()
    both.client.views_publish(user_id="UANNA", view=HOME)
    delivery = both.slack.open_home()
    both.slack.wait_idle()

    first, second = (each.event for each in both.slack.deliveries)
    assert (first["user"], first["tab"], first["channel"]) == (
        "UANNA",
        "home",
        "DANNA",
    )
    assert "view" not in first
    assert second["view"]["id"] == both.slack.home().id
    assert delivery.acknowledged


def test_publishing_again_changes_the_same_view(desk):
    desk.client.views_publish(user_id="UBEN", view=HOME)
    view = desk.slack.wait_for_home("UBEN")
    fresh = {"type": "home", "blocks": [actions(button("retry", value="1"))]}
    before = view.hash

    desk.client.views_publish(user_id="UBEN", view=fresh, hash=before)
    payload = desk.slack.press(view, "retry").payload

    assert desk.slack.home("UBEN") is view
    assert (payload["user"]["id"], payload["view"]["type"]) == ("UBEN", "home")
    publish = desk.client.views_publish
    assert error_of(publish, user_id="UBEN", view=HOME, hash=before) == "hash_conflict"


def test_a_home_is_refused_where_there_can_be_none(desk):
    publish = desk.client.views_publish
    blocks = [entry("b", FILES)]

    assert error_of(publish, user_id="U0", view=HOME) == "user_not_found"
    assert error_of(publish, user_id="UANNA", view=modal()) == "invalid_arguments"
    with_file = {"type": "home", "blocks": blocks}
    assert error_of(publish, user_id="UANNA", view=with_file) == "invalid_arguments"
    desk.slack.view_methods.has_home = False
    assert error_of(publish, user_id="UANNA", view=HOME) == "not_enabled"


def test_waiting_for_a_view_tells_what_is_open_instead(desk):
    desk.open(section("x"))

    with pytest.raises(TimeoutError, match="Attach files"):
        desk.slack.wait_for_view(
            predicate=lambda view: view.title == "Done", timeout=0.01
        )
    with pytest.raises(TimeoutError, match="Home"):
        desk.slack.wait_for_home(timeout=0.01)
    with pytest.raises(TimeoutError, match="message"):
        desk.slack.wait_for_ephemeral(timeout=0.01)
