"""The form: what it carries comes back as it was, and any body is one of it or none."""

import copy
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.files import SharedFile
from bot.domain.forms import (
    Entries,
    Form,
    MessageFiles,
    Moving,
    Opening,
    Subject,
    Uploads,
    parse_command_opening,
    parse_entries,
    parse_form,
    parse_message_shortcut,
    parse_opening,
    print_form,
    refuse_upload,
)
from bot.domain.references import WorkItemId, WorkItemKey
from bot.errors import FileEmpty, FileTooLarge, MalformedEvent
from tests.domain.bodies import JSON, mutated

PERSON = {
    "team": {"id": "T1", "domain": "acme"},
    "user": {"id": "U1", "team_id": "T1"},
    "trigger_id": "1.2.abc",
    "response_url": "https://hooks.slack.com/actions/1",
}
SHORTCUT = {
    **PERSON,
    "type": "message_action",
    "message_ts": "1.1",
    "channel": {"id": "C1", "name": "general"},
    "message": {"type": "message", "ts": "1.1", "user": "U2", "text": "look"},
}
COMMAND = {
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "text": "",
    "trigger_id": "1.2.abc",
    "response_url": "https://hooks.slack.com/commands/1",
}
UPLOAD = {"id": "F9", "name": "a.pdf", "mode": "hosted", "size": 5, "user": "U2"}
OPTION = {"text": {"type": "plain_text", "text": "WEB-12 A title"}, "value": "WEB-12"}
ITEM = {"type": "external_select", "selected_option": OPTION}
BOXES = {"type": "checkboxes", "selected_options": [{"value": "F1"}, {"value": "F2"}]}
INPUT = {"type": "file_input", "files": [UPLOAD]}


def submission(item=ITEM, files=BOXES, **fields):
    values = {"item": {"item": item}, "files": {"files": files}}
    view = {"id": "V1", "callback_id": "attach", "state": {"values": values}}
    return {"type": "view_submission", **PERSON, "view": view, **fields}


# --- what it carries ----------------------------------------------------------


SUBJECTS = [Uploads(), MessageFiles("C1", "1.1"), Moving(17)]


@pytest.mark.parametrize("subject", SUBJECTS, ids=repr)
def test_a_form_comes_back_as_it_was(subject):
    form = Form("T1", "U1", subject)

    assert parse_form(json.loads(json.dumps(print_form(form)))) == form


def test_every_kind_is_among_them():
    assert {type(subject) for subject in SUBJECTS} == set(get_args(Subject))


@given(
    st.text(),
    st.text(),
    st.builds(Uploads)
    | st.builds(MessageFiles, st.text(), st.text())
    | st.builds(Moving, st.integers()),
)
def test_any_form_comes_back_as_it_was(team_id, user_id, subject):
    form = Form(team_id, user_id, subject)

    assert parse_form(json.loads(json.dumps(print_form(form)))) == form


# --- what opens it ------------------------------------------------------------


def test_a_shortcut_is_about_its_message():
    form = Form("T1", "U1", MessageFiles("C1", "1.1"))
    url = PERSON["response_url"]

    assert parse_message_shortcut(SHORTCUT) == Opening(form, "1.2.abc", url)


def test_a_message_tells_its_own_time_where_the_payload_does_not():
    payload = {name: SHORTCUT[name] for name in SHORTCUT if name != "message_ts"}

    assert parse_message_shortcut(payload).form.subject == MessageFiles("C1", "1.1")


def test_the_message_may_be_a_bots():
    message = {"type": "message", "subtype": "bot_message", "ts": "1.1", "bot_id": "B1"}

    opening = parse_message_shortcut({**SHORTCUT, "message": message})

    assert opening.form == Form("T1", "U1", MessageFiles("C1", "1.1"))


@pytest.mark.parametrize("response_url", [None, "", "missing"])
def test_a_global_shortcut_has_no_response_url(response_url):
    payload = {**PERSON, "response_url": response_url}
    if response_url == "missing":
        del payload["response_url"]

    opening = parse_opening(payload, Uploads())

    assert opening == Opening(Form("T1", "U1", Uploads()), "1.2.abc", "")


def test_a_command_opens_a_form_for_uploads():
    url = COMMAND["response_url"]
    form = Form("T1", "U1", Uploads())

    assert parse_command_opening(COMMAND) == Opening(form, "1.2.abc", url)


@pytest.mark.parametrize(
    "fields",
    [
        {"team": None},
        {"team": {"id": "t1"}},
        {"user": None},
        {"user": {"id": ["U1"]}},
        {"trigger_id": None},
        {"trigger_id": ""},
        {"trigger_id": {"id": 1}},
        {"response_url": ["https://hooks.slack.com"]},
        {"channel": None},
        {"channel": {"id": "general"}},
        {"message": None},
        {"message_ts": "soon"},
        {"message_ts": 1.1},
    ],
    ids=repr,
)
def test_a_shortcut_that_slack_would_never_send_is_malformed(fields):
    with pytest.raises(MalformedEvent):
        parse_message_shortcut({**SHORTCUT, **fields})


@pytest.mark.parametrize("read", [parse_message_shortcut, parse_command_opening])
@given(payload=st.dictionaries(st.text(), JSON) | mutated(SHORTCUT, COMMAND))
def test_any_payload_opens_a_form_or_is_malformed(read, payload):
    try:
        opening = read(payload)
    except MalformedEvent:
        return
    assert opening.trigger_id
    assert opening.form.team_id.isascii()
    assert opening.form.user_id.isascii()


