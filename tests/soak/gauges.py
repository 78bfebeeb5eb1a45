"""What the bot's process and its database take up, and whether that is flat."""

import contextlib
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MEGA = 1024 * 1024
ROOM = {"rss": 3 * MEGA, "threads": 4, "fds": 8, "sockets": 8}


@dataclass(frozen=True, slots=True)
class Sample:
    """*rss*, *database* and *wal* in bytes."""

    pid: int
    at: float
    rss: int
    threads: int
    fds: int
    sockets: int
    database: int
    wal: int
    shares: int


def take(pid, database, shares):
    """Return a sample of the process; None if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        fds = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208
    except OSError:
        return None
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    if "VmRSS" not in fields:
        return None
    return Sample(
        pid,
        time.monotonic(),
        int(fields["VmRSS"].split()[0]) * 1024,
        int(fields["Threads"]),
        len(fds),
        sum(_is_socket(pid, fd) for fd in fds),
        _pages(database),
        _size(Path(f"{database}-wal")),
        shares,
    )


def judge(samples):
    """Yield a line for each figure, and whether it is flat in the longest-lived bot.

    What the last third of that bot's samples has by their median may be no more than
    the most that the third before has, and a little: in the first it warms up, and its
    pools of connections fill. A share may take up no more of the database than before.
    """
    lives = {}
    for each in samples:
        lives.setdefault(each.pid, []).append(each)
    life = max(lives.values(), key=len, default=[])
    third = len(life) // 3
    if third < 5:
        yield "too few samples of one process to judge", False
        return
    for name, room in ROOM.items():
        before = max(getattr(each, name) for each in life[third : 2 * third])
        after = median(getattr(each, name) for each in life[2 * third :])
        unit = MEGA if name == "rss" else 1
        text = f"{name}: {before / unit:.0f}, then {after / unit:.0f}"
        yield text, after <= before + room
    wal = max(each.wal for each in samples)
    yield f"write-ahead log: at most {wal / MEGA:.1f} MB (of 16)", wal <= 16 * MEGA
    yield _judge_database(life)


def _judge_database(life):
    start, middle, end = life[len(life) // 5], life[len(life) * 3 // 5], life[-1]
    early = (middle.database - start.database) / max(1, middle.shares - start.shares)
    late = (end.database - middle.database) / max(1, end.shares - middle.shares)
    text = f"database: {early:,.0f} then {late:,.0f} bytes for each share"
    return text, late <= early * 1.3 + 512


def _is_socket(pid, fd):
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:")  # noqa: PTH115
    return False


def _pages(database):
    """Return the database's size in bytes, with what is in its log."""
    with contextlib.closing(
        sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    ) as db:
        (pages,), (size,) = (
            db.execute(f"PRAGMA {name}").fetchone()
            for name in ("page_count", "page_size")
        )
        return pages * size


def _size(path):
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
