"""Whether something is tried again, and when."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    DAY,
    HOUR,
    MINUTE,
    FileNotReady,
    JobLost,
    LedgerUnavailable,
    PlaneStumbled,
    PlaneThrottled,
    PlaneUnavailable,
    Problem,
    TransientProblem,
    Unexpected,
)
from bot.work.attempts import (
    CALM_SECONDS,
    FIRST_SECONDS,
    LONGEST_SECONDS,
    Patience,
    foreseeing,
)
from bot.work.ledger.attempts import Attempts

NOW = 1_800_000_000.0
NEVER = Attempts()


def wait(problem, attempts=NEVER, *, chance=1.0):
    """Return the seconds until the next try; None where it is given up."""
    at = Patience(lambda: NOW, lambda: chance).next_try(problem, attempts)
    return None if at is None else at - NOW


def test_each_further_try_comes_twice_as_late():
    waits = [wait(PlaneUnavailable(), Attempts(number, NOW)) for number in range(12)]

    assert waits[:5] == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert waits[-2:] == [LONGEST_SECONDS, LONGEST_SECONDS]


def test_chance_spreads_the_tries_over_half_of_the_wait():
    assert wait(PlaneUnavailable(), Attempts(4, NOW), chance=0.0) == 4.0
    assert wait(PlaneUnavailable(), Attempts(4, NOW), chance=0.5) == 6.0


def test_what_the_other_side_asks_for_is_obeyed():
    assert wait(PlaneThrottled(retry_after=56.0)) == 56.0
    assert wait(PlaneUnavailable(retry_after=3600.0), Attempts(20, NOW)) == 3600.0


def test_who_asks_for_no_wait_at_all_is_not_asked_again_and_again():
    problem = PlaneUnavailable(retry_after=0.0)

    waits = [wait(problem, Attempts(number, NOW)) for number in (0, 3, 9, 20)]

    assert waits == [FIRST_SECONDS, 4.0, CALM_SECONDS, CALM_SECONDS]


@pytest.mark.parametrize(
    ("problem", "patience"),
    [
        (PlaneUnavailable(), DAY),
        (PlaneStumbled(), HOUR),
        (FileNotReady(), 10 * MINUTE),
    ],
)
def test_a_problem_is_waited_out_as_long_as_it_may_pass(problem, patience):
    since = NOW - patience
    assert wait(problem, Attempts(5, since, problem.code, since)) is not None
    assert wait(problem, Attempts(5, since - 1, problem.code, since - 1)) is None


def test_another_problem_has_a_patience_of_its_own():
    two_hours_away = Attempts(30, NOW - 2 * HOUR, "PlaneUnavailable", NOW - 2 * HOUR)

    assert wait(PlaneStumbled(), two_hours_away) is not None


def test_nothing_is_waited_out_for_more_than_a_day_altogether():
    assert wait(FileNotReady(), Attempts(99, NOW - DAY - 1, "PlaneFailed", NOW)) is None


def test_the_first_try_never_gives_up():
    assert wait(FileNotReady(), Attempts(0, None)) is not None


@given(
    number=st.integers(0, 10**6),
    chance=st.floats(0, 1, exclude_max=True),
    asked=st.none() | st.floats(0, 3600),
)
def test_the_next_try_is_neither_at_once_nor_later_than_need_be(number, chance, asked):
    problem = TransientProblem(retry_after=asked)

    seconds = wait(problem, Attempts(number, NOW), chance=chance)

    assert seconds >= max(asked or 0, FIRST_SECONDS / 2) - 1e-6
    assert seconds <= max(asked or 0, LONGEST_SECONDS) + 1e-6


def test_only_transient_problems_have_patience():
    assert not hasattr(Problem, "patience")
    assert TransientProblem.patience == DAY


def test_each_decision_is_told():
    told = []
    problem = PlaneStumbled()
    patience = Patience(
        lambda: NOW, lambda: 1.0, note=lambda *decision: told.append(decision)
    )

    patience.next_try(problem, NEVER)
    patience.next_try(problem, Attempts(9, NOW - DAY - 1, problem.code, NOW - DAY - 1))

    assert told == [(problem, NOW + FIRST_SECONDS), (problem, None)]


def test_what_must_not_be_given_up_is_tried_for_ever():
    long_ago = Attempts(99, NOW - 9 * DAY, PlaneUnavailable().code, NOW - 9 * DAY)
    patience = Patience(lambda: NOW, lambda: 1.0, is_endless=True)

    at = patience.next_try(PlaneUnavailable(), long_ago)

    assert at == NOW + LONGEST_SECONDS


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (PlaneUnavailable(), PlaneUnavailable),
        (LedgerUnavailable("away"), LedgerUnavailable),
        (JobLost("taken over"), JobLost),
        (ZeroDivisionError(), Unexpected),
    ],
)
def test_what_nobody_foresaw_is_a_problem_and_what_has_a_name_keeps_it(raised, seen):
    with pytest.raises(seen) as info, foreseeing(logging.getLogger(__name__)):
        raise raised

    assert type(info.value) is seen
