"""The gate in front of Plane."""

import contextlib
import itertools
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import PlaneThrottled
from bot.work.budgets import LocalBudget
from bot.work.rate_gate import LastInLine, RateGate
from bot.work.shared_budget import SharedBudget
from tests.migrated import lend_postgres_database

WINDOW = 60
SOON = 10.0


class Clock:
    """Whole seconds, so that nothing is lost in rounding."""

    def __init__(self):
        self.now = 1_000

    def __call__(self):
        return self.now

    def wait(self, condition, seconds):
        """Let the time pass that a waiter would wait; what else comes, comes."""
        assert seconds is not None, "this would wait for ever"
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["local", "shared"])
def open_gate(request, clock):
    """How to open a gate, one that counts by itself and one that counts for all."""

    def open_(limit, *, wait=clock.wait, window=WINDOW):
        return make_gate(request.param, limit, clock, wait, window)

    return open_


def make_gate(kind, limit, clock, wait, window=WINDOW):
    if kind == "local":
        budget = LocalBudget(limit, window=window, clock=clock)
    else:
        turns = lend_postgres_database().turns
        budget = SharedBudget(turns, limit, window=window, clock=lambda _: clock.now)
    return RateGate(budget, clock=clock, wait=wait)


def call(gate, clock, seconds=0):
    """Make one call that takes *seconds*; return when it began."""
    with gate.passage():
        began = clock.now
        clock.now += seconds
    return began


def test_calls_that_are_left_are_not_waited_for(clock, open_gate):
    gate = open_gate(60)

    assert {call(gate, clock) for _ in range(60)} == {1_000}


def test_a_place_falls_free_a_window_after_the_answer_and_not_before(clock, open_gate):
    gate = open_gate(1)

    call(gate, clock, seconds=5)

    assert call(gate, clock) == 1_000 + 5 + WINDOW


def test_a_place_that_is_free_is_used_at_once(clock, open_gate):
    gate = open_gate(1)
    call(gate, clock)
    clock.now += WINDOW

    assert call(gate, clock) == 1_000 + WINDOW


def test_places_fall_free_one_by_one(clock, open_gate):
    gate = open_gate(3)

    began = [call(gate, clock, seconds=1) for _ in range(7)]

    first = [1_000, 1_001, 1_002]
    second = [1_061, 1_062, 1_063]
    assert began == [*first, *second, 1_122]


def test_nobody_passes_while_plane_says_so(clock, open_gate):
    gate = open_gate(60)

    gate.push_back(56)
    gate.push_back(10)

    assert call(gate, clock) == 1_056
    assert call(gate, clock) == 1_056


def room(gate):
    """Return how many calls go through at once."""
    with contextlib.ExitStack() as held, contextlib.suppress(PlaneThrottled):
        for number in itertools.count():
            held.enter_context(gate.passage(patience=0))
            assert number < 1_000
    return number


def test_after_a_refusal_the_calls_come_back_one_by_one(clock, open_gate):
    gate = open_gate(40)
    with gate.passage():
        gate.push_back(5)
    clock.now += 5

    with gate.passage(), pytest.raises(PlaneThrottled), gate.passage(patience=0):
        """Nobody else, while the first is under way."""
    with gate.passage(), gate.passage():
        """Each of which had its answer."""


def test_one_refusal_after_the_other_lets_one_call_try(clock, open_gate):
    gate = open_gate(1_000)

    for _ in range(3):
        with gate.passage():
            gate.push_back(5)
        clock.now += 5
        with gate.passage():
            assert room(gate) == 0


def test_after_some_answers_all_is_as_before(clock, open_gate):
    gate = open_gate(16)
    gate.push_back(5)
    clock.now += 5

    for _ in range(5):
        call(gate, clock)
    clock.now += WINDOW

    assert room(gate) == 16


def test_a_call_that_fails_counts_too(clock, open_gate):
    gate = open_gate(1)

    with pytest.raises(ValueError, match="broken"), gate.passage():
        raise ValueError("broken")

    assert call(gate, clock) == 1_000 + WINDOW


class Waiters:
    """Counts who waits, and tells for how long each would wait at most."""

    def __init__(self):
        self.started = threading.Semaphore(0)
        self.times = []
        self._condition = None

    def wait(self, condition, seconds):
        self._condition = condition
        self.times.append(seconds)
        self.started.release()
        condition.wait(SOON)

    def wake(self):
        """Let all look at the clock again."""
        with self._condition:
            self._condition.notify_all()


def test_a_call_under_way_holds_its_place(clock, open_gate):
    waiters = Waiters()
    gate = open_gate(1, wait=waiters.wait)
    passed = threading.Event()

    def second():
        with gate.passage():
            passed.set()

    thread = threading.Thread(target=second)
    with gate.passage():
        thread.start()
        assert waiters.started.acquire(timeout=SOON)
        clock.now += 10 * WINDOW
        assert not passed.is_set()
    # Answered: its place falls free in a window from now.
    assert waiters.started.acquire(timeout=SOON)
    assert waiters.times[-1] == WINDOW
    clock.now += WINDOW
    waiters.wake()
    thread.join(SOON)
    assert passed.is_set()


