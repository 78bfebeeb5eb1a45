"""The database did it, and its answer was lost: no job is left in hand for ever."""

import asyncio

import pytest
from procrastinate import PsycopgConnector, exceptions
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from bot.work.distributed.connections import build_parameters
from bot.work.distributed.jobs import write_job
from bot.work.distributed.leases import Leases
from bot.work.distributed.patience import PatientJobs
from bot.work.runner import JobKind
from tests.migrated import lend_postgres_queue
from tests.work.running import job


class LossyConnector(PsycopgConnector):
    """Loses the answer to the next query that has *losing* in it."""

    losing = None

    async def execute_query_one_async(self, query, **arguments):
        answer = await super().execute_query_one_async(query, **arguments)
        self._lose(query)
        return answer

    async def execute_query_async(self, query, **arguments):
        await super().execute_query_async(query, **arguments)
        self._lose(query)

    def _lose(self, query):
        if self.losing and self.losing in query:
            self.losing = None
            raise exceptions.ConnectorException("cut")


class Patient:
    """A worker's calls of the database, one after another."""

    def __init__(self, url):
        self.connector = LossyConnector(**build_parameters(url, longest=4))
        self.leases = Leases(seconds=10)
        self.jobs = PatientJobs(self.connector, self.leases)

    async def __aenter__(self):
        await self.connector.open_async()
        self.worker_id = await self.jobs.register_worker()
        return self

    async def __aexit__(self, *exc):
        await self.connector.close_async()

    def fetch(self):
        return self.jobs.fetch_job(["share"], self.worker_id)

    async def submit(self):
        queued = write_job(job(1, JobKind.SHARE), wait=0, earlier=0)
        await JobManager(self.connector).defer_job_async(queued)

    async def statuses(self):
        return [each.status for each in await self.jobs.list_jobs_async()]


@pytest.fixture
def play():
    """How to have a coroutine function play with a worker's calls."""
    url = lend_postgres_queue()

    def play_(story):
        async def told():
            async with Patient(url) as patient:
                await story(patient)

        asyncio.run(told())

    return play_


def test_a_job_that_was_fetched_unknowingly_is_fetched_again(play):
    async def story(patient):
        await patient.submit()
        patient.connector.losing = "fetch_job"

        assert await patient.fetch() is None
        assert await patient.statuses() == ["doing"]
        fetched = await patient.fetch()

        assert fetched.task_kwargs["row"] == 1

    play(story)


def test_what_is_in_hand_meanwhile_stays_there(play):
    async def story(patient):
        await patient.submit()
        fetched = await patient.fetch()
        patient.connector.losing = "fetch_job"

        assert await patient.fetch() is None
        assert await patient.fetch() is None

        (status,) = await patient.statuses()
        assert (status, fetched.status) == ("doing", "doing")

    play(story)


def test_an_end_whose_answer_was_lost_is_an_end(play):
    async def story(patient):
        await patient.submit()
        fetched = await patient.fetch()
        patient.connector.losing = "finish_job"

        ending = patient.jobs.finish_job(fetched, Status.SUCCEEDED, delete_job=True)
        await asyncio.wait_for(ending, 5)

        assert await patient.statuses() == []

    play(story)


def test_a_heartbeat_that_fails_is_borne_for_as_long_as_the_lease_lasts(play):
    async def story(patient):
        patient.connector.losing = "update_heartbeat"
        await patient.jobs.update_heartbeat(patient.worker_id)

        patient.leases.end_all()
        with pytest.raises(exceptions.ConnectorException):
            await patient.jobs.update_heartbeat(patient.worker_id)
        assert await patient.fetch() is None

    play(story)


def test_who_lost_the_lease_ends_nothing(play):
    async def story(patient):
        await patient.submit()
        fetched = await patient.fetch()
        patient.leases.end_all()

        await patient.jobs.finish_job(fetched, Status.SUCCEEDED, delete_job=True)

        assert await patient.statuses() == ["doing"]

    play(story)


def test_what_was_submitted_again_keeps_nothing_else_from_being_given_back(play):
    async def story(patient):
        await patient.submit()
        await patient.fetch()
        await patient.submit()
        patient.connector.losing = "finish_job"

        await patient.jobs.give_back()

        assert await patient.statuses() == ["todo"]

    play(story)


@pytest.mark.parametrize(
    "late",
    [
        lambda jobs, job: jobs.finish_job(job, Status.SUCCEEDED, delete_job=True),
        lambda jobs, job: jobs.give_back(),
        lambda jobs, job: jobs.free(job),
    ],
    ids=["end", "give back", "take over"],
)
def test_what_comes_late_leaves_a_job_to_the_worker_that_has_it_now(play, late):
    async def story(patient):
        await patient.submit()
        fetched = await patient.fetch()
        await patient.jobs.free(fetched)
        elsewhere = JobManager(patient.connector)
        other_id = await elsewhere.register_worker()
        await elsewhere.fetch_job(["share"], other_id)

        await late(patient.jobs, fetched)

        (found,) = await patient.jobs.list_jobs_async()
        assert (found.status, found.worker_id) == ("doing", other_id)

    play(story)
