"""What can be told about a file from Slack's description of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.files import SharedFile, check_file, parse_file
from bot.errors import (
    FileDeleted,
    FileElsewhere,
    FileEmpty,
    FileHidden,
    FileInvisible,
    FileNotDownloadable,
    FileNotReady,
    FileTooLarge,
    MalformedEvent,
)

URL = "https://files.slack.com/files-pri/T1-F1/download/design.pdf"
WHOLE = {
    "id": "F1",
    "name": "design.pdf",
    "title": "Design",
    "mimetype": "application/pdf",
    "filetype": "pdf",
    "mode": "hosted",
    "file_access": "visible",
    "is_external": False,
    "external_type": "",
    "size": 12,
    "url_private": "https://files.slack.com/files-pri/T1-F1/design.pdf",
    "url_private_download": URL,
}
DRIVE = "https://docs.google.com/document/d/1e8Ltk/edit?tab=t.0#heading=h.1"
#: docs.slack.dev/reference/methods/files.remote.info
REMOTE = {
    "mode": "external",
    "is_external": True,
    "external_type": "gdrive",
    "filetype": "remote",
    "mimetype": "application/vnd.slack-remote",
    "size": 0,
    "url_private_download": None,
}


def file(**fields):
    return parse_file({**WHOLE, **fields})


def problem_of(shared, *, limit=None):
    """Return the code and the facts of what keeps the file back; None if nothing."""
    try:
        check_file(shared, limit=limit)
    except (
        FileDeleted,
        FileElsewhere,
        FileEmpty,
        FileHidden,
        FileInvisible,
        FileNotDownloadable,
        FileNotReady,
        FileTooLarge,
    ) as problem:
        return problem.code, problem.facts
    return None


def test_a_whole_description_is_read():
    assert file() == SharedFile(
        file_id="F1",
        name="design.pdf",
        mimetype="application/pdf",
        filetype="pdf",
        mode="hosted",
        file_access="visible",
        size=12,
        url=URL,
        external_type="",
        title="Design",
    )


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"name": None}, "name", "Design", id="title for the name"),
        pytest.param({"name": "", "title": None}, "name", None, id="no name"),
        pytest.param({"name": 5, "title": []}, "name", None, id="odd name"),
        pytest.param(
            {"url_private_download": None},
            "url",
            WHOLE["url_private"],
            id="one address",
        ),
        pytest.param(
            {"url_private_download": None, "url_private": ""}, "url", None, id="none"
        ),
        pytest.param({"size": "12"}, "size", None, id="size is a text"),
        pytest.param({"size": 12.0}, "size", None, id="size is a fraction"),
        pytest.param({"size": True}, "size", None, id="size is a boolean"),
        pytest.param({"size": -1}, "size", None, id="size below zero"),
        pytest.param({"size": 2**53}, "size", 2**53, id="largest size"),
        pytest.param({"size": 2**53 + 1}, "size", None, id="no possible size"),
        pytest.param({"size": 0}, "size", 0, id="size zero"),
        pytest.param({"mode": None}, "mode", "", id="no mode"),
        pytest.param({"is_external": True}, "mode", "external", id="external"),
        pytest.param({"is_external": "yes"}, "mode", "hosted", id="odd external"),
    ],
)
def test_what_slack_leaves_out_or_garbles_is_not_known(fields, name, value):
    assert getattr(file(**fields), name) == value


@pytest.mark.parametrize("mode", ["hosted", "snippet", "email"])
def test_a_file_whose_bytes_slack_holds_is_attached(mode):
    assert problem_of(file(mode=mode)) is None
    assert not file(mode=mode).is_stub


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"mode": "tombstone"}, ("FileDeleted", {}), id="deleted"),
        pytest.param(
            {"file_access": "file_not_found"}, ("FileDeleted", {}), id="not found"
        ),
        pytest.param({"mode": "hidden_by_limit"}, ("FileHidden", {}), id="hidden"),
        pytest.param(
            {"file_access": "access_denied"}, ("FileInvisible", {}), id="denied"
        ),
        pytest.param(
            {"mode": "file_access", "file_access": "check_file_info"},
            ("FileInvisible", {}),
            id="a stub that files.info does not fill in",
        ),
        pytest.param(
            {"mode": "file_access", "file_access": "file_not_found"},
            ("FileDeleted", {}),
            id="a stub of what is gone",
        ),
        pytest.param(
            {**REMOTE, "url_private": None},
            ("FileElsewhere", {"service": "Google Drive"}),
            id="remote at no address",
        ),
        pytest.param(
            {**REMOTE, "mode": "hosted", "url_private": "file:///etc/passwd"},
            ("FileElsewhere", {"service": "Google Drive"}),
            id="remote that says it is hosted, at an odd address",
        ),
        pytest.param(
            {"mode": "external", "external_type": None, "url_private": None},
            ("FileElsewhere", {"service": "another service"}),
            id="remote somewhere",
        ),
        pytest.param(
            {**REMOTE, "file_access": "access_denied", "external_url": DRIVE},
            ("FileInvisible", {}),
            id="remote and denied",
        ),
        *(
            pytest.param(
                {"mode": mode}, ("FileNotDownloadable", {"kind": mode}), id=mode
            )
            for mode in ("post", "space", "docs", "canvas", "quip", "list", "new_one")
        ),
        pytest.param(
            {"mode": None, "filetype": "quip"},
            ("FileNotDownloadable", {"kind": "quip"}),
            id="no mode",
        ),
        pytest.param(
            {"url_private": None, "url_private_download": None},
            ("FileNotReady", {}),
            id="no address yet",
        ),
        pytest.param({"size": None}, ("FileNotReady", {}), id="no size yet"),
        pytest.param({"size": 0}, ("FileEmpty", {}), id="empty"),
        pytest.param(
            {"mode": "tombstone", "size": None, "is_external": None},
            ("FileDeleted", {}),
            id="deleted and bare",
        ),
    ],
)
def test_each_kind_of_file_has_its_problem(fields, problem):
    assert problem_of(file(**fields), limit=100) == problem


def test_a_remote_file_has_the_other_services_address_and_none_of_slacks():
    shared = file(**REMOTE, external_url=DRIVE)

    assert (shared.external_url, shared.url) == (DRIVE, None)
    assert problem_of(shared, limit=0) is None
    assert not shared.is_stub


def test_a_hosted_file_has_no_other_address():
    shared = file(external_url=DRIVE)

    assert (shared.external_url, shared.url) == (None, URL)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "a/b.pdf", "title": "A/B"}, "b.pdf"),
        ({**REMOTE, "external_url": DRIVE, "title": "Q1/Q2 plan"}, "Q1/Q2 plan"),
        ({**REMOTE, "external_url": DRIVE, "title": None}, "design.pdf"),
        ({**REMOTE, "external_url": DRIVE, "title": "\u200b \n"}, "design.pdf"),
        (
            {**REMOTE, "external_url": DRIVE, "title": None, "name": None},
            "file-F1.remote",
        ),
        ({**REMOTE, "url_private": None, "title": "Q1/Q2"}, "design.pdf"),
    ],
)
def test_a_file_has_its_name_and_a_link_its_title(fields, name):
    assert file(**fields).plane_name == name


@pytest.mark.parametrize(
    ("size", "limit", "problem"),
    [
        (100, 100, None),
        (101, 100, ("FileTooLarge", {"size": 101, "limit": 100})),
        (1, 1, None),
        (2**53, None, None),
    ],
)
def test_a_file_may_have_exactly_as_many_bytes_as_plane_takes(size, limit, problem):
    assert problem_of(file(size=size), limit=limit) == problem


@pytest.mark.parametrize(
    ("fields", "is_stub"),
    [
        pytest.param({}, False, id="whole"),
        pytest.param({"mode": "file_access", "file_access": "check_file_info"}, True),
        pytest.param({"file_access": "check_file_info"}, True, id="check_file_info"),
        pytest.param({"url_private": "", "url_private_download": ""}, True, id="early"),
        pytest.param({"size": None}, True, id="no size"),
        pytest.param({"mode": "tombstone", "size": None}, False, id="deleted"),
        pytest.param({"mode": "external", "size": None}, False, id="remote"),
        pytest.param({"mode": "canvas", "size": None}, False, id="canvas"),
    ],
)
def test_only_what_files_info_can_fill_in_is_a_stub(fields, is_stub):
    assert file(**fields).is_stub is is_stub


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "F1",
        [],
        {},
        {"id": None},
        {"id": 1},
        {"id": ""},
        {"id": "F"},
        {"id": "f1"},
        {"id": "F1/.."},
        {"id": "F1\n"},
        {"id": "Ｆ１"},
        {"id": "F" * 65},
    ],
)
def test_a_file_without_a_usable_id_is_malformed(raw):
    with pytest.raises(MalformedEvent):
        parse_file(raw)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["hosted", "external", "file_access", "tombstone", "", "F1"])
    | st.lists(st.text(), max_size=2)
    | st.dictionaries(st.text(), st.text(), max_size=2)
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), VALUES))
def test_any_description_is_malformed_or_read_and_judged(fields):
    try:
        shared = parse_file({**WHOLE, **fields})
    except MalformedEvent:
        return
    if problem_of(shared, limit=1000) is not None:
        return
    if shared.mode == "external":
        assert shared.external_url.startswith(("http://", "https://"))
        assert shared.url is None
    else:
        assert shared.external_url is None
        assert shared.mode in {"hosted", "snippet", "email"}
        assert shared.url
        assert 0 < shared.size <= 1000


@given(VALUES)
def test_anything_that_is_no_description_is_malformed(value):
    with pytest.raises(MalformedEvent):
        parse_file(value)
