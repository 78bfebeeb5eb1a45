"""The bell of a running bot: another process on this machine has it look again.

A local runner does not poll its ledger. So whoever writes there from outside rings: a
socket beside the SQLite file, on which one byte asks and one answers.
"""

import contextlib
import hashlib
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import make_url

from bot.errors import LedgerUnavailable

logger = logging.getLogger(__name__)

#: Bytes of a socket's path: 104 with its end on macOS, 108 on Linux (unix(7)).
_LONGEST_PATH = 100
#: Of its last part, so that a short way to the folder helps.
_LONGEST_NAME = 60
#: Who rings has to say so at once,
_ASK_SECONDS = 1.0
#: and waits so long until what there is to do is found.
_ANSWER_SECONDS = 10.0
#: Where nobody can be heard, it is tried no more often than this.
_DEAF_SECONDS = 0.5
_SIGN = b"!"


def place_bell(database_url: str) -> Path | None:
    """Return where the bell of a ledger is; None where none is needed."""
    if not database_url.startswith("sqlite:"):
        return None
    path = Path(os.path.realpath(make_url(database_url).database or ""))
    name = f"{path.name}.sock"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = f"{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.sock"
    return path.with_name(name)


def ring(bell: Path) -> bool:
    """Have the bot look again; return whether one did."""
    with contextlib.suppress(OSError), _connected(bell) as line:
        line.settimeout(_ANSWER_SECONDS)
        line.sendall(_SIGN)
        return line.recv(1) == _SIGN
    return False


def is_attended(bell: Path) -> bool:
    """Tell whether a bot is there; it does nothing for that."""
    with contextlib.suppress(OSError), _connected(bell):
        return True
    return False


class Bell:
    """Calls *look* whenever somebody rings. Who makes one has the ledger for itself."""

    def __init__(self, path: Path, look: Callable[[], object]) -> None:
        self._path = path
        self._look = look
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._stopping = threading.Event()
        self._is_there = False
        self._thread: threading.Thread | None = None

    def hang(self) -> None:
        """Be there for who rings; where that cannot be, the log says so.

        Before what is in the ledger is taken up: who finds no bell has written before.
        """
        try:
            self._bind()
        except OSError as error:
            logger.warning("Nobody can ring at %s: %s", self._path, error.strerror)
        else:
            self._is_there = True

    def start(self) -> None:
        """Begin to answer, in a thread."""
        if self._is_there:
            self._thread = threading.Thread(target=self._listen, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Listen no more, and leave nothing behind."""
        self._stopping.set()
        if self._thread is not None:
            is_attended(self._path)  # wakes the thread
            self._thread.join(_ASK_SECONDS)
        self._socket.close()
        if self._is_there:
            self._path.unlink(missing_ok=True)

    def _bind(self) -> None:
        # What a killed process left: nobody else can be at this ledger.
        self._path.unlink(missing_ok=True)
        mask = os.umask(0o177)  # for its owner only, from its first moment
        try:
            with _within_reach(self._path) as address:
                self._socket.bind(address)
        finally:
            os.umask(mask)
        self._socket.listen(8)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError as error:  # no more files can be open: nor in an instant
                logger.debug("The bell is not heard: %s", error)
                self._stopping.wait(_DEAF_SECONDS)
                continue
            with line:
                try:
                    self._answer(line)
                except OSError as error:  # who rang is gone
                    logger.debug("The bell rang in vain: %s", error)

    def _answer(self, line: socket.socket) -> None:
        line.settimeout(_ASK_SECONDS)
        if line.recv(1) != _SIGN or self._stopping.is_set():
            return
        try:
            self._look()
        except LedgerUnavailable:  # which was logged; who rang is told nothing
            return
        line.sendall(_SIGN)


@contextlib.contextmanager
def _connected(bell: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_ASK_SECONDS)
        with _within_reach(bell) as address:
            line.connect(address)
        yield line


@contextlib.contextmanager
def _within_reach(path: Path) -> Iterator[str]:
    """Hold an address of the socket at *path* that is short enough for one."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="lm-") as folder:
        link = Path(folder, "at")
        link.symlink_to(path.parent)
        yield str(link / path.name)
