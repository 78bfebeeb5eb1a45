"""SQL that is compiled once in a process, however many databases are opened in it.

SQLAlchemy keeps what it compiled for each engine apart, and each test and each bot has
an engine of its own: most of their time went into compiling the same statements again.
"""

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect


class _CompiledStatements(dict):
    """A cache of all engines, where SQLAlchemy's keys begin with the engine's dialect.

    Two dialects of one class are made alike in this program: they write the same SQL.
    """

    def get(self, key, default=None):
        return super().get(_widen(key), default)

    def __setitem__(self, key, compiled):
        super().__setitem__(_widen(key), compiled)


def _widen(key):
    if isinstance(key, tuple) and key and isinstance(key[0], Dialect):
        return type(key[0]), *key[1:]
    return key


_COMPILED = _CompiledStatements()


def compile_once():
    """Have all engines of this process keep what they compile in one place.

    A cache of one's own is an option of a connection
    (docs.sqlalchemy.org/en/20/core/connections.html, "SQL Compilation Caching").
    """
    if not event.contains(Engine, "engine_connect", _share):
        event.listen(Engine, "engine_connect", _share)


def _share(connection):
    connection.execution_options(compiled_cache=_COMPILED)
