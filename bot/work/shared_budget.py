"""How many calls Plane still allows, counted in PostgreSQL for all processes.

The counting is that of bot.work.budgets, by the clock of the database. Who finds no
place books the next one that falls free, one for each process: so they take turns, and
all know how long to wait without asking again. What is kept here may be lost at any
time: Plane tells it again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)

from bot.work.budgets import WINDOW_SECONDS, Place, Wait
from bot.work.ledger.budget_tables import calls, state
from bot.work.ledger.store import Turns, telling

#: A call whose answer nobody noted counts from here on as answered: its process died.
#: Plane counts a call before it works on it, and gets 5 s for that to arrive.
LEASE_SECONDS = 70.0
#: So long a place is kept for who booked it: a process that died does not come for it.
HOLD_SECONDS = 5.0
#: While calls come back one by one, who waits asks this often.
PROBE_SECONDS = 0.25
#: Any number but the one of bot.work.ledger.postgres.
_TURN = 5021976131

_NOW = text("SELECT extract(epoch FROM clock_timestamp())::float8")


def read_clock(connection: Connection) -> float:
    """Return the time of the database, in epoch seconds."""
    now: float = connection.execute(_NOW).scalar_one()
    return now


#: When a call is answered, as far as is known.
_ended_at = func.coalesce(calls.c.answered, calls.c.since + LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a turn has to do with: its connection, the time, and the budget's state."""

    connection: Connection
    now: float
    state: Row[tuple[int, float, int, int | None]]


