"""A submitted form: faults at its fields, or the share that it asks for."""

from dataclasses import replace

import pytest

from bot.domain.files import SharedFile
from bot.domain.forms import Entries, Form, MessageFiles, Moving, Uploads
from bot.domain.moves import Movable
from bot.domain.references import WorkItemId, WorkItemKey
from bot.domain.seeks import SeekMessage, SeekUploads
from bot.domain.submissions import build_share, find_faults

WEB_1 = WorkItemKey("WEB", 1)
F1, F2, F3 = (SharedFile(f"F{n}", name=f"{n}.pdf") for n in (1, 2, 3))
UPLOAD = SharedFile("F9", name="a.pdf", mode="hosted", size=5, url="https://x/")
MOVABLE = Movable(
    share_id=17,
    channel_id="C1",
    message_ts="1.1",
    thread_ts="1.0",
    is_private=True,
    is_external=False,
    files=(F1, F2, F3),
    item_keys=("OPS-2",),
)
MESSAGE = MessageFiles("C1", "1.1")


def form(subject):
    return Form("T1", "U1", subject)


def entered(reference=WEB_1, file_ids=(), uploads=(), **fields):
    known = {"view_id": "V1", "team_id": "T1", "user_id": "U1", "is_external": False}
    return Entries(
        reference=reference,
        file_ids=tuple(file_ids),
        uploads=tuple(uploads),
        **{**known, **fields},
    )


def faults(subject, entries, *, is_known=True, movable=None, limit=None):
    return find_faults(
        form(subject), entries, is_known=is_known, movable=movable, limit=limit
    )


# --- what is wrong ------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "entries", "movable"),
    [
        (Uploads(), entered(uploads=[UPLOAD]), None),
        (MESSAGE, entered(file_ids=["F1"]), None),
        (Moving(17), entered(file_ids=["F1", "F3"]), MOVABLE),
    ],
)
def test_what_is_right_has_no_faults(subject, entries, movable):
    assert faults(subject, entries, movable=movable) == {}


def test_a_work_item_has_to_be_chosen():
    (field,) = found = faults(MESSAGE, entered(None, ["F1"]))

    assert field == "item"
    assert "Choose a work item" in found["item"]


def test_its_project_has_to_be_known():
    found = faults(MESSAGE, entered(file_ids=["F1"]), is_known=False)

    assert found == {"item": "I know no project of WEB-1 in Plane."}


@pytest.mark.parametrize(
    ("subject", "entries", "movable"),
    [
        (Uploads(), entered(), None),
        (MESSAGE, entered(), None),
        (Moving(17), entered(), MOVABLE),
        pytest.param(Uploads(), entered(file_ids=["F1"]), None, id="ticked uploads"),
        pytest.param(MESSAGE, entered(uploads=[UPLOAD]), None, id="uploaded instead"),
        pytest.param(Moving(17), entered(uploads=[UPLOAD]), MOVABLE, id="move uploads"),
    ],
)
def test_files_have_to_be_chosen_from_what_the_form_offers(subject, entries, movable):
    assert faults(subject, entries, movable=movable) == {
        "files": "Choose at least one file."
    }


def test_all_faults_are_told_at_once():
    assert set(faults(MESSAGE, entered(None))) == {"item", "files"}


@pytest.mark.parametrize(
    ("file_ids", "movable"), [(["F1", "F8"], MOVABLE), (["F1"], None)]
)
def test_what_is_not_there_any_more_cannot_be_moved(file_ids, movable):
    found = faults(Moving(17), entered(file_ids=file_ids), movable=movable)

    assert list(found) == ["files"]
    assert "Not all of them are there any more" in found["files"]


def test_files_of_a_message_are_looked_for_later():
    """Their ids came from outside: what is not in the message is found nowhere."""
    assert faults(MESSAGE, entered(file_ids=["FELSEWHERE"])) == {}


def test_to_move_files_to_where_all_of_them_are_is_no_move():
    movable = replace(MOVABLE, item_keys=("WEB-1",))

    found = faults(Moving(17), entered(file_ids=["F1"]), movable=movable)

    assert found == {"item": "What you move is on WEB-1 now. Choose another one."}


def test_to_move_files_from_two_items_to_one_of_them_is_a_move():
    movable = replace(MOVABLE, item_keys=("WEB-1", "OPS-2"))

    assert faults(Moving(17), entered(file_ids=["F1"]), movable=movable) == {}


def test_every_upload_that_cannot_be_attached_is_told_by_its_name():
    empty = SharedFile("F8", name="<b>`empty`.txt", mode="hosted", size=0, url="x")
    large = SharedFile("F7", mode="hosted", size=2048, url="x")

    found = faults(Uploads(), entered(uploads=[UPLOAD, empty, large]), limit=1024)

    assert list(found) == ["files"]
    assert "“<b>`empty`.txt” is empty" in found["files"]
    assert "“F7” is 2 KB; Plane takes files up to 1 KB here" in found["files"]
    assert "a.pdf" not in found["files"]


# --- what is asked for --------------------------------------------------------


def test_files_of_a_message_are_sought_in_it():
    entries = entered(file_ids=["F1", "F2"])

    share = build_share(form(MESSAGE), entries, None)

    assert (share.team_id, share.channel_id, share.user_id) == ("T1", "C1", "U1")
    assert share.seek == SeekMessage("1.1", only=("F1", "F2"))
    assert (share.references, share.files, share.moves) == ((WEB_1,), (), None)
    assert (share.message_ts, share.thread_ts) == (None, None)
    assert (share.is_private, share.is_external) == (None, False)
    assert share.identity == "form:V1"


def test_uploads_are_looked_up_and_answered_to_their_person():
    share = build_share(form(Uploads()), entered(uploads=[UPLOAD]), None)

    assert share.seek == SeekUploads(("F9",))
    assert (share.channel_id, share.is_private) == ("U1", False)
    assert share.files == ()


def test_a_move_takes_the_chosen_files_and_answers_where_they_came_from():
    share = build_share(form(Moving(17)), entered(file_ids=["F3", "F1"]), MOVABLE)

    assert (share.files, share.moves, share.seek) == ((F1, F3), 17, None)
    assert (share.channel_id, share.message_ts, share.thread_ts) == ("C1", "1.1", "1.0")
    assert (share.is_private, share.is_external) == (True, False)
    assert share.identity == "form:V1"


@pytest.mark.parametrize("subject", [MESSAGE, Uploads(), Moving(17)])
def test_what_another_organisations_person_asks_for_is_theirs(subject):
    movable = MOVABLE if isinstance(subject, Moving) else None

    share = build_share(form(subject), entered(is_external=True), movable)

    assert share.is_external


def test_what_another_organisations_person_shared_stays_theirs_when_it_is_moved():
    movable = replace(MOVABLE, is_external=True)

    assert build_share(form(Moving(17)), entered(file_ids=["F1"]), movable).is_external


def test_a_work_item_may_be_chosen_by_its_ids():
    ids = WorkItemId(*["0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01"] * 2)

    assert build_share(form(MESSAGE), entered(ids, ["F1"]), None).references == (ids,)


def test_one_form_is_one_share_however_often_it_is_submitted():
    first = build_share(form(MESSAGE), entered(file_ids=["F1"]), None)
    again = build_share(form(MESSAGE), entered(file_ids=["F2"]), None)
    other = build_share(form(MESSAGE), entered(file_ids=["F1"], view_id="V2"), None)

    assert first.identity == again.identity != other.identity
