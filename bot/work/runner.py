"""The port through which work is handed over, and what a unit of it is."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

#: A file of more bytes than this is a large one: at 10 MB/s it has a thread for seven
#: seconds or more, and one of a gigabyte for minutes.
LARGE_BYTES = 64 * 2**20


class JobKind(StrEnum):
    """The kinds of work; each waits only for its own kind."""

    #: Look up what a share refers to.
    SHARE = "share"
    #: Get one file onto one work item.
    ATTACHMENT = "attachment"
    #: Post or edit a share's reply.
    REPLY = "reply"
    #: Have a comment in Plane say who shared what.
    COMMENT = "comment"
    #: Forget what is old; there is one row, 0.
    RETENTION = "retention"


class Job(NamedTuple):
    """One row of the ledger to work on; *group* takes turns with the other groups.

    What *is_large* is taken up by some of the threads only. Who submits a row need not
    know: its handler finds out, and hands it back as large before it begins.
    """

    kind: JobKind
    row_id: int
    group: str = ""
    is_large: bool = False


Handler = Callable[[Job], None]
Handlers = Mapping[JobKind, Handler]


class Runner(Protocol):
    """Carries out what the ledger holds.

    A job's handler never runs twice at once for one kind and row. A job submitted
    while it runs, runs again; one submitted while it waits, waits for the earlier of
    the two times.
    """

    def submit(self, job: Job, *, at: float = 0.0) -> None:
        """Run *job* as soon as possible, but not before *at* (epoch seconds)."""


class Workforce(Runner, Protocol):
    """A runner with its own start and end, as an entry point needs it."""

    def start(
        self, handlers: Handlers, *, sweep: Callable[[], object] = lambda: None
    ) -> None:
        """Begin to work, also on what *sweep* submits: at the start and, where others
        work on the same ledger, now and then."""

    def stop(self, *, timeout: float) -> bool:
        """Take up nothing new; return whether all that runs ended in *timeout* seconds.

        The process must end then.
        """

    def faults(self) -> list[str]:
        """Return why nothing can be handed over, or worked on."""