class SharedBudget:
    """The calls of all processes: *limit* in any *window* of seconds."""

    def __init__(
        self,
        turns: Turns,
        limit: int,
        *,
        window: float = WINDOW_SECONDS,
        clock: Callable[[Connection], float] = read_clock,
    ) -> None:
        self._turns = turns
        self.limit = limit
        self._window = window
        self._clock = clock
        self._booked: int | None = None

    def take(self, *, books: bool) -> Place | Wait:
        """Take a place; with *books*, the next one is kept for this process."""
        with telling(), self._turns.turn(_TURN) as connection:
            moment = self._look(connection)
            self._forget(moment)
            wait = self._closed(moment)
            if wait is None and (wait := self._time_to_place(moment)) is None:
                return self._enter(moment)
            if books:
                self._book(moment, moment.now + wait)
            return Wait(wait)

    def unbook(self) -> None:
        """Give up what was kept for this process."""
        if self._booked is None:
            return
        with telling(), self._turns.turn(_TURN) as connection:
            connection.execute(delete(calls).where(calls.c.id == self._booked))
        self._booked = None

    def is_free(self) -> bool:
        """Whether there is a place that nobody has booked."""
        with telling(), self._turns.turn(_TURN) as connection:
            moment = self._look(connection)
            return self._closed(moment) is None and self._used(moment) < self.limit

    def count_free(self) -> int:
        """Return how many places there are that nobody has booked."""
        with telling(), self._turns.turn(_TURN) as connection:
            moment = self._look(connection)
            if self._closed(moment) is not None:
                return 0
            return max(0, self.limit - self._used(moment))

    def push_back(self, seconds: float) -> None:
        """Let nobody through for *seconds*, and then one call first."""
        with telling(), self._turns.turn(_TURN) as connection:
            now = self._look(connection).now
            connection.execute(
                update(state).values(
                    closed_until=func.greatest(state.c.closed_until, now + seconds),
                    refusals=state.c.refusals + 1,
                    at_once=1,
                )
            )

    def give_back(self, place: Place) -> None:
        """Keep that the call was answered."""
        with telling(), self._turns.turn(_TURN) as connection:
            moment = self._look(connection)
            connection.execute(
                update(calls)
                .where(calls.c.id == place.number)
                .values(answered=moment.now)
            )
            at_once = moment.state.at_once
            if at_once is None or place.refusals != moment.state.refusals:
                return
            doubled = None if at_once >= self.limit else at_once * 2
            connection.execute(update(state).values(at_once=doubled))

    def learn(self, place: Place, remaining: int) -> None:
        """Count the calls of others with the key as made now."""
        early = place.since - self._window
        with telling(), self._turns.turn(_TURN) as connection:
            ours = connection.execute(
                select(func.coalesce(func.sum(calls.c.places), 0)).where(
                    ~calls.c.is_booked, early < _ended_at
                )
            ).scalar_one()
            others = self.limit - remaining - ours
            if others > 0:
                now = self._clock(connection)
                row = {"since": now, "answered": now, "is_booked": False}
                connection.execute(insert(calls), row | {"places": others})

    def _look(self, connection: Connection) -> _Moment:
        now = self._clock(connection)
        known = connection.execute(select(state)).one_or_none()
        if known is None:
            row = {"id": 1, "closed_until": 0.0, "refusals": 0, "at_once": None}
            connection.execute(insert(state), row)
            known = connection.execute(select(state)).one()
        return _Moment(connection, now, known)

    def _forget(self, moment: _Moment) -> None:
        """Forget what counts no more, not even for a call that is under way."""
        past = moment.now - self._window - LEASE_SECONDS
        moment.connection.execute(delete(calls).where(_ended_at <= past))

    def _closed(self, moment: _Moment) -> float | None:
        """Return the seconds that Plane asked for, or until calls came back."""
        if moment.now < moment.state.closed_until:
            closed_until: float = moment.state.closed_until
            return closed_until - moment.now
        if moment.state.at_once is None:
            return None
        under_way = moment.connection.execute(
            select(func.count()).where(
                calls.c.answered.is_(None),
                ~calls.c.is_booked,
                moment.now < _ended_at,
            )
        ).scalar_one()
        return PROBE_SECONDS if under_way >= moment.state.at_once else None

    def _used(self, moment: _Moment) -> int:
        """Return how many places are taken, or were booked before ours."""
        used: int = moment.connection.execute(
            select(func.coalesce(func.sum(calls.c.places), 0)).where(
                self._counts(moment)
            )
        ).scalar_one()
        return used

    def _counts(self, moment: _Moment) -> ColumnElement[bool]:
        is_earlier = true() if self._booked is None else calls.c.id < self._booked
        is_kept = moment.now < calls.c.since + HOLD_SECONDS
        return or_(
            and_(~calls.c.is_booked, moment.now - self._window < _ended_at),
            and_(calls.c.is_booked, is_earlier, is_kept),
        )

    def _time_to_place(self, moment: _Moment) -> float | None:
        """Return the seconds until a place is free; None where one is."""
        needed = self._used(moment) - self.limit + 1
        if needed <= 0:
            return None
        rows = moment.connection.execute(
            select(calls.c.answered, calls.c.places)
            .where(self._counts(moment), calls.c.answered.is_not(None))
            .order_by(calls.c.answered)
            .limit(needed)
        )
        for row in rows:
            needed -= row.places
            if needed <= 0:
                answered: float = row.answered
                return answered + self._window - moment.now
        return self._window  # who is under way is answered now at the earliest

    def _enter(self, moment: _Moment) -> Place:
        number = self._put(moment, moment.now, is_booked=False)
        self._booked = None
        return Place(number, moment.now, moment.state.refusals)

    def _book(self, moment: _Moment, at: float) -> None:
        self._booked = self._put(moment, at, is_booked=True)

    def _put(self, moment: _Moment, since: float, *, is_booked: bool) -> int:
        """Keep a place, the booked one if there is one; return its number."""
        row = {"since": since, "is_booked": is_booked, "places": 1}
        changed = update(calls).where(calls.c.id == self._booked).values(row)
        if self._booked and moment.connection.execute(changed).rowcount:
            return self._booked
        made = insert(calls).values(row).returning(calls.c.id)
        number: int = moment.connection.execute(made).scalar_one()
        return number