# --- what was entered ---------------------------------------------------------


def test_the_ticked_files_and_the_chosen_item_are_read():
    assert parse_entries(submission()) == Entries(
        "V1", "T1", "U1", False, WorkItemKey("WEB", 12), ("F1", "F2"), ()
    )


def test_a_multi_select_is_read_like_checkboxes():
    menu = {**BOXES, "type": "multi_static_select"}

    assert parse_entries(submission(files=menu)).file_ids == ("F1", "F2")


def test_what_was_uploaded_is_shared_by_the_one_who_submits():
    (file,) = parse_entries(submission(files=INPUT)).uploads

    assert (file.file_id, file.name) == ("F9", "a.pdf")
    assert (file.shared_by, file.uploaded_by) == ("U1", "U2")


@pytest.mark.parametrize(
    ("user", "enterprise", "expected"),
    [
        ({"id": "U1", "team_id": "T1"}, None, False),
        ({"id": "U1"}, None, False),
        ({"id": "U1", "team_id": None}, None, False),
        ({"id": "U1", "team_id": "E1"}, {"id": "E1"}, False),
        ({"id": "U1", "team_id": "T2"}, None, True),
        ({"id": "U1", "team_id": "T2"}, {"id": "E1"}, True),
        ({"id": "U1", "team_id": ["T1"]}, None, True),
    ],
)
def test_a_person_of_another_organisation_is_known_as_such(user, enterprise, expected):
    body = submission(user=user, enterprise=enterprise)

    assert parse_entries(body).is_external is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("WEB-12", WorkItemKey("WEB", 12)),
        ("0" * 8 + "-0000-0000-0000-" + "0" * 12 + "/" + "1" * 8 + "-1111-1111-1111-" +
         "1" * 12, WorkItemId("0" * 8 + "-0000-0000-0000-" + "0" * 12,
                              "1" * 8 + "-1111-1111-1111-" + "1" * 12)),
        ("", None),
        ("web-12", None),
        ("WEB-0", None),
        ("WEB-99999999999", None),
        ("WEB-1/../../2", None),
        ("WEB-１２", None),
    ],
)  # fmt: skip
def test_only_a_reference_as_we_gave_it_out_counts(value, expected):
    item = {**ITEM, "selected_option": {"value": value}}

    assert parse_entries(submission(item=item)).reference == expected


@pytest.mark.parametrize(
    "values",
    [{}, {"item": None}, {"item": {"item": None}, "files": {"files": None}},
     {"item": {"other": ITEM}, "files": []}],
)  # fmt: skip
def test_inputs_that_are_not_there_are_empty(values):
    body = submission()
    body["view"]["state"]["values"] = values

    entries = parse_entries(body)

    assert (entries.reference, entries.file_ids, entries.uploads) == (None, (), ())


@pytest.mark.parametrize("files", [
    {"selected_options": None, "files": None},
    {"selected_options": [], "files": []},
])  # fmt: skip
def test_what_was_left_empty_is_nothing(files):
    entries = parse_entries(submission(item={"selected_option": None}, files=files))

    assert (entries.reference, entries.file_ids, entries.uploads) == (None, (), ())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("team",), None),
        (("user", "id"), "nobody"),
        (("view",), None),
        (("view", "id"), None),
        (("view", "state"), None),
        (("view", "state", "values"), None),
        (("view", "state", "values"), []),
        (("view", "state", "values", "files", "files", "selected_options"), {"a": 1}),
        (("view", "state", "values", "files", "files", "selected_options"), ["F1"]),
        (("view", "state", "values", "files", "files", "selected_options", 0), {}),
        (("view", "state", "values", "item", "item", "selected_option", "value"), 12),
    ],
    ids=str,
)
def test_a_submission_that_slack_would_never_send_is_malformed(path, value):
    body = inner = copy.deepcopy(submission())
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    with pytest.raises(MalformedEvent):
        parse_entries(body)


@given(JSON | mutated(submission(), submission(files=INPUT)))
def test_any_submission_has_entries_or_is_malformed(body):
    try:
        entries = parse_entries(body)
    except MalformedEvent:
        return
    ids = [entries.view_id, entries.team_id, entries.user_id, *entries.file_ids]
    ids += [file.file_id for file in entries.uploads]
    assert all(each.isascii() and each.isalnum() and len(each) <= 64 for each in ids)


# --- what is refused at once --------------------------------------------------


def test_an_upload_is_refused_for_what_is_told_of_it():
    whole = {"mode": "hosted", "url": "https://files.slack.com/x"}

    with pytest.raises(FileEmpty):
        refuse_upload(SharedFile("F1", size=0, **whole), limit=None)
    with pytest.raises(FileTooLarge):
        refuse_upload(SharedFile("F1", size=11, **whole), limit=10)
    refuse_upload(SharedFile("F1", size=10, **whole), limit=10)


@pytest.mark.parametrize("fields", [
    {},
    {"size": 0},
    {"mode": "hosted"},
    {"mode": "hosted", "size": 12},
    {"mode": "hosted", "size": 0},
    {"mode": "file_access", "file_access": "check_file_info"},
])  # fmt: skip
def test_an_upload_of_which_little_is_told_is_not_refused(fields):
    """The documentation's example has neither size nor mode."""
    refuse_upload(SharedFile("F1", **fields), limit=10)
