"""The lanes of a working process: which queues are worked on by how many threads."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.work.distributed.jobs import (
    FIRST_FILES,
    FIRST_LARGE_FILES,
    MORE_FILES,
    MORE_LARGE_FILES,
    UPKEEP,
)
from bot.work.local_runner import MORE_FOR_LARGE, THREADS
from bot.work.runner import JobKind

#: Threads for the oldest files of each channel alone: whatever files another channel
#: has, it has no more of them here than `jobs` lets in.
_KEPT = 4
#: Threads for large files, which get none of the others; as many again are kept.
_LARGE = MORE_FOR_LARGE - _KEPT
_UPKEEP = 2


@dataclass(frozen=True, slots=True)
class Lane:
    """A worker's queues; one that does not *listen* looks for jobs every second."""

    queues: Sequence[str]
    threads: int
    listens: bool = True


LANES = (
    Lane([JobKind.SHARE.value], THREADS[JobKind.SHARE]),
    Lane([FIRST_FILES, MORE_FILES], THREADS[JobKind.ATTACHMENT] - _KEPT),
    # Each that listens holds a connection. They take what the lane before has no
    # threads for, and what can wait.
    Lane([FIRST_FILES], _KEPT, listens=False),
    Lane([FIRST_LARGE_FILES, MORE_LARGE_FILES], _LARGE, listens=False),
    Lane([FIRST_LARGE_FILES], _KEPT, listens=False),
    Lane([JobKind.REPLY.value], THREADS[JobKind.REPLY]),
    Lane([JobKind.COMMENT.value], THREADS[JobKind.COMMENT], listens=False),
    Lane([JobKind.RETENTION.value, UPKEEP], _UPKEEP, listens=False),
)
#: And some for what asyncio itself does in threads, as to look up names.
ALL_THREADS = sum(lane.threads for lane in LANES) + 4
