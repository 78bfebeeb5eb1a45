"""What Slack sends of the form is taken in, or answered at the field that is wrong."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.config import AttachSettings, PrivateFiles
from bot.domain.forms import Form, MessageFiles, Moving, Uploads
from bot.domain.outcomes import ATTACHED
from bot.entrypoints.web import dispatch
from bot.work.ledger.attachments import AttachmentLedger
from bot.work.ledger.database import Database
from bot.work.ledger.schema import shares
from bot.work.ledger.shares import ShareLedger
from bot.work.runner import JobKind
from bot.work.seals import Sealer
from tests.domain.bodies import JSON, mutated
from tests.entrypoints.bolt import build_bolt
from tests.migrated import put_database
from tests.work.values import Clock, found, item_id, make_share

ATTACH = AttachSettings(
    on_share=True,
    emoji="paperclip",
    command="/attach",
    external_users=False,
    private=PrivateFiles.ALLOW,
)
#: As tests.entrypoints.bolt has it.
SEALER = Sealer("xoxb-x")
FORM = Form("T1", "U1", MessageFiles("C1", "1.1"))
SEAL = SEALER.seal(FORM)
INVALID = "This form is no longer valid. Close it, then open it anew."
ITEM = {"type": "external_select", "selected_option": {"value": "WEB-2"}}
BOXES = {"type": "checkboxes", "selected_options": [{"value": "F1"}]}


class Runner:
    def __init__(self):
        self.submitted = []

    def submit(self, job, *, at=0.0):
        self.submitted.append(job)


@pytest.fixture
def runner():
    return Runner()


@pytest.fixture
def database(tmp_path):
    put_database(tmp_path / "loadmaster.db")
    database = Database(f"sqlite:///{tmp_path}/loadmaster.db")
    yield database
    database.close()


@pytest.fixture
def app(database, runner):
    return build_bolt(database, runner, ATTACH)


@pytest.fixture
def stored(database):
    """How to look at the shares that were stored."""

    def look():
        with database.read() as connection:
            return list(connection.execute(select(shares).order_by(shares.c.id)))

    return look


def submission(seal=SEAL, *, item=ITEM, files=BOXES, view="V1", team="T1", user="U1"):
    values = {"item": {"item": item}, "files": {"files": files}}
    return {
        "type": "view_submission",
        "team": {"id": team, "domain": "acme"},
        "user": {"id": user, "team_id": team},
        "view": {
            "id": view,
            "type": "modal",
            "callback_id": "attach",
            "private_metadata": seal,
            "state": {"values": values},
        },
    }


def errors(answer):
    """Return what stands at the fields; None where the form was taken."""
    assert answer.status == 200
    if not answer.body:
        return None
    body = json.loads(answer.body)
    assert body["response_action"] == "errors"
    return body["errors"]


def test_a_form_that_is_right_is_stored_and_closed(app, stored, runner):
    assert errors(dispatch(app, submission())) is None

    (share,) = stored()
    assert (share.team_id, share.channel_id, share.user_id) == ("T1", "C1", "U1")
    assert share.trigger == "form:V1"
    assert [(job.kind, job.row_id) for job in runner.submitted] == [
        (JobKind.SHARE, share.id)
    ]


def test_submitted_twice_it_is_stored_and_handed_over_once(app, stored, runner):
    for _ in range(2):
        assert errors(dispatch(app, submission())) is None

    assert len(stored()) == 1
    assert len(runner.submitted) == 1


def test_what_is_wrong_is_told_at_its_field_and_not_stored(app, stored):
    answer = dispatch(app, submission(item={"selected_option": None}, files={}))

    assert set(errors(answer)) == {"item", "files"}
    assert stored() == []


@pytest.mark.parametrize("body", [
    submission(user="U2"),
    submission(team="T2"),
    submission(""),
    submission(None),
    submission("\ud800"),
    submission(["x"]),
    submission(Sealer("xoxb-another").seal(FORM)),
    submission(SEAL[:-5]),
    {**submission(), "team": None},
])  # fmt: skip
def test_a_form_that_is_not_its_persons_is_refused(app, stored, body):
    assert errors(dispatch(app, body)) == {"item": INVALID}
    assert stored() == []


@pytest.mark.parametrize("state", [None, {}, {"values": None}, {"values": []}])
def test_a_form_without_values_is_refused(app, stored, state):
    body = submission()
    body["view"]["state"] = state

    assert errors(dispatch(app, body)) == {"item": INVALID}
    assert stored() == []


@pytest.mark.parametrize(
    "value", ["", "OTHER", "web-2", "WEB-2 ", "https://plane.example.com/acme/WEB-2"]
)
def test_an_option_that_was_never_offered_is_refused(app, stored, value):
    item = {**ITEM, "selected_option": {"value": value}}

    assert list(errors(dispatch(app, submission(item=item)))) == ["item"]
    assert stored() == []


def test_what_another_organisations_person_submits_is_stored_as_theirs(app, stored):
    body = submission()
    body["user"]["team_id"] = "T2"

    assert errors(dispatch(app, body)) is None

    assert [share.is_external for share in stored()] == [True]


def test_files_of_another_kind_of_form_are_no_choice(app, stored):
    """No client of Slack's does so: else all files of the message would be meant."""
    files = {"type": "file_input", "files": [{"id": "F9", "name": "a.pdf"}]}

    assert errors(dispatch(app, submission(files=files))) == {
        "files": "Choose at least one file."
    }
    uploads = SEALER.seal(Form("T1", "U1", Uploads()))
    assert errors(dispatch(app, submission(uploads))) == {
        "files": "Choose at least one file."
    }
    assert stored() == []


