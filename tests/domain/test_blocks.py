"""The blocks of a reply: its text in sections that Slack takes, and its buttons."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import errors
from bot.domain.blocks import MOVE, RETRY, UNDO, build_reply
from bot.domain.help import write_help
from bot.domain.outcomes import (
    ALREADY_ATTACHED,
    ALREADY_LINKED,
    ATTACHED,
    CONSENT_AWAITED,
    CONSENT_REFUSED,
    HELP,
    MOVED,
    UNDONE,
    Outcome,
)
from bot.domain.references import PlaneLinks
from bot.domain.replies import write_reply
from bot.domain.reports import FileLine, ItemReport, Report

LINKS = PlaneLinks("https://plane.example.com", "acme")
#: docs.slack.dev/reference/block-kit/blocks: of a message, and of a section's text.
MOST_BLOCKS, LONGEST_SECTION = 50, 3000
DOWN = Outcome.giving_up(errors.PlaneUnavailable())
EMPTY = Outcome.of(errors.FileEmpty())
NOT_FOUND = Outcome.of(errors.WorkItemNotFound("WEB-9"))
LINKED = Outcome.linked("Google Drive")
KEPT = Outcome.kept(errors.PlaneUnavailable())


def report(*outcomes, problem=None, is_planned=True):
    files = tuple(FileLine(f"{n}.pdf", each) for n, each in enumerate(outcomes))
    items = (ItemReport("WEB-1", problem=problem, files=files),)
    return Report(items=items, is_planned=is_planned)


def buttons(told):
    """Return action ids and values of the buttons below a reply."""
    blocks = build_reply("text", told, share_id=17)
    rows = [each["elements"] for each in blocks if each["type"] == "actions"]
    return [(each["action_id"], each["value"]) for row in rows for each in row]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(report(ATTACHED), [UNDO, MOVE], id="attached"),
        pytest.param(
            report(ATTACHED, ALREADY_ATTACHED), [UNDO, MOVE], id="and already"
        ),
        pytest.param(report(ATTACHED, DOWN), [UNDO, MOVE, RETRY], id="and given up"),
        pytest.param(report(ATTACHED, EMPTY), [UNDO, MOVE], id="and empty"),
        pytest.param(report(ALREADY_ATTACHED), [], id="already"),
        pytest.param(report(LINKED), [UNDO, MOVE], id="linked"),
        pytest.param(
            report(LINKED, DOWN), [UNDO, MOVE, RETRY], id="linked, one given up"
        ),
        pytest.param(report(ALREADY_LINKED), [], id="linked already"),
        pytest.param(report(EMPTY), [], id="empty"),
        pytest.param(report(DOWN), [RETRY], id="given up"),
        pytest.param(report(UNDONE), [RETRY], id="undone"),
        pytest.param(report(Outcome(MOVED, {"item": "WEB-2"})), [], id="moved"),
        pytest.param(report(KEPT), [UNDO, MOVE], id="not undone"),
        pytest.param(report(problem=NOT_FOUND), [RETRY], id="no work item"),
        pytest.param(
            report(problem=Outcome.of(errors.ExternalPerson())), [], id="a stranger's"
        ),
        pytest.param(report(ATTACHED, None), [], id="one is open"),
        pytest.param(report(ATTACHED, is_planned=False), [], id="an edit is open"),
        pytest.param(report(), [], id="nothing"),
        pytest.param(Report((), is_planned=True, notice=HELP), [], id="help"),
    ],
)
def test_a_button_is_there_where_it_is_of_use(told, expected):
    assert buttons(told) == [(action_id, "17") for action_id in expected]


@pytest.mark.parametrize(
    ("told", "label"),
    [
        (report(UNDONE, UNDONE, ALREADY_ATTACHED), "Attach again"),
        (report(UNDONE, EMPTY), "Attach again"),
        (report(UNDONE, DOWN), "Retry"),
        (report(UNDONE, problem=NOT_FOUND), "Retry"),
        (report(DOWN), "Retry"),
    ],
)
def test_after_undo_the_button_says_attach_again_and_not_retry(told, label):
    *_, row = build_reply("text", told, share_id=17)

    assert [each["text"]["text"] for each in row["elements"]] == [label]


@pytest.mark.parametrize(
    ("outcomes", "labels"),
    [
        ([CONSENT_AWAITED], ["Ask again"]),
        ([ATTACHED, CONSENT_AWAITED, CONSENT_REFUSED], ["Undo", "Move", "Ask again"]),
        ([CONSENT_REFUSED, EMPTY], ["Ask again"]),
        ([CONSENT_AWAITED, DOWN], ["Retry"]),
        ([CONSENT_AWAITED, None], []),
    ],
)
def test_where_a_retry_only_asks_again_it_is_called_so(outcomes, labels):
    blocks = build_reply("text", report(*outcomes), share_id=17)

    rows = [each["elements"] for each in blocks if each["type"] == "actions"]
    assert [each["text"]["text"] for row in rows for each in row] == labels


def test_the_text_is_cut_between_lines_only():
    lines = [f"{number:04} " + "x" * 95 for number in range(39)]

    first, second = build_reply("\n".join(lines), report(None), share_id=1)

    texts = [each["text"]["text"] for each in (first, second)]
    assert "\n".join(texts).split("\n") == lines
    assert all(len(text) <= LONGEST_SECTION for text in texts)


def test_a_section_is_filled_to_its_last_character():
    text = "a" * 1499 + "\n" + "b" * 1500

    assert len(build_reply(text, report(None), share_id=1)) == 1
    assert len(build_reply(text + "b", report(None), share_id=1)) == 2


OUTCOMES = [
    ATTACHED,
    ALREADY_ATTACHED,
    LINKED,
    ALREADY_LINKED,
    UNDONE,
    EMPTY,
    DOWN,
    KEPT,
    None,
]
FILES = st.builds(
    FileLine,
    name=st.text() | st.text(alphabet="<>&`* \n", min_size=50, max_size=255),
    outcome=st.sampled_from(OUTCOMES),
)
ITEMS = st.builds(
    ItemReport,
    key=st.from_regex(r"[A-Z]{1,12}-[1-9][0-9]{0,8}", fullmatch=True),
    problem=st.sampled_from([None, NOT_FOUND]),
    files=st.lists(FILES, max_size=60).map(tuple),
)


@settings(max_examples=25)  # large ones
@given(st.lists(ITEMS, min_size=1, max_size=8).map(tuple))
def test_however_much_there_is_to_tell_slack_takes_the_blocks(items):
    told = Report(items=items, is_planned=True)
    text = write_reply(told, links=LINKS)

    blocks = build_reply(text, told, share_id=2**62)

    sections = [each["text"]["text"] for each in blocks if each["type"] == "section"]
    assert "\n".join(sections) == text
    assert len(blocks) <= MOST_BLOCKS
    assert all(len(section) <= LONGEST_SECTION for section in sections)


def test_the_help_fits_into_a_section():
    text = write_help(command="/" + "x" * 31, emoji="y" * 100)

    assert len(text) <= LONGEST_SECTION
