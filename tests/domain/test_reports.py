"""How a share ended, in a word."""

import pytest

from bot.domain.outcomes import ATTACHED, CONSENT_AWAITED, HELP, UNDONE, Outcome
from bot.domain.reports import NOTHING, FileLine, ItemReport, Report

EMPTY = Outcome("FileEmpty")
GONE = Outcome("WorkItemNotFound", {"item": "WEB-9"})


def report(*outcomes, problem=None, notice=None):
    files = tuple(FileLine(f"{n}.pdf", each) for n, each in enumerate(outcomes))
    has_items = outcomes or problem
    items = (ItemReport("WEB-1", problem=problem, files=files),) if has_items else ()
    return Report(items=items, is_planned=True, notice=notice)


@pytest.mark.parametrize(
    ("ended", "word"),
    [
        (report(ATTACHED, ATTACHED), "done"),
        (report(ATTACHED, UNDONE), "done"),
        (report(ATTACHED, EMPTY), "partly"),
        (report(EMPTY), "failed"),
        (report(problem=GONE), "failed"),
        (report(ATTACHED, CONSENT_AWAITED), "asked"),
        (report(notice=HELP), "told"),
        (report(), NOTHING),
    ],
)
def test_a_report_says_in_a_word_how_it_ended(ended, word):
    assert ended.summary == word
