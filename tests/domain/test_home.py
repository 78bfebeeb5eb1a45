"""The App Home as blocks that Slack takes, with nothing in it alive."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import errors
from bot.domain.help import write_help
from bot.domain.home import Connection, Entry, build_home
from bot.domain.outcomes import ATTACHED, UNDONE, Outcome
from bot.domain.references import PlaneLinks
from bot.domain.reports import FileLine, ItemReport, Report
from bot.sandbox.slack.block_kit.views import find_view_faults

LINKS = PlaneLinks("https://plane.example.com", "acme")
HOW_TO = write_help(command="/attach", emoji="paperclip")
CONNECTED = Connection(("WEB", "OPS"))
DOWN = Outcome.giving_up(errors.PlaneUnavailable())
LINK = "https://acme.slack.com/archives/C1/p1700000000000100"
ITEM = "<https://plane.example.com/acme/browse/WEB-1/|WEB-1>"


def reported(*outcomes, problem=None, is_planned=True, notice=None):
    files = tuple(FileLine(f"{n}.pdf", each) for n, each in enumerate(outcomes))
    items = (ItemReport("WEB-1", problem=problem, files=files),)
    items = items if outcomes or problem else ()
    return Report(items, is_planned, notice)


def entry(report, share_id=17, names=("0.pdf",), link=LINK):
    return Entry(share_id, 1_700_000_000.9, names, report, link)


def build(*entries, connection=CONNECTED):
    view = build_home(entries, how_to=HOW_TO, links=LINKS, connection=connection)
    assert list(find_view_faults(view, "home")) == []
    return view["blocks"]


def told(*entries, connection=CONNECTED):
    """Return the texts of sections and contexts, one below the other."""
    blocks = build(*entries, connection=connection)
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return texts + [
        each["text"]
        for block in blocks
        if block["type"] == "context"
        for each in block["elements"]
    ]


def retried(*entries):
    """Return the numbers of the shares that have a Retry button."""
    buttons = [block["accessory"] for block in build(*entries) if "accessory" in block]
    assert {each["action_id"] for each in buttons} <= {"retry"}
    return [each["value"] for each in buttons]


# --- the connection -----------------------------------------------------------


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (None, "⏳ Checking the connection to Plane …"),
        (
            CONNECTED,
            "✅ Connected to Plane, workspace `acme`: projects `OPS`, `WEB`",
        ),
        (
            Connection(),
            "❌ Connected to Plane, workspace `acme`, but I know no project there. An"
            " administrator has to make the owner of PLANE_API_KEY a member of a"
            " project, and to look at PLANE_PROJECTS.",
        ),
        (
            Connection(tuple(f"P{n:02}" for n in range(20))),
            "✅ Connected to Plane, workspace `acme`: projects "
            + ", ".join(f"`P{n:02}`" for n in range(12))
            + " and 8 more",
        ),
        (
            Connection(problem=Outcome.of(errors.PlaneKeyRefused())),
            "❌ Plane refuses my API key, so I can do nothing about files. An"
            " administrator has to set a new PLANE_API_KEY.",
        ),
        (
            Connection(problem=Outcome.of(errors.PlaneUnavailable())),
            "❌ Plane does not answer me about the list of its projects.",
        ),
        (
            Connection(problem=Outcome.of(errors.PlaneThrottled())),
            "❌ Plane allows me no more calls this minute for the list of its"
            " projects.",
        ),
    ],
)
def test_the_home_tells_of_the_connection(connection, expected):
    assert told(connection=connection)[1] == expected


def test_the_home_tells_of_a_workspace_that_refuses_by_its_setting():
    problem = Outcome.of(errors.PlaneWorkspaceRefused("acme"))

    text = told(connection=Connection(problem=problem))[1]

    assert "so I can do nothing about files." in text
    assert "PLANE_WORKSPACE" in text


def test_how_to_use_it_comes_first():
    assert told()[0] == HOW_TO


# --- what was attached --------------------------------------------------------


def test_who_never_attached_anything_is_told_so():
    assert told()[2].startswith("Nothing yet.")


def test_an_entry_has_its_state_its_time_and_its_message():
    assert told(entry(reported(ATTACHED)))[2:] == [
        f"*{ITEM}*\n✅ `0.pdf` is attached.",
        "<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>"
        f" · <{LINK}|message>",
    ]


def test_a_link_into_a_thread_is_escaped():
    link = f"{LINK}?thread_ts=1700000000.000100&cid=C1"

    assert (
        f"<{link.replace('&', '&amp;')}|message>"
        in told(entry(reported(ATTACHED), link=link))[-1]
    )


def test_an_entry_without_a_known_message_has_no_link():
    assert "message" not in told(entry(reported(ATTACHED), link=None))[-1]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (reported(None), "⏳ `0.pdf` is on its way."),
        (reported(DOWN), "❌ I gave up on `0.pdf` after 24 hours"),
        (reported(UNDONE), "↩ `0.pdf` was removed again."),
        (
            reported(problem=Outcome.of(errors.WorkItemNotFound("WEB-1"))),
            "`0.pdf`\n❌ Plane has no WEB-1",
        ),
        (
            reported(is_planned=False),
            "`0.pdf`\n⏳ I have yet to look up what this belongs to.",
        ),
        (
            reported(notice=Outcome.of(errors.NoWorkItemNamed())),
            "`0.pdf`\n❌ I found no work item for that message",
        ),
    ],
)
def test_an_entry_tells_what_became_of_its_files(report, expected):
    assert expected in told(entry(report))[2]


def test_an_entry_without_files_is_told_all_the_same():
    report = reported(notice=Outcome.of(errors.NoFilesFound()))

    assert told(entry(report, names=()))[2].startswith("❌ I found no files there.")


def test_retry_is_beside_what_failed_and_may_pass():
    empty = Outcome.of(errors.FileEmpty())
    entries = [
        entry(reported(ATTACHED), 1),
        entry(reported(ATTACHED, DOWN), 2),
        entry(reported(empty), 3),
        entry(reported(None, DOWN), 4),
        entry(reported(DOWN, is_planned=False), 5),
        entry(reported(UNDONE), 6),
        entry(reported(notice=Outcome.of(errors.NoFilesFound())), 7),
        entry(reported(notice=Outcome.of(errors.PrivateConversation())), 8),
        entry(reported(notice=Outcome.of(errors.TooManyWorkItems(30, 20))), 9),
    ]

    assert retried(*entries) == ["2", "6", "7"]


# --- what Slack takes ---------------------------------------------------------


def test_a_long_report_is_cut_to_an_overview():
    report = reported(*[DOWN] * 200)

    text = told(entry(report))[2]

    assert len(text) <= 1500
    assert text.endswith("see the work items in Plane.")


def test_the_longest_home_is_one_that_slack_takes():
    names = tuple("&" * 250 for _ in range(100))
    refused = reported(problem=Outcome.of(errors.WorkItemNotFound("&" * 500)))
    entries = [entry(refused, number, names) for number in range(10)]
    many = Connection(tuple("&" * 250 for _ in range(500)))

    blocks = build(*entries, connection=many)

    assert len(blocks) <= 100
    assert len(json.dumps(blocks)) < 250_000


outcomes = st.none() | st.sampled_from(
    [ATTACHED, UNDONE, DOWN, Outcome("FileElsewhere", {"service": "<!here> `x`"})]
)
texts = st.text(max_size=300)
lines = st.builds(FileLine, name=texts, outcome=outcomes)
items = st.builds(ItemReport, key=texts, files=st.lists(lines, max_size=5).map(tuple))
reports = st.builds(
    Report, st.lists(items, max_size=4).map(tuple), is_planned=st.booleans()
)
entries = st.builds(
    Entry,
    st.integers(1, 2**63 - 1),
    st.floats(0, 4e9),
    st.lists(texts, max_size=30).map(tuple),
    reports,
    st.none() | st.just(LINK),
)


@settings(max_examples=25)  # large ones
@given(
    st.lists(entries, max_size=10),
    st.none()
    | st.builds(Connection, st.lists(texts, max_size=30).map(tuple))
    | st.sampled_from([Connection(problem=DOWN)]),
)
def test_any_home_is_one_that_slack_takes_and_has_nothing_alive(found, connection):
    texts = told(*found, connection=connection)

    for text in texts[1:]:
        assert "<!here" not in text
        assert "<@" not in text
        assert text.count("<") == text.count("<!date^") + text.count("<https://")