def test_who_comes_first_passes_first(clock, open_gate):
    waiters = Waiters()
    gate = open_gate(1, wait=waiters.wait)
    order = []
    done = threading.Semaphore(0)

    def ask(number):
        with gate.passage():
            order.append(number)
            clock.now += WINDOW
        done.release()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    with gate.passage():
        for thread in threads:
            thread.start()
            assert waiters.started.acquire(timeout=SOON)
        clock.now += WINDOW
    for _ in threads:
        clock.now += WINDOW
        waiters.wake()
        assert done.acquire(timeout=SOON)
    for thread in threads:
        thread.join(SOON)
    assert order == list(range(8))


def test_a_gate_is_open_as_long_as_places_are_free(clock, open_gate):
    gate = open_gate(2)

    call(gate, clock)
    assert gate.is_open
    with gate.passage():
        assert not gate.is_open
    clock.now += WINDOW - 1
    assert not gate.is_open
    clock.now += 1

    assert gate.is_open


def test_a_gate_tells_how_many_calls_are_left(clock, open_gate):
    gate = open_gate(3)

    assert (gate.limit, gate.left, gate.waiting) == (3, 3, 0)
    call(gate, clock)
    with gate.passage():
        assert gate.left == 1
    clock.now += WINDOW
    assert gate.left == 3


def test_of_a_gate_that_was_pushed_back_nothing_is_left(clock, open_gate):
    gate = open_gate(3)

    gate.push_back(5)

    assert gate.left == 0


def test_a_gate_that_was_pushed_back_is_not_open(clock, open_gate):
    gate = open_gate(2)

    gate.push_back(5)

    assert not gate.is_open
    clock.now += 5
    assert gate.is_open


def test_a_gate_with_others_before_it_is_not_open(clock, open_gate):
    waiters = Waiters()
    gate = open_gate(1, wait=waiters.wait)

    def second():
        with gate.passage():
            pass

    thread = threading.Thread(target=second)
    with gate.passage():
        thread.start()
        assert waiters.started.acquire(timeout=SOON)
    clock.now += WINDOW
    assert not gate.is_open
    assert gate.waiting == 1
    waiters.wake()
    thread.join(SOON)


def test_who_can_wait_comes_after_all_others(clock, open_gate):
    waiters = Waiters()
    gate = open_gate(1, wait=waiters.wait)
    patient = LastInLine(gate)
    order = []
    done = threading.Semaphore(0)

    def ask(door, name):
        with door.passage():
            order.append(name)
            clock.now += WINDOW
        done.release()

    asked = [(patient, "p1"), (gate, "1"), (patient, "p2"), (gate, "2")]
    threads = [threading.Thread(target=ask, args=each) for each in asked]
    with gate.passage():
        for thread in threads:
            thread.start()
            assert waiters.started.acquire(timeout=SOON)
        clock.now += WINDOW
    for _ in threads:
        clock.now += WINDOW
        waiters.wake()
        assert done.acquire(timeout=SOON)
    for thread in threads:
        thread.join(SOON)
    assert order == ["1", "2", "p1", "p2"]


def test_who_can_wait_has_the_places_that_nobody_wants(clock, open_gate):
    gate = open_gate(2)
    patient = LastInLine(gate)

    began = [call(patient, clock) for _ in range(3)]

    assert began == [1_000, 1_000, 1_000 + WINDOW]


def test_who_can_wait_is_heard_when_plane_tells_to_wait(clock, open_gate):
    gate = open_gate(60)

    LastInLine(gate).push_back(30)

    assert call(gate, clock) == 1_030


CALLS = st.lists(
    st.tuples(
        st.integers(0, 70),  # seconds before it
        st.integers(0, 90),  # seconds that it takes
        st.none() | st.integers(0, 100),  # what a 429 to it asks for
    ),
    max_size=60,
)


@given(limit=st.integers(1, 8), calls=CALLS)
def test_no_window_has_more_calls_than_allowed_and_none_waits_in_vain(limit, calls):
    check_windows("local", limit, calls)


@settings(max_examples=15)
@given(limit=st.integers(1, 8), calls=CALLS)
def test_nor_has_any_that_processes_share(limit, calls):
    check_windows("shared", limit, calls)


def check_windows(kind, limit, calls):
    clock = Clock()
    gate = make_gate(kind, limit, clock, clock.wait)
    spans = []
    closed_until = 0

    for gap, seconds, asked in calls:
        clock.now += gap
        arrived = clock.now
        began = call(gate, clock, seconds)

        # Not a second later than the rule demands, and not a second earlier.
        free = spans[-limit][1] + WINDOW if len(spans) >= limit else 0
        assert began == max(arrived, free, closed_until)
        spans.append((began, clock.now))
        if asked is not None:
            gate.push_back(asked)
            closed_until = max(closed_until, clock.now + asked)

    # Wherever between sending and answer Plane counts a call, no window is too full.
    for (_, answered), (sent, _) in zip(spans, spans[limit:], strict=False):
        assert sent - answered >= WINDOW


