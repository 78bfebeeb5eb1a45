"""The text of a share's one reply."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.domain.outcomes import ALREADY_ATTACHED, ALREADY_LINKED, ATTACHED, Outcome
from bot.domain.references import PlaneLinks
from bot.domain.replies import LONGEST_TEXT, write_reply
from bot.domain.reports import FileLine, ItemReport, Report

LINKS = PlaneLinks("https://plane.example.com", "acme")
WEB_1 = "<https://plane.example.com/acme/browse/WEB-1/|WEB-1>"
EMPTY = Outcome.of(errors.FileEmpty())
REMOTE = Outcome.linked("Google Drive")
LINKED = "/".join(["0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01"] * 2)
DOWN = Outcome.of(errors.PlaneUnavailable())


def reply(*items, is_planned=True):
    return write_reply(Report(items=items, is_planned=is_planned), links=LINKS)


def web_1(*files, problem=None):
    return ItemReport("WEB-1", problem=problem, files=files)


def test_each_file_has_its_line_below_the_linked_work_item():
    text = reply(
        web_1(
            FileLine("a.pdf", ATTACHED),
            FileLine("b.pdf", ALREADY_ATTACHED),
            FileLine("c.pdf", EMPTY),
        )
    )

    assert text.split("\n") == [
        f"*{WEB_1}*",
        "✅ `a.pdf` is attached.",
        "✅ `b.pdf` was attached already.",
        "❌ `c.pdf` is empty, and Plane takes no empty files. Share it again when there"
        " is something in it.",
    ]


def test_several_work_items_follow_each_other():
    second = ItemReport("OPS-1", files=(FileLine("a.pdf", ATTACHED),))

    text = reply(web_1(FileLine("a.pdf", ATTACHED)), second)

    assert re.findall(r"\|([A-Z]+-1)>", text) == ["WEB-1", "OPS-1"]
    assert text.count("✅") == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (FileLine("a.pdf", None), "⏳ `a.pdf` is on its way."),
        (FileLine("a.pdf", None, relayed=0, size=10), "⏳ `a.pdf` is on its way."),
        (FileLine("a.pdf", None, relayed=5, size=None), "⏳ `a.pdf` is on its way."),
        (
            FileLine("a.pdf", None, relayed=1_572_864, size=2_097_152),
            "⏳ `a.pdf`: 75 % of 2 MB",
        ),
        (
            FileLine("a.pdf", None, relayed=5, size=10, waiting_for=DOWN),
            "⏳ Plane does not answer me about `a.pdf`. I keep trying.",
        ),
        (
            FileLine("a.pdf", None, relayed=10, size=10, is_leaving=True),
            "⏳ `a.pdf` is being removed.",
        ),
        (
            FileLine("a.pdf", None, waiting_for=DOWN, is_leaving=True),
            "⏳ `a.pdf` is being removed. Plane does not answer me about it. I keep"
            " trying.",
        ),
    ],
)
def test_a_file_that_is_open_tells_how_far_it_is(line, told):
    assert reply(web_1(line)).split("\n")[1] == told


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            Outcome("ConsentAwaited", {"sharer": "U1"}),
            "✋ I am asking <@U1> whether `a.pdf` may go to Plane; nothing is sent"
            " before the answer is yes.",
        ),
        (
            Outcome("ConsentRefused", {"sharer": "U1"}),
            "❌ `a.pdf` stays in Slack: the one who shared it said no.",
        ),
        (
            Outcome("ConsentUnasked", {"sharer": "U1", "error": "user_not_in_channel"}),
            "❌ I could not ask <@U1> whether `a.pdf` may go to Plane (Slack says"
            " user_not_in_channel), so nothing is sent. Ask again once they are in this"
            " conversation, or share it yourself.",
        ),
    ],
)
def test_a_file_that_needs_consent_tells_whose(outcome, told):
    assert reply(web_1(FileLine("a.pdf", outcome))).splitlines()[1:] == [told]


def test_a_file_that_was_given_up_tells_why():
    given_up = Outcome.giving_up(errors.PlaneUnavailable())

    text = reply(web_1(FileLine("a.pdf", given_up)))

    assert text.split("\n")[1] == (
        "❌ I gave up on `a.pdf` after 24 hours of trying. What kept me: Plane does not"
        " answer me about `a.pdf`. Try again when that is mended."
    )


def test_what_another_version_noted_has_a_sign_of_its_own():
    text = reply(web_1(FileLine("a.pdf", Outcome("FromTheFuture"))))
    problem = reply(web_1(problem=Outcome("Odd")))

    assert text.split("\n")[1].startswith("❔ Another version of me noted something")
    assert problem.startswith("❔ Another version of me noted something")


@pytest.mark.parametrize(
    ("key", "problem", "told"),
    [
        (
            "WEB-999",
            errors.WorkItemNotFound("WEB-999"),
            "❌ Plane has no WEB-999, or it is archived or a draft, so I can do nothing"
            " about the files for"
            " <https://plane.example.com/acme/browse/WEB-999/|WEB-999>. Check the key"
            " or link, and try again with the right one.",
        ),
        (
            "WEB",
            errors.WorkItemNotFound("work item in WEB with that link"),
            "❌ Plane has no work item in WEB with that link, or it is archived or a"
            " draft, so I can do nothing about the files for WEB. Check the key or"
            " link, and try again with the right one.",
        ),
        (
            "WEB-1",
            errors.ExternalPerson(),
            "❌ I attach nothing that people of other organisations share or ask for,"
            f" so I can do nothing about the files for {WEB_1}. Someone from our"
            " organisation can share a copy, or an administrator can set"
            " ATTACH_EXTERNAL_USERS to true.",
        ),
    ],
)
def test_a_reference_that_cannot_be_used_has_one_line(key, problem, told):
    assert reply(ItemReport(key, problem=Outcome.of(problem))) == told


def test_a_work_item_that_is_still_looked_up_tells_what_it_waits_for():
    text = reply(ItemReport("WEB-1", waiting_for=DOWN), is_planned=False)

    assert text == f"⏳ Plane does not answer me about {WEB_1}. I keep trying."


@pytest.mark.parametrize(
    "key", ["WEB", "", "<!channel>", "0b0e/2a52", LINKED, "web-1", "A-01"]
)
def test_what_is_no_key_is_shown_without_a_link(key):
    text = reply(ItemReport(key, files=(FileLine("a.pdf", ATTACHED),)))

    assert "plane.example.com" not in text
    assert "<" not in text


def test_a_key_of_letters_of_any_script_is_linked():
    text = reply(ItemReport("ŞİŞ-1", files=(FileLine("a.pdf", ATTACHED),)))

    assert text.startswith("*<https://plane.example.com/acme/browse/%C5%9E")


def test_where_it_gets_too_long_what_went_well_is_counted():
    files = [FileLine(f"{n:03}.pdf", ATTACHED) for n in range(200)]
    files[100] = FileLine("bad.pdf", EMPTY)

    text = reply(web_1(*files))

    assert "✅ 199 files are attached." in text
    assert "`bad.pdf` is empty" in text
    assert text.count("\n") == 2


def test_links_are_told_as_links():
    text = reply(web_1(FileLine("a", REMOTE), FileLine("b", ALREADY_LINKED)))

    assert text.split("\n")[1:] == [
        "✅ `a` is linked: it stays with Google Drive.",
        "✅ `b` was linked already.",
    ]


def test_where_it_gets_too_long_links_are_counted_by_themselves():
    files = [FileLine(f"{n:03}.pdf", ATTACHED) for n in range(200)]
    links = [FileLine("a", REMOTE), FileLine("b", ALREADY_LINKED)]

    text = reply(web_1(*files, *links))

    assert text.split("\n")[1:] == [
        "✅ 200 files are attached.",
        "✅ 2 files are linked.",
    ]


def test_one_file_is_counted_as_one():
    waiting = [FileLine(f"{n:03}.pdf", None, waiting_for=DOWN) for n in range(70)]

    text = reply(web_1(FileLine("good.pdf", ATTACHED), *waiting))

    assert "✅ 1 file is attached." in text


def test_what_has_no_room_is_said_to_be_more():
    text = reply(web_1(*(FileLine(f"{n:04}.pdf", EMPTY) for n in range(500))))

    *lines, more = text.split("\n")
    assert len(text) <= LONGEST_TEXT
    assert more.startswith("… and more")
    assert all(line.startswith(("*<", "❌ ")) for line in lines)
    assert all(line.endswith((".", ">*")) for line in lines)


NAMES = st.text(max_size=300) | st.text(alphabet="&<>`", max_size=300)
FACTS = st.text(max_size=300) | st.just("&" * 300)
OUTCOMES = st.one_of(
    st.sampled_from([ATTACHED, ALREADY_ATTACHED, REMOTE, ALREADY_LINKED, EMPTY]),
    FACTS.map(lambda host: Outcome.of(errors.DownloadMisled(host))),
    FACTS.map(lambda host: Outcome.of(errors.StorageRefused(host, 403, host))),
    FACTS.map(lambda host: Outcome.giving_up(errors.StorageUnavailable(host))),
)
LINES = st.builds(
    FileLine,
    name=NAMES,
    outcome=st.none() | OUTCOMES,
    relayed=st.integers(0, 2**53),
    size=st.none() | st.integers(0, 2**53),
    waiting_for=st.none() | st.just(DOWN),
)
ITEMS = st.builds(
    ItemReport,
    key=st.sampled_from(["WEB-1", "OPS-2147483647", "WEB"]) | st.text(max_size=64),
    problem=st.none() | OUTCOMES,
    files=st.lists(LINES, max_size=4).map(tuple),
)


HAS_SOMETHING = ITEMS.filter(lambda item: item.problem or item.files)
SHORT = st.lists(HAS_SOMETHING, min_size=1, max_size=3)
#: How many times over a short report's items come.
TIMES = st.sampled_from([1, 1, 5, 60])


def failures(report):
    """Count the failures that a report has."""
    found = [item.problem for item in report.items]
    found += [line.outcome for item in report.items for line in item.files]
    return sum(1 for each in found if each and not each.is_success)


@given(SHORT, TIMES)
def test_a_reply_fits_and_tells_every_failure_or_that_there_are_more(items, times):
    report = Report(tuple(items * times), is_planned=True)
    text = write_reply(report, links=LINKS)

    assert len(text) <= LONGEST_TEXT
    assert text.encode()
    told = sum(line.startswith("❌") for line in text.split("\n"))
    if "… and more" not in text:
        # A "problem" that is a success would be told as one: the ledger has none.
        assert told >= failures(report)


@given(SHORT, TIMES)
def test_nothing_in_a_reply_is_a_link_but_its_work_items(items, times):
    text = write_reply(Report(tuple(items * times), is_planned=True), links=LINKS)

    bare = re.sub(
        r"<https://plane\.example\.com/acme/browse/[^<>|]+\|[^<>|]+>", "", text
    )
    assert not set("<>") & set(bare)


def test_a_report_is_final_when_all_is_planned_and_decided():
    done = web_1(FileLine("a.pdf", ATTACHED))
    still = web_1(FileLine("a.pdf", ATTACHED), FileLine("b.pdf", None))

    assert Report((done,), is_planned=True).is_final
    assert not Report((done,), is_planned=False).is_final
    assert not Report((done, still), is_planned=True).is_final
    assert Report((), is_planned=True).is_final
