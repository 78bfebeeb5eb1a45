"""One budget for all processes: what they do not have to find out from Plane."""

import subprocess
import sys
import time

import pytest

from bot.errors import PlaneThrottled
from bot.sandbox.plane import PlaneServer
from bot.sandbox.store import StoreServer
from bot.work.budgets import Place, Wait
from bot.work.ledger.database import Database
from bot.work.rate_gate import RateGate
from bot.work.shared_budget import HOLD_SECONDS, PROBE_SECONDS, SharedBudget
from tests import postgres
from tests.migrated import lend_postgres_database
from tests.work.values import Clock

WINDOW = 60.0
#: How much faster than ours the time of this Plane goes.
HASTE = 40
LIMIT, CALLS = 60, 40
#: Makes calls from several threads; a line for each that Plane refused.
CALL = f"""
import sys, threading
from bot.clients.plane_calls import PlaneCalls
from bot.errors import PlaneThrottled
from bot.work.ledger.database import Database
from bot.work.ledger.database import Database
from bot.work.rate_gate import RateGate
from bot.work.shared_budget import SharedBudget

url, origin = sys.argv[1:]
turns = Database(url).turns
gate = RateGate(SharedBudget(turns, {LIMIT}, window={WINDOW / HASTE}))
known = {{"api_key": "plane_api_alice", "workspace": "acme", "gate": gate}}
calls = PlaneCalls(api_url=origin, threads=4, **known)

def work():
    for _ in range({CALLS // 4}):
        try:
            calls.call("GET", "projects/")
        except PlaneThrottled as error:
            print(error, flush=True)

threads = [threading.Thread(target=work) for _ in range(4)]
print("ready", flush=True)
sys.stdin.readline()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def join(clock):
    """How one more process joins in."""
    turns = lend_postgres_database().turns

    def join_(limit):
        return SharedBudget(turns, limit, window=WINDOW, clock=lambda _: clock.now)

    return join_


def test_processes_use_up_what_plane_allows_and_are_never_refused(postgres_url):
    hasty = {"rate_limit": LIMIT, "clock": lambda: time.monotonic() * HASTE}
    with StoreServer() as store, PlaneServer(store=store, **hasty) as plane:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", CALL, postgres_url, plane.origin],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        refused = [process.communicate()[0] for process in processes]
        took = time.monotonic() - began
        made = len(plane.exchanges())

    assert refused == ["", "", ""]
    assert made == 3 * CALLS
    # All in two windows, as one process would have it.
    assert took > WINDOW / HASTE


def test_the_calls_of_one_are_counted_by_all(join, clock):
    one, other = join(2), join(2)

    assert isinstance(one.take(books=True), Place)
    assert isinstance(other.take(books=True), Place)
    assert isinstance(one.take(books=False), Wait)
    assert not other.is_free()


def test_processes_that_wait_take_turns(join, clock):
    budgets = [join(3) for _ in range(3)]
    for _ in range(3):
        budgets[0].give_back(budgets[0].take(books=True))
        clock.now += 1.0

    waits = [each.take(books=True) for each in budgets]
    again = [each.take(books=True) for each in reversed(budgets)]

    assert waits == [Wait(57.0), Wait(58.0), Wait(59.0)]
    assert again == [Wait(59.0), Wait(58.0), Wait(57.0)]
    clock.now += 57.0
    assert isinstance(budgets[2].take(books=True), Wait)
    assert isinstance(budgets[0].take(books=True), Place)


def test_a_place_that_was_booked_is_given_up_with_its_last_waiter(join, clock):
    one, other = join(1), join(1)
    one.give_back(one.take(books=True))
    gate = RateGate(one, clock=clock)
    with pytest.raises(PlaneThrottled), gate.passage(patience=0.0):
        pytest.fail("there was no place")
    clock.now += WINDOW

    assert isinstance(other.take(books=True), Place)


def test_the_places_of_a_process_that_was_killed_fall_free(join, clock):
    killed, other = join(2), join(2)
    killed.take(books=True)
    killed.take(books=True)
    killed.take(books=True)  # it waited, too
    clock.now += 70.0 + WINDOW - 1.0  # the longest that Plane is waited for
    assert isinstance(other.take(books=False), Wait)

    clock.now += 1.0
    assert isinstance(other.take(books=True), Place)


def test_what_a_process_had_booked_that_was_killed_keeps_nobody_waiting(join, clock):
    killed, other = join(1), join(1)
    killed.give_back(killed.take(books=True))
    killed.take(books=True)

    clock.now += WINDOW
    assert isinstance(other.take(books=True), Wait)
    clock.now += HOLD_SECONDS

    assert isinstance(other.take(books=True), Place)


def test_what_plane_asks_of_one_all_obey(join, clock):
    one, other = join(60), join(60)
    place = one.take(books=True)
    one.push_back(30.0)
    one.give_back(place)

    assert other.take(books=True) == Wait(30.0)
    assert not other.is_free()
    clock.now += 30.0
    first = other.take(books=True)
    assert one.take(books=True) == Wait(PROBE_SECONDS)  # one call tries
    other.give_back(first)
    assert isinstance(one.take(books=True), Place)
    assert isinstance(other.take(books=True), Place)


def test_what_plane_tells_one_of_others_all_know(join, clock):
    one, other = join(60), join(60)
    one.learn(one.take(books=True), 1)

    other.take(books=True)
    assert not other.is_free()


def test_what_was_forgotten_is_begun_anew(join, clock):
    budget = join(1)
    place = budget.take(books=True)
    budget.take(books=True)
    lend_postgres_database()  # as a server that crashed empties what is not logged

    assert isinstance(budget.take(books=True), Place)
    budget.give_back(place)
    budget.unbook()


def test_without_the_database_there_is_no_place_and_an_answer_is_no_error(
    postgres_url, caplog
):
    database = Database(postgres_url)
    gate = RateGate(SharedBudget(database.turns, 60))
    name = postgres.name_of(postgres_url)
    try:
        with gate.passage():
            postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
            database.close()
        with pytest.raises(PlaneThrottled), gate.passage():
            pytest.fail("nobody counted it")
        assert not gate.is_open
    finally:
        postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        database.close()

    assert "falls free late" in caplog.text
