"""The form's views keep to Slack's limits, whatever it offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.files import SharedFile
from bot.domain.form_views import (
    build_loading,
    build_message_form,
    build_move_form,
    build_option,
    build_upload_form,
    build_word,
)
from bot.sandbox.slack.block_kit.blocks import elements_of
from bot.sandbox.slack.block_kit.objects import check_option
from bot.sandbox.slack.block_kit.values import first_values
from bot.sandbox.slack.block_kit.views import check_view

SEAL = "a-seal"
NAMES = [
    "design.pdf",
    None,
    "",
    " \n\t ",
    "x" * 75,
    "x" * 400,
    "漢字" * 60,
    "\N{FAMILY}" * 80,
    "<!channel> &amp; *b* `c`",
    "line one\nline two",
    "\u202egnp.exe",
    "\u200b\u200b",
    "\ud800",
    "\x00\x1b[31m",
    "../../etc/passwd",
]


def checked(view):
    """Return the view as Slack would keep it; fail where it would refuse it."""
    return check_view(view, "modal", lambda kind: kind)


def menu(view):
    """Return the element that files are chosen in."""
    (block,) = [each for each in view["blocks"] if each.get("block_id") == "files"]
    (element,) = elements_of(block)
    return element


def sections(view):
    return [b["text"]["text"] for b in view["blocks"] if b["type"] == "section"]


def some(number):
    return [SharedFile(f"F{n}", name=f"{n}.pdf", size=n) for n in range(number)]


@pytest.mark.parametrize(
    "view",
    [
        build_loading(),
        build_word("I am not in that conversation."),
        build_word("x" * 5000),
        build_upload_form(SEAL),
        build_upload_form(SEAL, said=["That message has no files."]),
    ],
)
def test_slack_takes_every_view(view):
    checked(view)


@pytest.mark.parametrize("name", NAMES, ids=repr)
@pytest.mark.parametrize("size", [None, 0, 12, 2**53])
@pytest.mark.parametrize("external_url", [None, "https://docs.example.com/1"])
def test_any_name_is_an_option(name, size, external_url):
    files = [SharedFile("F1", name=name, size=size, external_url=external_url)]

    for view in (
        build_message_form(SEAL, files),
        build_move_form(SEAL, files, "WEB-1"),
    ):
        (option,) = menu(checked(view))["options"]
        assert option["value"] == "F1"
        shown = option["text"]["text"]
        assert all(c.isprintable() or c in "\u200c\u200d" for c in shown), shown
        assert size is None or shown.endswith((" bytes)", "B)"))


def test_a_file_without_a_name_is_called_by_its_id():
    (option,) = menu(build_message_form(SEAL, [SharedFile("F1")]))["options"]

    assert option["text"]["text"] == "file-F1"


def test_a_name_is_shown_as_it_will_be_in_plane_with_its_size():
    file = SharedFile("F1", name="a/../plan :tada:.pdf", size=1536)

    (option,) = menu(build_message_form(SEAL, [file]))["options"]

    assert option["text"] == {
        "type": "plain_text",
        "text": "plan :tada:.pdf (1.5 KB)",
        "emoji": False,
    }


def test_a_remote_file_is_called_what_its_link_will_be():
    file = SharedFile(
        "F1",
        name="plan",
        title="The plan / for all",
        mode="external",
        external_url="https://docs.example.com/1",
    )

    (option,) = menu(checked(build_message_form(SEAL, [file])))["options"]

    assert option["text"]["text"] == file.plane_name == "The plan / for all"


def test_a_long_name_is_cut_before_its_size():
    file = SharedFile("F1", name="x" * 200, size=1536)

    (option,) = menu(build_message_form(SEAL, [file]))["options"]

    assert option["text"]["text"] == "x" * 65 + "… (1.5 KB)"


@pytest.mark.parametrize(
    ("number", "kind", "offered"),
    [
        (1, "checkboxes", 1),
        (10, "checkboxes", 10),
        (11, "multi_static_select", 11),
        (100, "multi_static_select", 100),
        (101, "multi_static_select", 100),
        (600, "multi_static_select", 100),
    ],
)
def test_any_number_of_files_is_offered_and_chosen(number, kind, offered):
    files = some(number)

    for view in (
        build_message_form(SEAL, files),
        build_move_form(SEAL, files, "WEB-1"),
    ):
        element = menu(checked(view))
        assert element["type"] == kind
        assert len(element["options"]) == offered
        chosen = first_values(view["blocks"])["files", "files"]["selected_options"]
        assert [each["value"] for each in chosen] == [f.file_id for f in files[:100]]


@pytest.mark.parametrize("number", [100, 101])
def test_files_that_have_no_place_are_told(number):
    told = "These are the first 100 of 101 files."

    for view in (
        build_message_form(SEAL, some(number)),
        build_move_form(SEAL, some(number), "WEB-1"),
    ):
        assert (told in sections(view)) is (number > 100)


def test_what_keeps_files_out_is_told_up_to_what_anybody_reads():
    view = checked(build_upload_form(SEAL, said=[f"No {n}." for n in range(150)]))

    said = sections(view)
    assert said[:2] == ["No 0.", "No 1."]
    assert said[-2:] == ["No 19.", "130 more cannot be attached either."]


def test_twenty_of_them_are_all_told():
    assert len(sections(build_upload_form(SEAL, said=["No."] * 20))) == 20


def test_a_move_tells_from_where_the_files_go():
    view = checked(build_move_form(SEAL, some(1), "WEB-1, OPS-2"))

    assert view["submit"]["text"] == "Move"
    assert "attached to WEB-1, OPS-2 now" in sections(view)[0]


def test_many_work_items_to_move_from_do_no_harm():
    items = ", ".join(f"LONGPROJECTS-{number}" for number in range(1000))

    checked(build_move_form(SEAL, some(1), items))


@pytest.mark.parametrize("build", [build_message_form, build_upload_form])
def test_the_seal_goes_along(build):
    arguments = (SEAL, some(1)) if build is build_message_form else (SEAL,)

    assert checked(build(*arguments))["private_metadata"] == SEAL


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("WEB-1 The login page", "WEB-1 The login page"),
        ("WEB-1 ", "WEB-1"),
        ("WEB-1 a\n\tb", "WEB-1 a b"),
        ("WEB-1 " + "x" * 69, "WEB-1 " + "x" * 69),
        ("WEB-1 " + "x" * 70, "WEB-1 " + "x" * 68 + "…"),
    ],
)
def test_an_option_is_one_line_that_slack_takes(text, shown):
    option = build_option("WEB-1", text)

    assert option["text"]["text"] == shown


@given(st.text())
def test_any_title_is_an_option(title):
    option = build_option("WEB-1", f"WEB-1 {title}")

    assert list(check_option(option, "/")) == []


@given(
    st.lists(
        st.builds(
            SharedFile,
            st.uuids().map(lambda value: f"F{value.hex.upper()}"),
            name=st.none() | st.text(),
            size=st.none() | st.integers(0, 2**53),
        ),
        min_size=1,
        max_size=15,
    ),
    st.lists(st.text(min_size=1), max_size=30),
)
def test_slack_takes_the_form_of_any_files(files, said):
    checked(build_message_form(SEAL, files, said=said))