def test_a_form_that_cannot_be_stored_is_an_error_to_slack(app, database):
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE shares RENAME TO gone")

    assert dispatch(app, submission()).status == 500


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=40,
)
@given(state=mutated(submission()["view"]["state"]), seal=JSON | st.just(SEAL))
def test_whatever_was_entered_the_bot_does_not_stumble(app, state, seal):
    body = submission(seal)
    body["view"]["state"] = state

    errors(dispatch(app, body))


# --- moves --------------------------------------------------------------------


@pytest.fixture
def attached(database):
    """A share of U1 with a file on WEB-1: its id."""
    ledger = ShareLedger(database, clock=Clock())
    share_id = ledger.add(make_share("F1"))
    (attachment_id,) = ledger.plan(share_id, [found("WEB-1")])
    attachments = AttachmentLedger(database, clock=Clock())
    attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
    return share_id


def moving(share_id, **fields):
    return submission(SEALER.seal(Form("T1", "U1", Moving(share_id))), **fields)


def test_a_move_is_stored_with_what_it_moves(app, stored, attached):
    assert errors(dispatch(app, moving(attached))) is None

    _, share = stored()
    assert (share.moves, share.channel_id) == (attached, "C1")


def test_two_forms_of_one_press_may_both_be_submitted(app, stored, attached):
    for view in ("V1", "V2"):
        assert errors(dispatch(app, moving(attached, view=view))) is None

    assert [share.moves for share in stored()] == [None, attached, attached]


def test_a_file_that_the_share_did_not_attach_is_not_moved(app, stored, attached):
    files = {**BOXES, "selected_options": [{"value": "F1"}, {"value": "F8"}]}

    faults = errors(dispatch(app, moving(attached, files=files)))

    assert "Not all of them are there any more" in faults["files"]
    assert len(stored()) == 1


def test_a_share_that_is_nobodys_is_not_moved(app, stored, attached):
    faults = errors(dispatch(app, moving(attached + 1)))

    assert "Not all of them are there any more" in faults["files"]
    assert len(stored()) == 1


# --- the menu and the buttons -------------------------------------------------


def suggestion(value):
    return {
        "type": "block_suggestion",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {"id": "V1", "callback_id": "attach"},
        "action_id": "item",
        "block_id": "item",
        "value": value,
    }


@pytest.mark.parametrize(
    "value", [None, "", 5, ["WEB-1"], {"a": 1}, "login", "\ud800", "9" * 9999, "%_'"]
)
def test_whatever_is_typed_the_menu_has_an_answer_without_plane(app, value):
    answer = dispatch(app, suggestion(value))

    assert answer.status == 200
    assert json.loads(answer.body) == {"options": []}


@pytest.mark.parametrize(
    "user", [{"id": "U1", "team_id": "T2"}, {"id": "U1", "team_id": 5}, "U1", None]
)
def test_who_is_not_known_as_ours_gets_no_more_than_what_they_typed(app, user):
    answer = dispatch(app, {**suggestion("WEB-1"), "user": user})

    assert answer.status == 200
    assert [each["text"]["text"] for each in json.loads(answer.body)["options"]] == [
        "WEB-1"
    ]


PRESS = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U2", "team_id": "T1"},
    "channel": {"id": "C1"},
    "trigger_id": "1.2.x",
}


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("choose", SEAL),
        ("choose", ""),
        ("choose", "\ud800"),
        ("choose", None),
        ("choose", 5),
        ("move", "x"),
        ("move", None),
        ("move", "9" * 40),
    ],
)
def test_a_button_in_other_hands_or_with_another_value_is_acknowledged(
    app, stored, action_id, value
):
    action = {"type": "button", "action_id": action_id, "value": value}

    answer = dispatch(app, {**PRESS, "actions": [{**action, "block_id": "b"}]})

    assert (answer.status, answer.body) == (200, "")
    assert stored() == []


@pytest.mark.parametrize(
    "body",
    [
        {"type": "shortcut", "callback_id": "attach_files"},
        {"type": "message_action", "callback_id": "attach_message", "channel": None},
        {"type": "message_action", "callback_id": "attach_message", "message": {}},
    ],
)
def test_a_shortcut_of_which_things_are_missing_is_acknowledged(app, body):
    known = {"team": {"id": "T1"}, "user": {"id": "U1"}}

    assert dispatch(app, {**known, **body}).status == 200


def test_a_bare_command_of_which_things_are_missing_is_acknowledged(app, stored):
    body = {"command": "/attach", "text": " ", "trigger_id": "1.2.x", "user_id": "u"}

    assert dispatch(app, {**body, "team_id": "T1"}).status == 200
    assert stored() == []
