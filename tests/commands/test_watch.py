"""How long a command waits for others' work: never for ever."""

from dataclasses import replace

import pytest

from bot.domain.outcomes import Outcome
from bot.domain.reports import Report
from bot.entrypoints.console import Console
from bot.entrypoints.linked import _results
from bot.entrypoints.watching import Watch
from bot.work.ledger.followed import Followed
from tests.work.values import Clock

NEW = Followed(Report(items=(), is_planned=False), None, has_rest=False)


@pytest.fixture
def timer():
    return Clock()


@pytest.fixture
def watch(timer):
    def watch(patience):
        console = Console(is_quiet=True, is_for_program=False)
        return Watch(patience, console, timer=timer)

    return watch


@pytest.mark.parametrize(("patience", "least"), [(0, 60), (300, 300)])
def test_who_waits_for_what_nobody_does_waits_no_longer_than_that(
    watch, timer, patience, least
):
    one = watch(patience)
    assert one.is_over([NEW]) is False
    timer.now += least
    assert one.is_over([NEW]) is False

    timer.now += 1

    assert one.is_over([NEW]) is True


def test_as_long_as_something_happens_it_is_waited_for(watch, timer):
    one = watch(0)
    for _ in range(5):
        assert one.is_over([NEW]) is False
        timer.now += 59
        assert one.is_over([replace(NEW, has_rest=True)]) is False
        timer.now += 59


def test_what_nobody_has_come_to_is_not_told_to_have_no_files():
    (result,) = _results("https://acme.slack.com/archives/C1/p1", NEW)

    assert result.outcome == Outcome("NotYet")
    assert result.sentence.startswith("I have yet to come to the message. It goes on")