def test_many_threads_never_pass_the_limit():
    limit, window, threads = 5, 0.05, 8
    gate = RateGate(LocalBudget(limit, window=window))
    spans = []

    def work():
        for _ in range(3):
            with gate.passage():
                began = time.monotonic()
                spans.append((began, time.monotonic()))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(SOON)

    spans.sort()
    assert len(spans) == 24
    # Each place is taken again a window after its last call was answered.
    answers = sorted(answered for _, answered in spans)
    for answered, (sent, _) in zip(answers, spans[limit:], strict=False):
        assert sent >= answered + window - 1e-6


# --- who does not wait for ever -----------------------------------------------


def test_who_is_patient_enough_gets_through(clock, open_gate):
    gate = open_gate(1)
    call(gate, clock)

    with gate.passage(patience=2 * WINDOW):
        assert clock.now == 1_000 + WINDOW


def test_who_is_not_is_turned_away_when_patience_is_over(clock, open_gate):
    gate = open_gate(1)
    call(gate, clock)

    with pytest.raises(PlaneThrottled) as info, gate.passage(patience=2):
        pytest.fail("there was no place")

    assert clock.now == 1_002
    assert info.value.retry_after == WINDOW - 2


def test_where_a_place_is_free_no_patience_is_needed(clock, open_gate):
    gate = open_gate(1)

    with gate.passage(patience=0):
        assert clock.now == 1_000


def test_who_is_turned_away_used_no_place_and_holds_up_nobody(clock, open_gate):
    gate = open_gate(2)
    call(gate, clock)
    gate.push_back(10)
    with pytest.raises(PlaneThrottled), gate.passage(patience=1):
        pytest.fail("Plane said no")
    clock.now += 10

    assert call(gate, clock) == 1_011


def test_who_is_turned_away_in_the_queue_lets_those_behind_pass(clock, open_gate):
    waiters = Waiters()
    gate = open_gate(1, window=0, wait=waiters.wait)
    order = []

    def ask(name, patience):
        try:
            with gate.passage(patience=patience):
                order.append(name)
        except PlaneThrottled:
            order.append(f"not {name}")

    asked = [("first", None), ("second", 2), ("third", None)]
    threads = [threading.Thread(target=ask, args=each) for each in asked]
    with gate.passage():
        for thread in threads:
            thread.start()
            assert waiters.started.acquire(timeout=SOON)
        clock.now += 2
        waiters.wake()
        threads[1].join(SOON)
    for thread in threads:
        thread.join(SOON)

    assert order == ["not second", "first", "third"]


PATIENT = st.lists(st.tuples(st.integers(0, 70), st.none() | st.integers(0, 90)))


@given(PATIENT)
def test_nobody_waits_longer_than_patient(calls):
    check_patience("local", calls)


@settings(max_examples=15)
@given(PATIENT)
def test_nor_does_anybody_for_a_place_that_processes_share(calls):
    check_patience("shared", calls)


def check_patience(kind, calls):
    clock = Clock()
    gate = make_gate(kind, 2, clock, clock.wait)

    for gap, patience in calls:
        clock.now += gap
        arrived = clock.now
        try:
            with gate.passage(patience=patience):
                pass
        except PlaneThrottled:
            assert clock.now - arrived == patience
        else:
            assert patience is None or clock.now - arrived <= patience


# --- what Plane tells of what is left ------------------------------------------


def learn(gate, clock, remaining, *, seconds=0):
    with gate.passage() as learn:
        clock.now += seconds
        learn(remaining)


def test_the_calls_of_others_count_as_made_now(clock, open_gate):
    gate = open_gate(60)

    learn(gate, clock, 10)

    assert room(gate) == 10


def test_what_others_used_falls_free_a_window_later(clock, open_gate):
    gate = open_gate(60)
    learn(gate, clock, 0)

    assert not gate.is_open
    assert call(gate, clock) == 1_000 + WINDOW


def test_our_own_calls_are_not_counted_twice(clock, open_gate):
    gate = open_gate(10)

    for left in range(9, 3, -1):
        learn(gate, clock, left, seconds=1)

    assert room(gate) == 4


def test_nor_are_those_that_are_under_way(clock, open_gate):
    gate = open_gate(10)

    with gate.passage(), gate.passage(), gate.passage() as told:
        told(7)
        assert room(gate) == 7


def test_nor_are_those_that_fell_free_before_the_answer_came(clock, open_gate):
    gate = open_gate(10)
    for _ in range(5):
        call(gate, clock)
    clock.now += WINDOW - 1

    with gate.passage() as told:
        clock.now += 3
        assert gate.is_open  # they fell free, and Plane had counted them
        told(4)

    assert room(gate) == 9


def test_more_than_we_know_of_changes_nothing(clock, open_gate):
    gate = open_gate(10)

    learn(gate, clock, 300)

    assert room(gate) == 9


def test_a_limit_that_is_set_too_high_is_found_out(clock, open_gate):
    gate = open_gate(500)

    learn(gate, clock, 2)

    assert room(gate) == 2
