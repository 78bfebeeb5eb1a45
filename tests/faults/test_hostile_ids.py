"""A button or a form does only what its user may do now, whatever ids it brings."""

import pytest

from tests.faults.posting import interact

NUMBERS = ["0", "-1", "9" * 18, "9" * 400, "1 OR 1=1", "1;--", "\u0661", "1\n", " 1"]
ODD = ["", None, 5, {}, [], True, "\ud800", "x" * 100_000]
BUTTONS = ("undo", "retry", "move", "choose", "consent", "refuse", "attach", "item")
SECRET = {"channel": "CSECRET"}


def press(action_id, value, *, user="UBEN", **fields):
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": user, "team_id": "T1"},
        "channel": {"id": "CGENERAL"},
        "container": {"type": "message", "message_ts": "1.1"},
        "actions": [{"type": "button", "action_id": action_id, "value": value}],
        **fields,
    }


def submission(seal, **state):
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "UBEN", "team_id": "T1"},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "attach",
            "private_metadata": seal,
            "state": state or {"values": {}},
        },
    }


def finish(world, message, text):
    """Wait for the reply that says *text*, and return it."""
    found = world.slack.wait_for_reply(
        message.channel_id, message.ts, lambda reply: text in reply.text
    )
    world.settle()
    return found


def share(world, text="WEB-1", **fields):
    file = world.slack.add_file(
        **({"user": fields["user"]} if "user" in fields else {})
    )
    return world.slack.share([file], text=text, **fields)


def outside(world):
    """Return all that anybody could see of what the bot did."""
    return (
        [row.id for row in world.plane.state.attachments()],
        [row.id for row in world.plane.state.comments()],
        sorted((each.ts, each.text) for each in world.slack.state.everywhere()),
    )


def test_a_button_elsewhere_and_with_any_value_does_nothing(world, tally):
    done, failed = share(world, **SECRET), share(world, "OPS-3", **SECRET)
    finish(world, done, "is attached.")
    finish(world, failed, "no OPS-3")
    world.plane.state.add_work_item(world.plane.state.project("OPS"), "Now there")
    before = outside(world)
    values = ["1", "2", "1.0123456789abcdef", *NUMBERS, *ODD]
    elsewhere = [
        {"channel": {"id": "CGENERAL"}},
        {"team": {"id": "T2"}, "channel": {"id": "CSECRET"}},
        {"channel": None, "view": {"type": "home"}},
        {"channel": None, "view": {"type": "modal"}},
        {"channel": {"id": "CSECRET' OR '1'='1"}},
    ]

    presses = [
        press(button, value, **place)
        for button in BUTTONS
        for value in values
        for place in elsewhere
    ]
    statuses = {interact(world, each) for each in presses}

    assert max(statuses) < 500
    world.settle()
    assert outside(world) == before
    tally("inputs", len(presses))


def test_a_form_with_any_private_metadata_does_nothing(world, tally):
    message = share(world, "no key", **SECRET)
    world.slack.message_shortcut("attach_message", message)
    theirs = world.slack.wait_for_view("UANNA", lambda view: len(view.blocks) > 1)
    seal = theirs.content["private_metadata"]
    plain = '{"team":"T1","user":"UBEN","kind":"move","share_id":1}'
    before = outside(world)

    values = {
        "item": {"item": {"selected_option": {"value": "WEB-1"}}},
        "files": {"files": {"selected_options": [{"value": message.files[0].id}]}},
    }
    seals = [seal, seal[:-1], f"{seal}x", seal[::-1], plain, "1", *NUMBERS, *ODD]
    statuses = [interact(world, submission(each, values=values)) for each in seals]

    assert set(statuses) == {200}  # told at the field
    refused = "A form was refused: BrokenSeal"
    world.wait(lambda: world.bot.log.count(refused) == len(seals))
    world.settle()
    assert outside(world) == before
    tally("inputs", len(seals))


def test_what_was_opened_to_move_files_moves_none_that_were_removed_since(world):
    message = share(world)
    reply = finish(world, message, "is attached.")
    world.slack.press(reply, "move")
    view = world.slack.wait_for_view()
    world.slack.press(reply, "undo")
    finish(world, message, "was removed again.")

    world.slack.suggest(view, "item", "item", "WEB-2")
    result = world.slack.submit(world.slack.fill(view, {"item": "WEB-2"}))

    assert "Not all of them are there any more." in result.errors["files"]
    world.settle()
    assert world.plane.state.attachments() == []


@pytest.mark.parametrize(
    ("settings", "place", "told"),
    [
        ({"ATTACH_PRIVATE": "deny"}, SECRET, "ATTACH_PRIVATE"),
        (
            {"ATTACH_EXTERNAL_USERS": "false"},
            {"channel": "CSHARED", "user": "USTRANGER"},
            "ATTACH_EXTERNAL_USERS",
        ),
    ],
    ids=["private", "external"],
)
@pytest.mark.parametrize("was_attached", [True, False], ids=["undone", "failed"])
def test_an_old_button_gets_around_no_setting_of_today(
    stopped, settings, place, told, was_attached
):
    world = stopped
    world.start_bot(ATTACH_PRIVATE="allow", ATTACH_EXTERNAL_USERS="true")
    message = share(world, "WEB-1" if was_attached else "OPS-3", **place)
    if was_attached:
        reply = finish(world, message, "is attached.")
        user = place.get("user", "UANNA")
        world.slack.press(reply, "undo", user=user)
        reply = finish(world, message, "was removed again.")
    else:
        reply = finish(world, message, "no OPS-3")
        world.plane.state.add_work_item(world.plane.state.project("OPS"), "Now there")
    world.bot.terminate()
    world.start_bot(**settings)

    world.slack.press(reply, "retry", user=place.get("user", "UANNA"))

    finish(world, message, told)
    assert world.plane.state.attachments() == []


def test_a_stranger_is_shown_no_titles_of_work_items(world):
    message = share(world, "no key", channel="CSHARED")
    world.slack.react(message, "paperclip", user="USTRANGER")
    world.slack.press(world.slack.wait_for_ephemeral("USTRANGER"), "choose")
    view = world.slack.wait_for_view("USTRANGER", lambda view: len(view.blocks) > 1)

    by_title = world.slack.suggest(view, "item", "item", "Login")
    by_key = world.slack.suggest(view, "item", "item", "WEB-1")

    assert by_title == []
    assert [each["text"]["text"] for each in by_key] == ["WEB-1"]
