"""How a row of the ledger becomes a job of Procrastinate.

A job holds the kind, the row and the channel's id, and neither names nor texts.
"""

from datetime import UTC, datetime, timedelta

from procrastinate.jobs import Job as QueuedJob

from bot.work.runner import Job, JobKind

#: What takes over, and sweeps; see `upkeep`.
UPKEEP = "upkeep"
#: A channel's oldest files, which find a thread whatever another channel has.
FIRST_FILES = "attachment.first"
MORE_FILES = "attachment.more"
#: And its large ones, which no worker of an earlier version takes for others.
FIRST_LARGE_FILES = "attachment.large.first"
MORE_LARGE_FILES = "attachment.large.more"
LARGE_FILES = (FIRST_LARGE_FILES, MORE_LARGE_FILES)
#: So many of a channel's files are among its oldest.
_FIRST = 2


def queue_of(job: Job, earlier: int) -> str:
    """Return the queue for a row with so many *earlier* ones of its channel due."""
    if job.kind is not JobKind.ATTACHMENT:
        return job.kind.value
    first, more = LARGE_FILES if job.is_large else (FIRST_FILES, MORE_FILES)
    return first if earlier < _FIRST else more


def write_job(job: Job, *, wait: float, earlier: int) -> QueuedJob:
    """Return what has *job* done after *wait* seconds.

    By its locks one waits and one runs at most. Among those that wait, each channel's
    first goes before any channel's second.
    """
    lock = lock_of(job)
    return QueuedJob(
        task_name=job.kind.value,
        queue=queue_of(job, earlier),
        priority=-earlier,
        lock=lock,
        queueing_lock=lock,
        task_kwargs={"row": job.row_id, "group": job.group},
        scheduled_at=now() + timedelta(seconds=wait) if wait > 0 else None,
    )


def lock_of(job: Job) -> str:
    """Return what a row's jobs have in common."""
    return f"{job.kind}/{job.row_id}"


def wait_of(queued: QueuedJob) -> float:
    """Return the seconds until the job is due, 0 if it is."""
    if queued.scheduled_at is None:
        return 0.0
    return max(0.0, (queued.scheduled_at - now()).total_seconds())


def now() -> datetime:
    """Return the time as Procrastinate wants it."""
    return datetime.now(UTC)
