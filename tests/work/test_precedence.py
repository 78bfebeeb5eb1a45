"""Those that receive go first; those that work stand back, but not for ever."""

import threading
import time

import pytest
from sqlalchemy import text

from bot.work.ledger.database import Database
from bot.work.precedence import Precedence

SOON = 10.0


@pytest.fixture
def precedence():
    return Precedence(longest=60.0)


def begin(work):
    """Run *work* in a thread; return what is set once it is done."""
    done = threading.Event()

    def run():
        work()
        done.set()

    threading.Thread(target=run, daemon=True).start()
    return done


def test_work_does_not_wait_where_there_is_nobody_to_answer(precedence):
    started = time.monotonic()
    precedence.give_way()

    assert time.monotonic() - started < 1.0


def test_work_of_all_threads_stands_back_until_everybody_is_answered(precedence):
    with precedence.turn():
        workers = [begin(precedence.give_way) for _ in range(5)]
        others = [begin(lambda: _take(precedence)) for _ in range(3)]
        assert not workers[0].wait(0.1)
        assert not any(each.is_set() for each in (*workers, *others))

    assert all(each.wait(SOON) for each in (*others, *workers))


def _take(precedence):
    with precedence.turn():
        """Answer."""


def test_one_answers_at_a_time(precedence):
    with precedence.turn():
        other = begin(lambda: _take(precedence))
        assert not other.wait(0.05)

    assert other.wait(SOON)


def test_whoever_answers_need_not_give_way(precedence):
    with precedence.turn():
        precedence.give_way()


def test_work_gets_on_where_there_is_no_end_of_answering():
    precedence = Precedence(longest=0.05)
    with precedence.turn():
        assert begin(precedence.give_way).wait(SOON)


def test_a_write_gives_way_and_one_of_an_answer_does_not(tmp_path, precedence):
    database = Database(f"sqlite:///{tmp_path}/x.db", give_way=precedence.give_way)

    def write():
        with database.write() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS t (a)"))

    with precedence.turn():
        work = begin(write)
        write()
        assert not work.wait(0.05)

    assert work.wait(SOON)
    database.close()
