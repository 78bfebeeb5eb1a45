"""Locks among the commands of this machine, which have no ledger to agree by."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import FileBusy

#: Whoever runs a command may hold it, under whatever user: there are no secrets in it.
_MODE = 0o666


@contextlib.contextmanager
def hold(*what: str, folder: Path | None = None) -> Iterator[None]:
    """Keep other processes from what *what* names for as long as this lasts.

    Its file is in *folder*, else in the one for temporary files, which has to be the
    same for all. Where that takes no locks, none is held.

    Raises:
        FileBusy: another one has it.
    """
    path = (folder or Path(tempfile.gettempdir())) / _name(what)
    lock = FileLock(path, mode=_MODE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise FileBusy from error
    except OSError:  # a full disk, or one without locks
        pass
    try:
        yield
    finally:
        if lock.is_locked:  # whoever opened it meanwhile sees that it has no name
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        lock.release()


def _name(what: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\0".join(what).encode()).hexdigest()
    return f"loadmaster-{digest[:32]}.lock"
